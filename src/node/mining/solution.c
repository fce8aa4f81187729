#include "node/mining/mining.h"

#include "bitcoin/primitives/merkle.h"
#include "bitcoin/script/script.h"

/* The block of a template as a miner has solved it, and its submission. */

gint64
node_template_fees (const NodeTemplate *block_template)
{
  return -block_template->fees_sat[0];
}

void
node_template_write_coinbase_script (const NodeTemplate *block_template, GByteArray *out)
{
  btc_script_write_number (out, block_template->height);
}

BtcBlock *
node_template_solve (const NodeTemplate *block_template,
                     guint32 version,
                     guint32 time,
                     guint32 nonce,
                     const BtcTx *coinbase)
{
  const BtcBlock *block = block_template->block;
  g_autofree const BtcTx **txs = g_new (const BtcTx *, block->n_txs);
  g_autoptr (GByteArray) path = g_byte_array_new ();
  BtcHeader header = block->header;

  txs[0] = coinbase;
  for (guint32 i = 1; i < block->n_txs; i++)
    txs[i] = &block->txs[i];
  btc_block_coinbase_path (block, path);
  btc_merkle_root_of_coinbase (coinbase->txid32, path->data, path->len / 32, header.merkle_root32);
  header.version = (gint32) version;
  header.time = time;
  header.nonce = nonce;
  return btc_block_new_from_txs (&header, txs, block->n_txs);
}

/* One job of the chain thread. */
typedef struct {
  BtcBlock *block;
  const char *reason;
  BtcVerdict *verdict;
  GError *error;
} Submission;

static gboolean
is_checked (const NodeBlock *block)
{
  return (block->status & NODE_BLOCK_VALID_MASK) >= NODE_BLOCK_VALID_SCRIPTS;
}

/* The block was accepted without an error. */
static const char *
submission_reason (NodeChain *chain, const NodeBlock *index, gboolean is_new, gboolean was_checked, BtcVerdict *verdict)
{
  /* A block that was never checked, because an ancestor is invalid, is inconclusive. */
  if (verdict->verdict == BTC_VERDICT_INVALID_PREV && is_new) {
    btc_verdict_clear (verdict);
    return "inconclusive";
  }
  if (verdict->verdict != BTC_VERDICT_OK)
    return verdict->reason != NULL ? verdict->reason : "rejected";
  if (!is_new)
    return "duplicate";
  /* A block on a branch with less work is stored, but not fully validated. One below a snapshot is not validated at
   * once, and one that was pruned is not validated again. */
  return !was_checked && node_chain_contains (chain, index) && is_checked (index) ? NULL : "inconclusive";
}

static void
submit_job (NodeChain *chain, gpointer data)
{
  Submission *submission = data;
  const NodeBlock *known = node_chain_find (chain, submission->block->hash32);
  gboolean was_checked = known != NULL && is_checked (known), is_new = FALSE;
  NodeBlock *index = NULL;

  if (!node_chain_accept_block (chain, submission->block, TRUE, &index, &is_new, submission->verdict,
                                &submission->error))
    return;
  /* During the initial download other nodes have the block. */
  if (is_new && submission->verdict->verdict == BTC_VERDICT_OK && !node_chain_is_initial_download (chain)
      && !node_chain_save (chain, &submission->error))
    return;
  submission->reason = submission_reason (chain, index, is_new, was_checked, submission->verdict);
}

gboolean
node_mining_submit (NodeMining *mining,
                    BtcBlock *block,
                    GCancellable *cancellable,
                    const char **reason,
                    BtcVerdict *verdict,
                    GError **error)
{
  Submission submission = { .block = block, .verdict = verdict };

  g_return_val_if_fail (mining != NULL && block != NULL && reason != NULL && verdict != NULL, FALSE);
  btc_verdict_clear (verdict);
  if (!node_chain_run (node_mining_chain (mining), NODE_JOB_BLOCKS, submit_job, &submission, cancellable, error))
    return FALSE;
  *reason = submission.reason;
  if (submission.error == NULL)
    return TRUE;
  g_propagate_error (error, submission.error);
  return FALSE;
}
