/* TxOutCompression, the format of outputs in the chainstate and in undo data:
 *   VARINT(compressed amount) script
 * amount: 0 stays 0; else up to nine trailing zeros are taken off (e of them), and with n what is left
 *   e < 9: 1 + 10 * (9 * (n / 10) + n % 10 - 1) + e        e = 9: 1 + 10 * (n - 1) + 9
 * script: VARINT(form), then
 *   0  hash[20]  pay to public key hash      1  hash[20]  pay to script hash
 *   2, 3  x[32]  pay to a compressed public key, the form being its first byte
 *   4, 5  x[32]  pay to an uncompressed public key, by its x and the parity of its y
 *   6 + length, then the script itself */
#include "node/store/block_files.h"

#include <secp256k1.h>
#include <string.h>

#include "bitcoin/script/script.h"

#define N_FORMS 6
#define OP_RETURN 0x6a
#define OP_DUP 0x76
#define OP_EQUAL 0x87
#define OP_EQUALVERIFY 0x88
#define OP_HASH160 0xa9
#define OP_CHECKSIG 0xac

static guint64
compress_amount (guint64 n)
{
  guint e = 0;

  if (n == 0)
    return 0;
  for (; e < 9 && n % 10 == 0; e++)
    n /= 10;
  if (e == 9)
    return 1 + (n - 1) * 10 + 9;
  return 1 + (n / 10 * 9 + n % 10 - 1) * 10 + e;
}

static guint64
decompress_amount (guint64 x)
{
  guint64 n;
  guint e;

  if (x == 0)
    return 0;
  x--;
  e = (guint) (x % 10);
  x /= 10;
  n = e < 9 ? x / 9 * 10 + x % 9 + 1 : x + 1;
  for (; e > 0; e--)
    n *= 10;
  return n;
}

static gboolean
is_point (const guint8 *key, gsize len)
{
  secp256k1_pubkey point;

  return secp256k1_ec_pubkey_parse (secp256k1_context_static, &point, key, len);
}

/* Whether SCRIPT has one of the short forms: *DATA is set to its compressed bytes. */
static gboolean
find_form (BtcSpan script, guint8 *form, BtcSpan *data)
{
  const guint8 *s = script.data;

  if (script.len == 25 && s[0] == OP_DUP && s[1] == OP_HASH160 && s[2] == 20 && s[23] == OP_EQUALVERIFY
      && s[24] == OP_CHECKSIG) {
    *form = 0;
    *data = (BtcSpan){ s + 3, 20 };
    return TRUE;
  }
  if (script.len == 23 && s[0] == OP_HASH160 && s[1] == 20 && s[22] == OP_EQUAL) {
    *form = 1;
    *data = (BtcSpan){ s + 2, 20 };
    return TRUE;
  }
  if (script.len == 35 && s[0] == 33 && s[34] == OP_CHECKSIG && (s[1] == 2 || s[1] == 3)) {
    *form = s[1];
    *data = (BtcSpan){ s + 2, 32 };
    return TRUE;
  }
  /* Only a point on the curve can be restored from its x. */
  if (script.len == 67 && s[0] == 65 && s[66] == OP_CHECKSIG && s[1] == 4 && is_point (s + 1, 65)) {
    *form = 4 | (s[65] & 1);
    *data = (BtcSpan){ s + 2, 32 };
    return TRUE;
  }
  return FALSE;
}

void
node_txout_compress (const BtcTxOut *out, GByteArray *bytes)
{
  BtcSpan data = out->script;
  guint8 form;

  btc_write_varint (bytes, compress_amount ((guint64) out->value_sat));
  if (find_form (out->script, &form, &data))
    btc_write_u8 (bytes, form);
  else
    btc_write_varint (bytes, out->script.len + N_FORMS);
  btc_write_data (bytes, data.data, data.len);
}

static gboolean
write_uncompressed_key (guint8 form, const guint8 *x32, GByteArray *scripts)
{
  guint8 script[67] = { 65 };
  guint8 key[33];
  secp256k1_pubkey point;
  gsize len = 65;

  key[0] = form - 2;
  memcpy (key + 1, x32, 32);
  if (!secp256k1_ec_pubkey_parse (secp256k1_context_static, &point, key, sizeof key))
    return FALSE;
  secp256k1_ec_pubkey_serialize (secp256k1_context_static, script + 1, &len, &point, SECP256K1_EC_UNCOMPRESSED);
  script[66] = OP_CHECKSIG;
  g_byte_array_append (scripts, script, sizeof script);
  return TRUE;
}

static gboolean
write_form (guint8 form, const guint8 *data, GByteArray *scripts)
{
  guint8 script[35];

  switch (form) {
  case 0:
    memcpy (script, (const guint8[]){ OP_DUP, OP_HASH160, 20 }, 3);
    memcpy (script + 3, data, 20);
    script[23] = OP_EQUALVERIFY;
    script[24] = OP_CHECKSIG;
    g_byte_array_append (scripts, script, 25);
    return TRUE;
  case 1:
    script[0] = OP_HASH160;
    script[1] = 20;
    memcpy (script + 2, data, 20);
    script[22] = OP_EQUAL;
    g_byte_array_append (scripts, script, 23);
    return TRUE;
  case 2:
  case 3:
    script[0] = 33;
    script[1] = form;
    memcpy (script + 2, data, 32);
    script[34] = OP_CHECKSIG;
    g_byte_array_append (scripts, script, 35);
    return TRUE;
  default:
    return write_uncompressed_key (form, data, scripts);
  }
}

gboolean
node_txout_decompress (BtcReader *reader, BtcTxOut *out, GByteArray *scripts)
{
  static const guint8 unspendable = OP_RETURN;
  guint start = scripts->len;
  guint64 value = decompress_amount (btc_reader_varint (reader));
  guint64 form = btc_reader_varint (reader);

  if (form > G_MAXUINT32)
    reader->failed = TRUE;
  if (reader->failed)
    return FALSE;
  if (form < N_FORMS) {
    BtcSpan data = btc_reader_span (reader, form < 2 ? 20 : 32);
    if (reader->failed || !write_form ((guint8) form, data.data, scripts))
      return FALSE;
  } else {
    BtcSpan data = btc_reader_span (reader, (gsize) form - N_FORMS);
    /* Such a script is unspendable, and the reference replaces it in the same way. */
    if (data.len > BTC_MAX_SCRIPT_SIZE)
      data = (BtcSpan){ &unspendable, 1 };
    if (reader->failed)
      return FALSE;
    if (data.len > 0)
      g_byte_array_append (scripts, data.data, (guint) data.len);
  }
  out->value_sat = (gint64) value;
  out->script = (BtcSpan){ GSIZE_TO_POINTER (start), scripts->len - start };
  return TRUE;
}

/* Height and coinbase flag share a number in every format. */
void
node_coin_serialize (const BtcCoin *coin, GByteArray *bytes)
{
  btc_write_varint (bytes, (guint64) coin->height * 2 + (coin->coinbase ? 1 : 0));
  node_txout_compress (&coin->out, bytes);
}

gboolean
node_coin_parse (BtcReader *reader, BtcCoin *coin, GByteArray *scripts)
{
  guint64 code = btc_reader_varint (reader);

  if (reader->failed || code > G_MAXUINT32)
    return FALSE;
  coin->height = (guint32) (code >> 1);
  coin->coinbase = code & 1;
  return node_txout_decompress (reader, &coin->out, scripts);
}
