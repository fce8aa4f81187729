/* The original signature hash: the transaction with parts omitted and all scripts blanked except that of the signed
 * input, then the hash type as four bytes. Streams into the hash, copies nothing. */
#include "bitcoin/script/sighash.h"
#include "bitcoin/script/machine.h"

#include <string.h>

/* The low five bits select the outputs; undefined values mean ALL. */
#define OUTPUT_MASK 0x1f

/* The position where decoding SCRIPT_CODE stops if the operation at POS, if any, is truncated: after the opcode, and
 * after the length that follows it if that is complete. */
static gsize
end_of_reading (BtcSpan script_code, gsize pos)
{
  gsize len_bytes = 0;
  guint8 opcode;

  if (pos >= script_code.len)
    return script_code.len;
  opcode = script_code.data[pos++];
  if (opcode >= BTC_OP_PUSHDATA1)
    len_bytes = (gsize) 1 << (opcode - BTC_OP_PUSHDATA1);
  return len_bytes <= script_code.len - pos ? pos + len_bytes : pos;
}

/* SCRIPT_CODE without its OP_CODESEPARATORs. Bytes after a truncated operation are not hashed, although its length
 * is. */
static void
write_script_code (BtcHashWriter *writer, BtcSpan script_code)
{
  gsize pos = 0, separators = 0, from = 0;
  guint8 opcode;
  BtcSpan push;

  while (btc_script_next (script_code, &pos, &opcode, &push))
    separators += opcode == BTC_OP_CODESEPARATOR;
  btc_hash_writer_compact (writer, script_code.len - separators);
  if (separators > 0) {
    pos = 0;
    while (btc_script_next (script_code, &pos, &opcode, &push))
      if (opcode == BTC_OP_CODESEPARATOR) {
        btc_hash_writer_data (writer, script_code.data + from, pos - 1 - from);
        from = pos;
      }
  }
  btc_hash_writer_data (writer, script_code.data + from, end_of_reading (script_code, pos) - from);
}

static void
write_inputs (BtcHashWriter *writer, const BtcTx *tx, guint32 in, BtcSpan script_code, guint32 hash_type)
{
  gboolean all = (hash_type & OUTPUT_MASK) != BTC_SIGHASH_NONE && (hash_type & OUTPUT_MASK) != BTC_SIGHASH_SINGLE;
  gboolean only_this = (hash_type & BTC_SIGHASH_ANYONECANPAY) != 0;
  guint32 first = only_this ? in : 0;
  guint32 end = only_this ? in + 1 : tx->n_in;

  btc_hash_writer_compact (writer, end - first);
  for (guint32 i = first; i < end; i++) {
    btc_hash_writer_outpoint (writer, &tx->in[i].prevout);
    if (i == in)
      write_script_code (writer, script_code);
    else
      btc_hash_writer_compact (writer, 0);
    btc_hash_writer_u32 (writer, i == in || all ? tx->in[i].sequence : 0);
  }
}

static void
write_outputs (BtcHashWriter *writer, const BtcTx *tx, guint32 in, guint32 hash_type)
{
  switch (hash_type & OUTPUT_MASK) {
  case BTC_SIGHASH_NONE:
    btc_hash_writer_compact (writer, 0);
    break;
  case BTC_SIGHASH_SINGLE:
    btc_hash_writer_compact (writer, (guint64) in + 1);
    for (guint32 i = 0; i < in; i++) {
      btc_hash_writer_u64 (writer, G_MAXUINT64); /* a blank output: value -1, no script */
      btc_hash_writer_compact (writer, 0);
    }
    btc_hash_writer_output (writer, &tx->out[in]);
    break;
  default:
    btc_hash_writer_compact (writer, tx->n_out);
    for (guint32 i = 0; i < tx->n_out; i++)
      btc_hash_writer_output (writer, &tx->out[i]);
    break;
  }
}

void
btc_sighash_legacy_prefix (BtcHashWriter *writer, const BtcTx *tx, guint32 in, BtcSpan script_code, guint32 hash_type)
{
  btc_hash_writer_init (writer);
  btc_hash_writer_u32 (writer, tx->version);
  write_inputs (writer, tx, in, script_code, hash_type);
  write_outputs (writer, tx, in, hash_type);
  btc_hash_writer_u32 (writer, tx->locktime);
}

void
btc_sighash_legacy (const BtcTx *tx, guint32 in, BtcSpan script_code, guint32 hash_type, guint8 out32[32])
{
  BtcHashWriter writer;

  g_return_if_fail (in < tx->n_in);

  /* SINGLE without a corresponding output signs the number one, also with ANYONECANPAY: a bug of the original client
   * that is now a consensus rule. */
  if ((hash_type & OUTPUT_MASK) == BTC_SIGHASH_SINGLE && in >= tx->n_out) {
    memset (out32, 0, 32);
    out32[0] = 1;
    return;
  }
  btc_sighash_legacy_prefix (&writer, tx, in, script_code, hash_type);
  btc_hash_writer_u32 (&writer, hash_type);
  btc_hash_writer_finish_double (&writer, out32);
}
