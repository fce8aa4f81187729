#include "node/mining/mining.h"

#include <string.h>

#include "bitcoin/consensus/block_check.h"

/* Mining on regtest. */

#define LOOK_AROUND_EVERY 0xffff

static gboolean
meets_target (const BtcHeader *header, const BtcUint256 *target)
{
  guint8 hash32[32];
  BtcUint256 value;

  btc_header_hash (header, hash32);
  btc_uint256_from_le (&value, hash32);
  return btc_uint256_compare (&value, target) <= 0;
}

static BtcBlock *
with_header (const BtcBlock *block, const BtcHeader *header)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (block->bytes, &len);
  guint8 *copy = g_memdup2 (data, len);
  g_autoptr (GBytes) bytes = NULL;

  btc_header_serialize (header, copy);
  bytes = g_bytes_new_take (copy, len);
  return btc_block_new (bytes);
}

BtcBlock *
node_mining_grind (BtcBlock *block, const BtcParams *params, guint64 *tries, GCancellable *cancellable)
{
  BtcHeader header = block->header;
  BtcUint256 target;

  btc_uint256_from_compact (&target, header.bits, NULL, NULL);
  while (*tries > 0) {
    (*tries)--;
    if (meets_target (&header, &target))
      return with_header (block, &header);
    if (header.nonce == G_MAXUINT32)
      return NULL;
    header.nonce++;
    if ((header.nonce & LOOK_AROUND_EVERY) == 0 && g_cancellable_is_cancelled (cancellable))
      return NULL;
  }
  return NULL;
}

/* One job of the chain thread. */
typedef struct {
  NodeMining *mining;
  BtcSpan script;
  BtcBlock *block;
  gboolean ok;
  BtcVerdict verdict;
  GError *error;
} Round;

static void
take_job (NodeChain *chain, gpointer data)
{
  Round *round = data;
  gboolean is_new;

  btc_verdict_clear (&round->verdict);
  round->ok = node_chain_accept_block (chain, round->block, TRUE, NULL, &is_new, &round->verdict, &round->error)
              && round->verdict.verdict == BTC_VERDICT_OK;
}

/* Saves the new blocks before the caller is notified: no other node has a copy yet. */
static void
save_job (NodeChain *chain, gpointer data)
{
  Round *round = data;
  round->ok = node_chain_save (chain, &round->error);
}

static gboolean
fail_template (Round *round, GError **error)
{
  g_autofree char *text = btc_verdict_dup_text (&round->verdict);

  if (round->error != NULL)
    g_propagate_error (error, g_steal_pointer (&round->error));
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "CreateNewBlock: TestBlockValidity failed: %s", text);
  return FALSE;
}

/* The reason is in the log of validation. */
static gboolean
fail_mined_block (Round *round, GError **error)
{
  if (round->error != NULL)
    g_propagate_error (error, g_steal_pointer (&round->error));
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "ProcessNewBlock, block not accepted");
  return FALSE;
}

/* *FOUND FALSE: the tries are exhausted, or it was cancelled. */
static gboolean
mine_one (Round *round, guint64 *tries, GCancellable *cancellable, GByteArray *hashes, gboolean *found, GError **error)
{
  NodeChain *chain = node_mining_chain (round->mining);
  g_autoptr (NodeTemplate) made = NULL;
  g_autoptr (BtcBlock) block = NULL;

  made = node_mining_make_template (round->mining, NULL, round->script, NULL, cancellable, &round->verdict,
                                    &round->error);
  if (made == NULL)
    return fail_template (round, error);
  block = node_mining_grind (made->block, node_chain_params (chain), tries, cancellable);
  *found = block != NULL;
  if (block == NULL)
    return TRUE;
  round->block = block;
  if (!node_chain_run (chain, NODE_JOB_BLOCKS, take_job, round, cancellable, error))
    return FALSE;
  if (!round->ok)
    return fail_mined_block (round, error);
  g_byte_array_append (hashes, block->hash32, 32);
  return TRUE;
}

gboolean
node_mining_generate (NodeMining *mining,
                      BtcSpan script,
                      guint n,
                      guint64 tries,
                      GCancellable *cancellable,
                      GByteArray *hashes,
                      GError **error)
{
  gboolean found = TRUE;
  Round last = { 0 };

  g_return_val_if_fail (mining != NULL && hashes != NULL, FALSE);
  for (guint i = 0; i < n && found && !g_cancellable_is_cancelled (cancellable); i++) {
    Round round = { .mining = mining, .script = script };
    if (!mine_one (&round, &tries, cancellable, hashes, &found, error))
      return FALSE;
  }
  if (!node_chain_run (node_mining_chain (mining), NODE_JOB_BLOCKS, save_job, &last, NULL, error))
    return FALSE;
  if (!last.ok)
    g_propagate_error (error, g_steal_pointer (&last.error));
  return last.ok;
}
