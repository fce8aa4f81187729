#include "bitcoin/script/script.h"

#include <string.h>

gboolean
btc_script_next (BtcSpan script, gsize *pos, guint8 *opcode, BtcSpan *push)
{
  gsize at = *pos;
  gsize left, len = 0, len_bytes = 0;
  guint8 op;

  if (at >= script.len)
    return FALSE;
  op = script.data[at++];
  left = script.len - at;
  if (op > BTC_OP_PUSHDATA4) {
    *pos = at;
    *opcode = op;
    *push = (BtcSpan){ NULL, 0 };
    return TRUE;
  }
  if (op < BTC_OP_PUSHDATA1)
    len = op;
  else
    len_bytes = (gsize) 1 << (op - BTC_OP_PUSHDATA1);
  if (len_bytes > left)
    return FALSE;
  for (gsize i = 0; i < len_bytes; i++)
    len |= (gsize) script.data[at + i] << (8 * i);
  at += len_bytes;
  if (len > left - len_bytes)
    return FALSE;
  *pos = at + len;
  *opcode = op;
  *push = (BtcSpan){ script.data + at, len };
  return TRUE;
}

gboolean
btc_script_is_p2sh (BtcSpan script)
{
  return script.len == 23 && script.data[0] == BTC_OP_HASH160 && script.data[1] == 20
         && script.data[22] == BTC_OP_EQUAL;
}

gboolean
btc_script_is_push_only (BtcSpan script)
{
  gsize pos = 0;
  guint8 opcode;
  BtcSpan push;

  while (pos < script.len)
    if (!btc_script_next (script, &pos, &opcode, &push) || opcode > BTC_OP_16)
      return FALSE;
  return TRUE;
}

gboolean
btc_script_last_push (BtcSpan script_sig, BtcSpan *last)
{
  gsize pos = 0;
  guint8 opcode;

  *last = (BtcSpan){ NULL, 0 };
  while (pos < script_sig.len)
    if (!btc_script_next (script_sig, &pos, &opcode, last) || opcode > BTC_OP_16)
      return FALSE;
  return script_sig.len > 0;
}

/* BIP 141: one small number, then one direct push of 2 to 40 bytes that ends the script. */
gboolean
btc_script_is_witness_program (BtcSpan script, guint *version, BtcSpan *program)
{
  guint8 first;

  if (script.len < 4 || script.len > 42 || (gsize) script.data[1] + 2 != script.len)
    return FALSE;
  first = script.data[0];
  if (first != BTC_OP_0 && (first < BTC_OP_1 || first > BTC_OP_16))
    return FALSE;
  if (version != NULL)
    *version = first == BTC_OP_0 ? 0 : first - BTC_OP_1 + 1u;
  if (program != NULL)
    *program = (BtcSpan){ script.data + 2, script.len - 2 };
  return TRUE;
}

gboolean
btc_script_is_anchor (BtcSpan script)
{
  static const guint8 anchor[] = { BTC_OP_1, 2, 0x4e, 0x73 };

  return script.len == sizeof anchor && memcmp (script.data, anchor, sizeof anchor) == 0;
}

gboolean
btc_script_is_unspendable (BtcSpan script)
{
  return (script.len > 0 && script.data[0] == BTC_OP_RETURN) || script.len > BTC_MAX_SCRIPT_SIZE;
}

gboolean
btc_script_push_is_minimal (BtcSpan data, guint8 opcode)
{
  if (data.len == 0)
    return opcode == BTC_OP_0;
  if (data.len == 1 && ((data.data[0] >= 1 && data.data[0] <= 16) || data.data[0] == 0x81))
    return FALSE; /* OP_1 to OP_16 and OP_1NEGATE push these */
  if (data.len < BTC_OP_PUSHDATA1)
    return opcode == data.len;
  if (data.len <= G_MAXUINT8)
    return opcode == BTC_OP_PUSHDATA1;
  if (data.len <= G_MAXUINT16)
    return opcode == BTC_OP_PUSHDATA2;
  return TRUE;
}

void
btc_script_write_push (GByteArray *out, const guint8 *data, gsize len)
{
  if (len < BTC_OP_PUSHDATA1) {
    btc_write_u8 (out, len);
  } else if (len <= G_MAXUINT8) {
    btc_write_u8 (out, BTC_OP_PUSHDATA1);
    btc_write_u8 (out, len);
  } else if (len <= G_MAXUINT16) {
    btc_write_u8 (out, BTC_OP_PUSHDATA2);
    btc_write_u16 (out, len);
  } else {
    btc_write_u8 (out, BTC_OP_PUSHDATA4);
    btc_write_u32 (out, len);
  }
  btc_write_data (out, data, len);
}

void
btc_script_write_number (GByteArray *out, gint64 number)
{
  guint8 bytes[9];
  gsize len = 0;
  guint64 rest;

  if (number == 0 || number == -1 || (number >= 1 && number <= 16)) {
    btc_write_u8 (out, number == 0 ? BTC_OP_0 : BTC_OP_1 - 1 + number);
    return;
  }
  for (rest = number < 0 ? -(guint64) number : (guint64) number; rest > 0; rest >>= 8)
    bytes[len++] = rest & 0xff;
  /* The highest bit is the sign. */
  if (bytes[len - 1] & 0x80)
    bytes[len++] = 0;
  if (number < 0)
    bytes[len - 1] |= 0x80;
  btc_script_write_push (out, bytes, len);
}

void
btc_script_write_p2pkh (GByteArray *out, const guint8 hash20[20])
{
  btc_write_u8 (out, BTC_OP_DUP);
  btc_write_u8 (out, BTC_OP_HASH160);
  btc_script_write_push (out, hash20, 20);
  btc_write_u8 (out, BTC_OP_EQUALVERIFY);
  btc_write_u8 (out, BTC_OP_CHECKSIG);
}

void
btc_script_write_p2sh (GByteArray *out, const guint8 hash20[20])
{
  btc_write_u8 (out, BTC_OP_HASH160);
  btc_script_write_push (out, hash20, 20);
  btc_write_u8 (out, BTC_OP_EQUAL);
}

void
btc_script_write_witness (GByteArray *out, guint version, const guint8 *program, gsize len)
{
  g_return_if_fail (version <= 16);
  g_return_if_fail (len >= 2 && len <= 40);

  btc_script_write_number (out, version);
  btc_script_write_push (out, program, len);
}
