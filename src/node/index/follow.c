#include "common/clock.h"
#include "common/log.h"
#include "node/index/private.h"

/* The thread of an index. Notifications only wake it: it then reads the current tip (that of the validated blocks,
 * while a snapshot is pending verification), rewinds to the fork if it is on another branch, and advances from there.
 * The chain never waits for it. */

#define BATCH 500
#define COMMIT_INTERVAL_US ((gint64) 30 * G_USEC_PER_SEC)
#define LOG_INTERVAL_US ((gint64) 30 * G_USEC_PER_SEC)
#define REPORT_INTERVAL_US ((gint64) 100 * 1000)

static gboolean
is_stopping (NodeIndex *index)
{
  gboolean stopping;

  g_mutex_lock (&index->lock);
  stopping = index->stopping;
  g_mutex_unlock (&index->lock);
  return stopping;
}

/* Removes the blocks from the index's last one down to FORK. */
static gboolean
rewind_to (NodeIndex *index, const NodeBlock *fork, GError **error)
{
  const NodeIndexClass *class = index->class;

  common_info ("%s rewinds from height %u to %u because of a reorganisation", class->name, index->best->height,
               fork->height);
  while (index->best != fork) {
    const NodeBlock *block = index->best;
    g_auto (NodeIndexData) data = { 0 };
    NodeIndexPlace place;

    if (class->remove != NULL) {
      node_index_get_place (index, block, &place);
      if (!node_index_read (index, &place, class->remove_block, class->remove_spent, &data, error)
          || !class->remove (index, &data.info, error))
        return FALSE;
    }
    node_index_set_best (index, block->prev);
  }
  /* The records of the other branch are about to be overwritten, so the position must not be on it. */
  return node_index_commit (index, error);
}

static void
log_progress (NodeIndex *index, const NodeBlock *block)
{
  gint64 now = common_clock_monotonic_us ();

  if (index->synced || now - index->last_log_us < LOG_INTERVAL_US)
    return;
  index->last_log_us = now;
  common_info ("Syncing %s with block chain from height %u", index->class->name, block->height);
}

/* Reports the progress towards TIP after the block at PLACE. It is measured in transactions rather than blocks, since
 * early blocks are small. */
static void
index_report_progress (NodeIndex *index, const NodeIndexPlace *place, const NodeTip *tip)
{
  gint64 now = common_clock_monotonic_us ();

  if (!index->synced && now - index->last_report_us < REPORT_INTERVAL_US)
    return;
  index->last_report_us = now;
  g_mutex_lock (&index->lock);
  if (tip->chain_tx > 0 && place->chain_tx > 0)
    index->fraction = MIN (1.0, (double) place->chain_tx / (double) tip->chain_tx);
  if (!index->synced)
    common_pace_report (&index->pace, now, index->fraction, place->block->height);
  g_mutex_unlock (&index->lock);
  if (index->owner.changed != NULL)
    index->owner.changed (index->owner.data);
}

static gboolean
append_block (NodeIndex *index, const NodeIndexPlace *place, const NodeTip *tip, GError **error)
{
  g_auto (NodeIndexData) data = { 0 };
  gboolean due;

  if (!node_index_read (index, place, TRUE, index->class->append_spent, &data, error)
      || !index->class->append (index, &data.info, error))
    return FALSE;
  node_index_set_best (index, place->block);
  log_progress (index, place->block);
  index_report_progress (index, place, tip);
  /* Currently the position cannot be written for any block after the flushed one. */
  g_mutex_lock (&index->lock);
  due = place->block == index->flushed || common_clock_monotonic_us () - index->last_commit_us > COMMIT_INTERVAL_US;
  g_mutex_unlock (&index->lock);
  return !due || node_index_commit (index, error);
}

/* Adds some blocks of TIP's branch, beginning after the index's best block. */
static gboolean
index_advance (NodeIndex *index, const NodeTip *tip, GError **error)
{
  guint32 next = index->best != NULL ? index->best->height + 1 : 0;
  guint n = MIN (tip->validated->height - next + 1, BATCH);
  g_autofree const NodeBlock **blocks = g_new (const NodeBlock *, n);
  const NodeBlock *block = node_block_ancestor (tip->validated, next + n - 1);

  for (guint i = n; i-- > 0; block = block->prev)
    blocks[i] = block;
  for (guint i = 0; i < n && !is_stopping (index); i++) {
    NodeIndexPlace place;

    node_index_get_place (index, blocks[i], &place);
    if (!append_block (index, &place, tip, error))
      return FALSE;
  }
  return TRUE;
}

static void
set_synced (NodeIndex *index)
{
  gboolean news;

  g_mutex_lock (&index->lock);
  news = !index->synced;
  index->synced = TRUE;
  g_cond_broadcast (&index->changed);
  g_mutex_unlock (&index->lock);
  if (!news)
    return;
  common_info ("%s is enabled at height %u", index->class->name, index->best->height);
  if (index->owner.changed != NULL)
    index->owner.changed (index->owner.data);
}

/* Continues until the index is at the tip. An index that is ahead on the same branch stays there: either these blocks
 * will be connected again, or others, and then it rewinds. */
static gboolean
index_catch_up (NodeIndex *index, GError **error)
{
  while (!is_stopping (index)) {
    g_autoptr (NodeTip) tip = node_chain_ref_tip (index->chain);
    const NodeBlock *fork;

    if (tip == NULL || tip->validated == NULL)
      return TRUE;
    fork = index->best != NULL ? node_block_fork (index->best, tip->validated) : NULL;
    if (fork != NULL && fork == tip->validated) {
      set_synced (index);
      return node_index_commit (index, error);
    }
    if (fork != index->best && !rewind_to (index, fork, error))
      return FALSE;
    if (!index_advance (index, tip, error))
      return FALSE;
  }
  return TRUE;
}

/* FALSE when the index must stop. */
static gboolean
wait_for_news (NodeIndex *index)
{
  gboolean go_on;

  g_mutex_lock (&index->lock);
  while (!index->stopping && !index->wake)
    g_cond_wait (&index->changed, &index->lock);
  index->wake = FALSE;
  go_on = !index->stopping;
  g_mutex_unlock (&index->lock);
  return go_on;
}

static void
index_fail (NodeIndex *index, GError *error)
{
  g_autofree char *text = NULL, *message = NULL;

  node_index_advise (index, &error);
  text = node_store_dup_message (error);
  message = g_strdup_printf ("%s The index %s cannot be kept up to date.", text, index->class->name);

  g_mutex_lock (&index->lock);
  index->failed = TRUE;
  g_cond_broadcast (&index->changed);
  g_mutex_unlock (&index->lock);
  index->owner.fatal (index->owner.data, message);
}

static gpointer
index_follow (gpointer data)
{
  NodeIndex *index = data;
  g_autoptr (GError) error = NULL;

  if (index->synced)
    common_info ("%s is enabled at height %u", index->class->name, index->best->height);
  while (wait_for_news (index)) {
    /* The chain rejects jobs: this index is about to be stopped. */
    if (index_catch_up (index, &error) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)) {
      g_clear_error (&error);
      continue;
    }
    index_fail (index, error);
    return NULL;
  }
  if (!node_index_commit (index, &error))
    common_error ("The position of %s could not be written: %s", index->class->name, error->message);
  return NULL;
}

void
node_index_start (NodeIndex *index)
{
  g_assert (index->thread == NULL && index->db != NULL);
  index->wake = TRUE;
  index->thread = g_thread_new (index->class->thread_name, index_follow, index);
}

void
node_index_stop (NodeIndex *index)
{
  g_mutex_lock (&index->lock);
  index->stopping = TRUE;
  g_cond_broadcast (&index->changed);
  g_mutex_unlock (&index->lock);
  g_clear_pointer (&index->thread, g_thread_join);
}

void
node_index_wake (NodeIndex *index, const NodeBlock *flushed)
{
  g_mutex_lock (&index->lock);
  if (flushed != NULL)
    index->flushed = flushed;
  index->wake = TRUE;
  g_cond_broadcast (&index->changed);
  g_mutex_unlock (&index->lock);
}
