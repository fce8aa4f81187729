/* BIP 325: the solution of a signet's challenge is in the witness commitment's script, as a push that begins with
 * ecc7daa2: then a scriptSig (with length) and a witness (with count). It spends an output that only exists for this
 * check, and which commits to the block without the solution. */
#include "bitcoin/consensus/block_check.h"
#include "bitcoin/primitives/merkle.h"
#include "bitcoin/script/script.h"

#include <string.h>

static const guint8 signet_header[4] = { 0xec, 0xc7, 0xda, 0xa2 };

/* Splits SCRIPT into the solution and the script without it. FALSE, and nothing changed, when there is none. */
static gboolean
take_solution (BtcSpan script, GByteArray *without, BtcSpan *solution)
{
  gsize pos = 0;
  guint8 opcode;
  BtcSpan push;
  gboolean found = FALSE;

  while (btc_script_next (script, &pos, &opcode, &push)) {
    if (push.len == 0) {
      btc_write_u8 (without, opcode);
      continue;
    }
    if (!found && push.len > sizeof signet_header && memcmp (push.data, signet_header, sizeof signet_header) == 0) {
      *solution = (BtcSpan){ push.data + sizeof signet_header, push.len - sizeof signet_header };
      push.len = sizeof signet_header;
      found = TRUE;
    }
    btc_script_write_push (without, push.data, push.len);
  }
  return found;
}

/* The coinbase's txid with the script of output AT replaced. */
static void
modified_coinbase_txid (const BtcTx *coinbase, guint32 at, const GByteArray *script, guint8 out32[32])
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (coinbase->version, coinbase->locktime);
  g_autoptr (BtcTx) tx = NULL;

  for (guint32 i = 0; i < coinbase->n_in; i++) {
    btc_tx_builder_add_in (builder, &coinbase->in[i].prevout, coinbase->in[i].sequence);
    btc_tx_builder_set_script_sig (builder, i, coinbase->in[i].script_sig.data, coinbase->in[i].script_sig.len);
  }
  for (guint32 i = 0; i < coinbase->n_out; i++) {
    BtcSpan kept = coinbase->out[i].script;

    btc_tx_builder_add_out (builder, coinbase->out[i].value_sat, i == at ? script->data : kept.data,
                            i == at ? script->len : kept.len);
  }
  tx = btc_tx_builder_finish (builder);
  memcpy (out32, tx->txid32, 32);
}

/* What the signature commits to: version, previous block, merkle root with the modified coinbase, time. */
static void
write_block_data (const BtcBlock *block, const guint8 coinbase_txid32[32], GByteArray *out)
{
  g_autofree guint8 *leaves = g_malloc ((gsize) 32 * block->n_txs);
  guint8 root32[32];

  memcpy (leaves, coinbase_txid32, 32);
  for (guint32 i = 1; i < block->n_txs; i++)
    memcpy (leaves + (gsize) 32 * i, block->txs[i].txid32, 32);
  btc_merkle_root (leaves, block->n_txs, root32, NULL);
  btc_write_u32 (out, (guint32) block->header.version);
  btc_write_data (out, block->header.prev32, 32);
  btc_write_data (out, root32, 32);
  btc_write_u32 (out, block->header.time);
}

static BtcTx *
make_to_spend (const BtcTxOut *challenge, const GByteArray *block_data)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (0, 0);
  g_autoptr (GByteArray) script = g_byte_array_new ();
  BtcOutpoint nowhere = { { 0 }, G_MAXUINT32 };

  btc_write_u8 (script, BTC_OP_0);
  btc_script_write_push (script, block_data->data, block_data->len);
  btc_tx_builder_add_in (builder, &nowhere, 0);
  btc_tx_builder_set_script_sig (builder, 0, script->data, script->len);
  btc_tx_builder_add_out (builder, challenge->value_sat, challenge->script.data, challenge->script.len);
  return btc_tx_builder_finish (builder);
}

/* NULL when SOLUTION (empty when there is none) is malformed. */
static BtcTx *
make_to_sign (const guint8 spent_txid32[32], BtcSpan solution)
{
  static const guint8 nothing[] = { BTC_OP_RETURN };
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (0, 0);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (BtcSpan));
  BtcOutpoint prevout = { { 0 }, 0 };
  BtcReader reader;

  memcpy (prevout.txid32, spent_txid32, 32);
  btc_tx_builder_add_in (builder, &prevout, 0);
  btc_tx_builder_add_out (builder, 0, nothing, sizeof nothing);
  if (solution.data != NULL) {
    BtcSpan script_sig;
    gsize count;

    btc_reader_init (&reader, solution.data, solution.len);
    script_sig = btc_reader_bytes (&reader);
    count = btc_reader_compact_size (&reader);
    for (gsize i = 0; i < count && !reader.failed; i++) {
      BtcSpan item = btc_reader_bytes (&reader);

      g_array_append_val (items, item);
    }
    if (!btc_reader_done (&reader))
      return NULL;
    btc_tx_builder_set_script_sig (builder, 0, script_sig.data, script_sig.len);
    btc_tx_builder_set_witness (builder, 0, (const BtcSpan *) (gpointer) items->data, items->len);
  }
  return btc_tx_builder_finish (builder);
}

gboolean
btc_signet_check (const BtcBlock *block, const BtcParams *params)
{
  const BtcVerifyFlags flags = BTC_VERIFY_P2SH | BTC_VERIFY_WITNESS | BTC_VERIFY_DERSIG | BTC_VERIFY_NULLDUMMY;
  g_autoptr (GByteArray) without = g_byte_array_new ();
  g_autoptr (GByteArray) block_data = g_byte_array_new ();
  g_autoptr (BtcTx) to_spend = NULL;
  g_autoptr (BtcTx) to_sign = NULL;
  BtcTxOut challenge = { 0 };
  BtcSpan solution = { NULL, 0 };
  guint8 coinbase_txid32[32];
  BtcSighashCache cache;
  gint at;

  g_return_val_if_fail (params->signet_challenge != NULL, FALSE);

  if (memcmp (block->hash32, params->genesis_hash32, 32) == 0)
    return TRUE;
  at = btc_block_witness_commitment (block);
  if (at < 0)
    return FALSE;
  if (take_solution (block->txs[0].out[at].script, without, &solution))
    modified_coinbase_txid (&block->txs[0], at, without, coinbase_txid32);
  else /* a challenge like OP_TRUE needs no solution */
    memcpy (coinbase_txid32, block->txs[0].txid32, 32);
  write_block_data (block, coinbase_txid32, block_data);
  challenge.script.data = g_bytes_get_data (params->signet_challenge, &challenge.script.len);
  to_spend = make_to_spend (&challenge, block_data);
  to_sign = make_to_sign (to_spend->txid32, solution);
  if (to_sign == NULL)
    return FALSE;
  btc_sighash_cache_init (&cache, to_sign, &challenge, FALSE);
  return btc_script_verify (&cache, 0, challenge.script, 0, flags, NULL) == BTC_SCRIPT_ERR_OK;
}
