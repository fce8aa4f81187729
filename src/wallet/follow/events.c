/* Follows the mempool of the node: one full snapshot per connection, then events. Events that arrive while the snapshot
 * is being read are queued; after a gap in the events a new snapshot is read. */
#include "wallet/follow/follower_private.h"

/* The length of the queue, in batches. */
#define MAX_MISSED 200

static gboolean
is_relevant (WalletFollower *follower, const WalletChainEvent *event)
{
  return event->kind == WALLET_CHAIN_EVENT_ADDED || event->kind == WALLET_CHAIN_EVENT_REMOVED;
}

/* FALSE if events between the last one and this batch are missing. */
static gboolean
apply_batch (WalletFollower *follower, const WalletChainEvents *events)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  guint64 number = events->after.number;

  if (events->resync || events->last.log != follower->cursor.log || number > follower->cursor.number)
    return FALSE;
  for (guint i = 0; i < events->events->len; i++) {
    const WalletChainEvent *event = &g_array_index (events->events, WalletChainEvent, i);
    if (++number <= follower->cursor.number)
      continue;
    follower->cursor.number = number;
    if (!is_relevant (follower, event))
      continue;
    if (event->kind == WALLET_CHAIN_EVENT_ADDED)
      wallet_tracker_mempool_add (follower->tracker, event->tx, batch);
    else
      wallet_tracker_mempool_remove (follower->tracker, event->hash32, event->confirmed);
    follower->mempool_sequence = event->mempool_sequence;
  }
  wallet_tracker_commit_later (follower->tracker, batch, NULL);
  return TRUE;
}

void
wallet_follow_apply_events (WalletFollower *follower, WalletChainEvents *events)
{
  if (follower->missed != NULL) {
    if (follower->missed->len < MAX_MISSED)
      g_ptr_array_add (follower->missed, wallet_chain_events_ref (events));
  } else if (follower->mempool_seen && !apply_batch (follower, events)) {
    follower->mempool_seen = FALSE;
  }
}

void
wallet_follow_begin_mempool (WalletFollower *follower)
{
  g_clear_pointer (&follower->missed, g_ptr_array_unref);
  follower->missed = g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_chain_events_unref);
}

void
wallet_follow_end_mempool (WalletFollower *follower, const WalletChainCursor *cursor)
{
  g_autoptr (GPtrArray) missed = g_steal_pointer (&follower->missed);

  follower->mempool_seen = cursor != NULL;
  if (cursor == NULL || missed == NULL)
    return;
  follower->cursor = *cursor;
  /* Batches of another log, or without a cursor, are ignored. */
  for (guint i = 0; i < missed->len && follower->mempool_seen; i++) {
    const WalletChainEvents *events = g_ptr_array_index (missed, i);
    if (!events->resync)
      follower->mempool_seen = apply_batch (follower, events);
  }
}
