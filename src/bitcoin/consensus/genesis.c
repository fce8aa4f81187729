/* The genesis blocks: one transaction each, whose input quotes a newspaper or a block, to show that there was no
 * earlier start. */
#include "bitcoin/consensus/genesis.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"

#include "common/hex.h"

#include <string.h>

static const char times_quote[] = "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks";
static const char times_key[]
    = "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f3550"
      "4e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f";
static const char testnet4_quote[] = "03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e";
static const char testnet4_key[] = "000000000000000000000000000000000000000000000000000000000000000000";

static void
write_coinbase (GByteArray *out, const char *quote, const char *key_hex)
{
  g_autoptr (GByteArray) script_sig = g_byte_array_new ();
  g_autoptr (GByteArray) script = g_byte_array_new ();
  g_autoptr (GBytes) key = common_hex_decode_bytes (key_hex);
  static const guint8 zero32[32] = { 0 };
  static const guint8 four = 4;

  btc_script_write_number (script_sig, 0x1d00ffff);
  btc_script_write_push (script_sig, &four, 1);
  btc_script_write_push (script_sig, (const guint8 *) quote, strlen (quote));
  btc_script_write_push (script, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  btc_write_u8 (script, BTC_OP_CHECKSIG);

  btc_write_u32 (out, 1);
  btc_write_compact (out, 1);
  btc_write_data (out, zero32, 32);
  btc_write_u32 (out, G_MAXUINT32);
  btc_write_bytes (out, script_sig->data, script_sig->len);
  btc_write_u32 (out, BTC_SEQUENCE_FINAL);
  btc_write_compact (out, 1);
  btc_write_i64 (out, 50 * BTC_COIN);
  btc_write_bytes (out, script->data, script->len);
  btc_write_u32 (out, 0);
}

void
btc_genesis_fill (BtcParams *params, guint32 time_s, guint32 nonce, guint32 bits)
{
  g_autoptr (GByteArray) coinbase = g_byte_array_new ();
  g_autoptr (GByteArray) block = g_byte_array_new ();
  BtcHeader header = { .version = 1, .time = time_s, .bits = bits, .nonce = nonce };
  guint8 bytes80[BTC_HEADER_SIZE];

  if (params->network->network == BTC_NETWORK_TESTNET4)
    write_coinbase (coinbase, testnet4_quote, testnet4_key);
  else
    write_coinbase (coinbase, times_quote, times_key);
  btc_sha256d (coinbase->data, coinbase->len, header.merkle_root32);
  btc_header_serialize (&header, bytes80);
  btc_header_hash (&header, params->genesis_hash32);
  btc_write_data (block, bytes80, sizeof bytes80);
  btc_write_compact (block, 1);
  btc_write_data (block, coinbase->data, coinbase->len);
  g_assert (block->len <= sizeof params->genesis_bytes);
  memcpy (params->genesis_bytes, block->data, block->len);
  params->genesis_len = block->len;
}
