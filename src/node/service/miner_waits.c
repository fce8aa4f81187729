#include "node/service/miner_waits.h"

#include <string.h>

#include "dbus/errors.h"
#include "node/tip_wait.h"

/* The interval at which fees are compared. */
#define FEES_MS 1000
#define COOL_DOWN_MS 500
/* How long the blocks of known headers are waited for since the last of them has arrived. */
#define MIN_COOL_DOWN_S 3
#define MAX_COOL_DOWN_S 20

static void
fail_cancelled (GTask *task)
{
  g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_CANCELLED, "the call was cancelled");
}

/* ---- the tip ---- */

static gboolean
is_other_tip (const NodeContext *context, const NodeTip *tip, gpointer data)
{
  return memcmp (tip->block->hash32, g_task_get_task_data (data), 32) != 0;
}

static void
end_tip (gpointer data, const NodeTip *tip, NodeTipWaitEnd how)
{
  g_autoptr (GTask) task = data;

  if (how == NODE_TIP_WAIT_CANCELLED)
    fail_cancelled (task);
  else if (tip == NULL)
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NOT_READY, "the chain is being loaded or closed");
  else
    g_task_return_pointer (task, node_tip_ref ((NodeTip *) tip), (GDestroyNotify) node_tip_unref);
}

void
node_miner_wait_tip_async (NodeMiner *miner,
                           const guint8 current32[32],
                           guint timeout_ms,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  static const NodeTipWaitClass class = { is_other_tip, end_tip, 0 };
  GTask *task = g_task_new (NULL, NULL, callback, data);

  g_task_set_task_data (task, g_memdup2 (current32, 32), g_free);
  node_tip_wait_new (node_miner_get_context (miner), cancellable, &class, task, timeout_ms);
}

NodeTip *
node_miner_wait_tip_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- cooling down ---- */

typedef struct {
  const NodeBlock *tip; /* the last one; NULL: none since the initial download */
  gint64 until_us;      /* monotonic */
} CoolDown;

static gboolean
is_cool (const NodeContext *context, const NodeTip *tip, gpointer data)
{
  CoolDown *cool = g_task_get_task_data (data);
  const NodeBlock *best;
  gint64 ahead;

  if (tip->initial_download)
    return FALSE;
  best = node_block_tree_get_best_header (node_chain_tree (context->chain));
  if (best == NULL || node_block_compare_work (best, tip->block) <= 0)
    return TRUE;
  if (cool->tip != tip->block) {
    ahead = CLAMP ((gint64) best->height - tip->block->height, MIN_COOL_DOWN_S, MAX_COOL_DOWN_S);
    cool->tip = tip->block;
    cool->until_us = g_get_monotonic_time () + ahead * G_USEC_PER_SEC;
  }
  return g_get_monotonic_time () >= cool->until_us;
}

static void
end_cool_down (gpointer data, const NodeTip *tip, NodeTipWaitEnd how)
{
  g_autoptr (GTask) task = data;

  if (how == NODE_TIP_WAIT_CANCELLED)
    fail_cancelled (task);
  else
    g_task_return_boolean (task, TRUE);
}

void
node_miner_cool_down_async (NodeMiner *miner, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  static const NodeTipWaitClass class = { is_cool, end_cool_down, COOL_DOWN_MS };
  GTask *task = g_task_new (NULL, NULL, callback, data);

  g_task_set_task_data (task, g_new0 (CoolDown, 1), g_free);
  node_tip_wait_new (node_miner_get_context (miner), cancellable, &class, task, 0);
}

gboolean
node_miner_cool_down_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- the next template ---- */

typedef struct {
  grefcount references; /* of the wait, and of the template that is being made */
  GTask *task;
  NodeMiner *miner;
  NodeTemplate *last;
  NodeMiningOptions options;
  gint64 fee_threshold_sat;
  GCancellable *cancellable;
  NodeTipWait *wait;      /* NULL: it has ended */
  gboolean is_comparing;  /* a template is being made to compare its fees */
  gboolean is_last;       /* the time-out was reached meanwhile */
  guint64 updates;        /* of the mempool, when fees were compared last */
  gint64 compare_from_us; /* monotonic */
  NodeTemplate *better;   /* NULL: none */
} NextWait;

static void
next_wait_unref (NextWait *next)
{
  if (!g_ref_count_dec (&next->references))
    return;
  node_miner_unref (next->miner);
  node_template_unref (next->last);
  g_clear_pointer (&next->better, node_template_unref);
  g_clear_object (&next->cancellable);
  g_clear_object (&next->task);
  g_free (next);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NextWait, next_wait_unref)

static NextWait *
next_wait_ref (NextWait *next)
{
  g_ref_count_inc (&next->references);
  return next;
}

static void
next_wait_on_compared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NextWait) next = data;
  g_autoptr (NodeTemplate) made = node_miner_make_finish (result, NULL);

  next->is_comparing = FALSE;
  if (made != NULL) {
    next->updates = made->updates;
    if (node_template_fees (made) >= node_template_fees (next->last) + next->fee_threshold_sat)
      next->better = g_steal_pointer (&made);
  }
  if (next->is_last)
    g_task_return_pointer (next->task, g_steal_pointer (&next->better), (GDestroyNotify) node_template_unref);
  else if (next->better != NULL && next->wait != NULL)
    node_tip_wait_check (next->wait);
}

static void
next_wait_compare (NextWait *next, guint64 updates)
{
  gint64 now_us = g_get_monotonic_time ();

  if (next->fee_threshold_sat == 0 || next->is_comparing || updates == next->updates || now_us < next->compare_from_us)
    return;
  next->is_comparing = TRUE;
  next->compare_from_us = now_us + FEES_MS * 1000;
  node_miner_make_async (next->miner, &next->options, next->cancellable, next_wait_on_compared, next_wait_ref (next));
}

/* On test networks, after 20 minutes without a block. */
static gboolean
is_easier (NextWait *next, const NodeContext *context, const NodeTip *tip)
{
  BtcHeader header;
  gint64 min_time;

  if (!context->params->pow_min_difficulty)
    return FALSE;
  node_mining_next_header (context->mining, tip->block, &header, &min_time);
  return header.bits != next->last->block->header.bits;
}

static gboolean
next_wait_is_over (const NodeContext *context, const NodeTip *tip, gpointer data)
{
  NextWait *next = data;

  if (next->better != NULL || tip->block != next->last->prev || is_easier (next, context, tip))
    return TRUE;
  next_wait_compare (next, node_mempool_updates (context->mempool));
  return FALSE;
}

static void
next_wait_on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NextWait) next = data;
  GError *error = NULL;
  NodeTemplate *made = node_miner_make_finish (result, &error);

  if (made != NULL)
    g_task_return_pointer (next->task, made, (GDestroyNotify) node_template_unref);
  else
    g_task_return_error (next->task, error);
}

static void
next_wait_end (gpointer data, const NodeTip *tip, NodeTipWaitEnd how)
{
  g_autoptr (NextWait) next = data;

  next->wait = NULL;
  if (how == NODE_TIP_WAIT_CANCELLED)
    fail_cancelled (next->task);
  else if (how == NODE_TIP_WAIT_TIMED_OUT && next->is_comparing)
    next->is_last = TRUE;
  else if (how == NODE_TIP_WAIT_TIMED_OUT)
    g_task_return_pointer (next->task, NULL, NULL);
  else if (next->better != NULL && next->better->prev == tip->block)
    g_task_return_pointer (next->task, g_steal_pointer (&next->better), (GDestroyNotify) node_template_unref);
  else
    node_miner_make_async (next->miner, &next->options, next->cancellable, next_wait_on_made, next_wait_ref (next));
}

void
node_miner_wait_next_async (NodeMiner *miner,
                            NodeTemplate *last,
                            const NodeMiningOptions *options,
                            gint64 fee_threshold_sat,
                            guint timeout_ms,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  static const NodeTipWaitClass class = { next_wait_is_over, next_wait_end, FEES_MS };
  NextWait *next = g_new0 (NextWait, 1);

  g_ref_count_init (&next->references);
  next->task = g_task_new (NULL, NULL, callback, data);
  next->miner = node_miner_ref (miner);
  next->last = node_template_ref (last);
  next->options = *options;
  next->fee_threshold_sat = fee_threshold_sat;
  next->cancellable = g_object_ref (cancellable);
  next->updates = last->updates;
  next->wait = node_tip_wait_new (node_miner_get_context (miner), cancellable, &class, next, timeout_ms);
}

NodeTemplate *
node_miner_wait_next_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
