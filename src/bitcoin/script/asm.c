/* The text form of scripts, for users and RPC. */
#include "bitcoin/script/script.h"
#include "bitcoin/script/sighash.h"
#include "bitcoin/script/signature_encoding.h"

static const char *
hash_type_name (guint8 hash_type)
{
  switch (hash_type) {
  case BTC_SIGHASH_ALL:
    return "ALL";
  case BTC_SIGHASH_ALL | BTC_SIGHASH_ANYONECANPAY:
    return "ALL|ANYONECANPAY";
  case BTC_SIGHASH_NONE:
    return "NONE";
  case BTC_SIGHASH_NONE | BTC_SIGHASH_ANYONECANPAY:
    return "NONE|ANYONECANPAY";
  case BTC_SIGHASH_SINGLE:
    return "SINGLE";
  case BTC_SIGHASH_SINGLE | BTC_SIGHASH_ANYONECANPAY:
    return "SINGLE|ANYONECANPAY";
  default:
    return NULL;
  }
}

static void
append_hex (GString *text, BtcSpan data)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < data.len; i++) {
    g_string_append_c (text, digits[data.data[i] >> 4]);
    g_string_append_c (text, digits[data.data[i] & 15]);
  }
}

/* Up to four bytes read as a script number: sign and magnitude, little-endian. */
static gint64
short_number (BtcSpan push)
{
  gint64 value = 0;

  for (gsize i = 0; i < push.len; i++)
    value |= (gint64) push.data[i] << (8 * i);
  if (push.len > 0 && push.data[push.len - 1] & 0x80)
    return -(value & ~((gint64) 0x80 << (8 * (push.len - 1))));
  return value;
}

static void
append_push (GString *text, BtcSpan push, gboolean decode_sighash)
{
  const char *type = NULL;

  if (push.len <= 4) {
    g_string_append_printf (text, "%" G_GINT64_FORMAT, short_number (push));
    return;
  }
  if (decode_sighash && btc_signature_is_der (push) && btc_signature_hash_type_is_defined (push))
    type = hash_type_name (push.data[push.len - 1]);
  if (type != NULL)
    push.len--;
  append_hex (text, push);
  if (type != NULL)
    g_string_append_printf (text, "[%s]", type);
}

char *
btc_script_to_asm (BtcSpan script, gboolean decode_sighash)
{
  GString *text = g_string_new (NULL);
  gsize pos = 0;
  guint8 opcode;
  BtcSpan push;

  /* The data of an OP_RETURN may look like a signature without being one. */
  if (btc_script_is_unspendable (script))
    decode_sighash = FALSE;
  while (pos < script.len) {
    if (text->len > 0)
      g_string_append_c (text, ' ');
    if (!btc_script_next (script, &pos, &opcode, &push)) {
      g_string_append (text, "[error]");
      break;
    }
    if (opcode <= BTC_OP_PUSHDATA4)
      append_push (text, push, decode_sighash);
    else
      g_string_append (text, btc_opcode_name (opcode));
  }
  return g_string_free (text, FALSE);
}
