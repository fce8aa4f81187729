#include "node/chain/intake.h"

#include "common/log.h"
#include "node/chain/accept.h"
#include "node/chain/activate.h"
#include "node/chain/busy.h"
#include "node/chain/parts.h"

/* A submitted block that is not stored yet. */
typedef struct {
  NodeChain *chain;
  BtcBlock *block; /* NULL once it is stored, unless it will be connected next */
  NodeIntakeFlags flags;
  NodeSubmitter *submitter; /* NULL: it was notified, or is registered in the submitters */
  gboolean checked_in_context;
  NodeBlock *put; /* its entry in the tree once it is stored; NULL: the chain thread stores it */
  GError *error;  /* storing it failed */
} Item;

static void
intake_end (Item *item, NodeIntakeEvent event, const NodeBlock *index, const BtcVerdict *verdict)
{
  if (verdict != NULL) {
    g_autofree char *text = btc_verdict_dup_text (verdict);

    common_info ("ProcessNewBlock: AcceptBlock FAILED (%s)", text);
  }
  node_submitter_notify (g_steal_pointer (&item->submitter), event, index, verdict);
}

/* ---- chain thread ---- */

/* Its data is stored: the submitter will be notified of the verdict. */
static void
intake_wait_for_verdict (Item *item, const NodeBlock *index)
{
  if (node_block_is_valid (index, NODE_BLOCK_VALID_SCRIPTS))
    intake_end (item, NODE_INTAKE_CONNECTED, index, NULL);
  else
    node_submitters_add (item->chain, index, g_steal_pointer (&item->submitter));
}

/* FALSE with ERROR is for disk errors only. */
static gboolean
intake_store (Item *item, GError **error)
{
  NodeAcceptHow how = { .requested = (item->flags & NODE_INTAKE_REQUESTED) != 0,
                        .checked = TRUE,
                        .checked_in_context = item->checked_in_context,
                        .mark = TRUE,
                        .file = -1 };
  NodeBlock *index;
  gboolean is_new;
  BtcVerdict verdict;

  btc_verdict_clear (&verdict);
  if (!node_accept_store (item->chain, item->block, &how, &index, &is_new, &verdict, error))
    return FALSE;
  if (verdict.verdict != BTC_VERDICT_OK) {
    intake_end (item, NODE_INTAKE_REFUSED, index, &verdict);
    return TRUE;
  }
  if (!(index->status & NODE_BLOCK_HAVE_DATA)) {
    intake_end (item, NODE_INTAKE_IGNORED, index, NULL);
    return TRUE;
  }
  if (is_new)
    node_submitter_notify (item->submitter, NODE_INTAKE_STORED, index, NULL);
  intake_wait_for_verdict (item, index);
  /* If a long activation is in progress, that will connect it. */
  return !is_new || node_busy_is (item->chain, NODE_BUSY_ACTIVATING)
         || node_activate (item->chain, item->block, TRUE, error);
}

/* The data that the intake stored becomes part of the tree. */
static gboolean
intake_take (Item *item, GError **error)
{
  NodeChain *chain = item->chain;
  NodeBlock *index;
  BtcVerdict verdict;
  gboolean is_new;

  btc_verdict_clear (&verdict);
  if (!node_block_tree_accept_header (chain->tree, &item->put->header, item->put->hash32, FALSE, &index, &verdict)) {
    node_block_tree_discard (chain->tree, item->put);
    intake_end (item, NODE_INTAKE_REFUSED, index, &verdict);
    return TRUE;
  }
  is_new = node_block_tree_take (chain->tree, index);
  if (is_new)
    node_candidates_received (chain, index);
  intake_wait_for_verdict (item, index);
  return !is_new || node_busy_is (chain, NODE_BUSY_ACTIVATING) || node_activate (chain, item->block, TRUE, error);
}

static CommonJobState
intake_run_on_chain (gpointer data, GCancellable *cancellable)
{
  Item *item = data;
  NodeChain *chain = item->chain;
  g_autoptr (GError) error = NULL;

  if (chain->state.coins == NULL || node_report_is_fatal (chain))
    return COMMON_JOB_DONE;
  if (item->error != NULL)
    node_report_fatal (chain, item->error);
  else if (item->put != NULL ? !intake_take (item, &error) : !intake_store (item, &error))
    node_report_fatal (chain, error);
  return COMMON_JOB_DONE;
}

/* ---- the intake's own thread ---- */

static void
intake_notify_received (NodeChain *chain, const NodeBlock *index, BtcBlock *block)
{
  NodeBlockRecord record;

  node_block_tree_get_record (chain->tree, index, &record, NULL);
  if (record.status & NODE_BLOCK_HAVE_DATA)
    return;
  node_report_received (chain, index, block);
}

/* The rules that need no coins. FALSE: *VERDICT is the reason. A violated rule that depends on the previous blocks is
 * left to the chain thread, which marks the block. */
static gboolean
intake_check (Item *item, NodeBlock **index, BtcVerdict *verdict)
{
  const BtcParams *params = item->chain->params;
  BtcBlock *block = item->block;
  BtcPrevContext context;

  *index = node_block_tree_find (item->chain->tree, block->hash32);
  if (!(item->flags & NODE_INTAKE_POW_CHECKED)
      && !btc_header_check_pow (&block->header, block->hash32, params, verdict))
    return FALSE;
  if (!(item->flags & NODE_INTAKE_BODY_CHECKED) && !btc_block_check (block, params, verdict))
    return FALSE;
  if (*index == NULL && !(item->flags & NODE_INTAKE_WORK_CHECKED))
    return btc_verdict_fail (verdict, BTC_VERDICT_HEADER_LOW_WORK, "too-little-chainwork", "%s", "");
  if (!node_block_tree_accept_header (item->chain->tree, &block->header, block->hash32, FALSE, index, verdict))
    return FALSE;
  if ((*index)->prev == NULL)
    return TRUE;
  context = node_block_prev_context ((*index)->prev);
  item->checked_in_context = btc_block_check_contextual (block, &context, params, verdict);
  btc_verdict_clear (verdict);
  return TRUE;
}

/* Stores the block without waiting for the chain thread. Unrequested blocks are left to the chain thread, which knows
 * the tip. Only the block that will be connected next is kept in memory. */
static void
intake_put (Item *item, NodeBlock *index)
{
  NodeChain *chain = item->chain;
  g_autoptr (NodeTip) tip = node_chain_ref_tip (chain);
  gboolean is_new;

  if (tip == NULL || !(item->flags & NODE_INTAKE_REQUESTED))
    return;
  if (!node_block_tree_put (chain->tree, index, item->block, &is_new, &item->error))
    return;
  item->put = index;
  if (is_new)
    node_submitter_notify (item->submitter, NODE_INTAKE_STORED, index, NULL);
  if (index->prev != tip->block)
    g_clear_pointer (&item->block, btc_block_unref);
}

static void
intake_item_free (gpointer data)
{
  Item *item = data;

  if (item->submitter != NULL)
    intake_end (item, NODE_INTAKE_ENDED, NULL, NULL);
  g_clear_pointer (&item->block, btc_block_unref);
  g_clear_error (&item->error);
  g_free (item);
}

/* Passes the item on to the chain thread. While its queue is full, blocks that are not stored wait here. */
static void
intake_hand_on (Item *item, GCancellable *cancellable)
{
  CommonJob job = { .name = "block",
                    .job_class = NODE_JOB_BLOCKS,
                    .func = intake_run_on_chain,
                    .data = item,
                    .free_data = intake_item_free };
  CommonJobs *jobs = node_chain_jobs (item->chain);
  g_autoptr (GError) error = NULL;

  if (item->put != NULL && item->block != NULL)
    job.bytes = g_bytes_get_size (item->block->bytes);
  if (item->put != NULL && common_jobs_post (jobs, &job, &error))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY)) {
    g_clear_pointer (&item->block, btc_block_unref);
    job.bytes = 0;
    if (common_jobs_post (jobs, &job, NULL))
      return;
  }
  common_jobs_call (
      jobs,
      &(CommonJob){
          .job_class = NODE_JOB_BLOCKS, .func = intake_run_on_chain, .data = item, .cancellable = cancellable },
      NULL);
  intake_item_free (item);
}

static CommonJobState
intake_run (gpointer data, GCancellable *cancellable)
{
  Item *item = g_steal_pointer ((Item **) data);
  NodeBlock *index;
  BtcVerdict verdict;

  btc_verdict_clear (&verdict);
  if (!intake_check (item, &index, &verdict)) {
    intake_end (item, NODE_INTAKE_REFUSED, index, &verdict);
    intake_item_free (item);
    return COMMON_JOB_DONE;
  }
  if (item->checked_in_context) {
    intake_notify_received (item->chain, index, item->block);
    intake_put (item, index);
  }
  intake_hand_on (item, cancellable);
  return COMMON_JOB_DONE;
}

/* Frees the item, unless it was passed on. */
static void
intake_slot_free (gpointer data)
{
  Item **slot = data;

  if (*slot != NULL)
    intake_item_free (*slot);
  g_free (slot);
}

/* ---- any thread ---- */

gboolean
node_intake_submit (NodeChain *chain,
                    BtcBlock *block,
                    NodeIntakeFlags flags,
                    NodeIntakeFunc func,
                    gpointer data,
                    GDestroyNotify free_data,
                    GError **error)
{
  CommonJob job = { .name = "block", .func = intake_run, .free_data = intake_slot_free };
  Item *item, **slot;

  g_return_val_if_fail (chain != NULL && block != NULL && func != NULL, FALSE);
  item = g_new0 (Item, 1);
  item->chain = chain;
  item->block = btc_block_ref (block);
  item->flags = flags;
  item->submitter = node_submitter_new (func, data, free_data);
  job.bytes = g_bytes_get_size (block->bytes);
  slot = g_new (Item *, 1);
  *slot = item;
  job.data = slot;
  if (common_jobs_post (node_jobs_intake (chain), &job, error))
    return TRUE;
  node_submitter_discard (g_steal_pointer (&item->submitter));
  intake_slot_free (slot);
  return FALSE;
}

void
node_intake_notify_room (NodeChain *chain, GSourceOnceFunc func, gpointer data, GDestroyNotify free_data)
{
  common_jobs_notify_room (node_jobs_intake (chain), 0, func, data, free_data);
}

gsize
node_intake_get_bytes (NodeChain *chain)
{
  return common_jobs_get_bytes (node_jobs_intake (chain), 0);
}
