#include "node/chain/submitter.h"

#include "common/loop.h"
#include "node/chain/parts.h"

struct _NodeSubmitter {
  GMainContext *context; /* NULL: notified at once, on the chain thread */
  NodeIntakeFunc func;
  gpointer data;
  GDestroyNotify free_data;
};

typedef struct {
  NodeSubmitter *submitter;
  NodeIntakeEvent event;
  const NodeBlock *index;
  BtcVerdict verdict;
} Notification;

NodeSubmitter *
node_submitter_new (NodeIntakeFunc func, gpointer data, GDestroyNotify free_data)
{
  NodeSubmitter *submitter = g_new (NodeSubmitter, 1);

  *submitter = (NodeSubmitter){ g_main_context_ref_thread_default (), func, data, free_data };
  return submitter;
}

NodeSubmitter *
node_submitter_new_direct (NodeIntakeFunc func, gpointer data)
{
  NodeSubmitter *submitter = g_new (NodeSubmitter, 1);

  *submitter = (NodeSubmitter){ NULL, func, data, NULL };
  return submitter;
}

void
node_submitter_discard (NodeSubmitter *submitter)
{
  g_clear_pointer (&submitter->context, g_main_context_unref);
  g_free (submitter);
}

static gboolean
notification_dispatch (gpointer data)
{
  const Notification *notification = data;
  const NodeSubmitter *submitter = notification->submitter;

  submitter->func (submitter->data, notification->event, notification->index,
                   notification->event == NODE_INTAKE_REFUSED ? &notification->verdict : NULL);
  return G_SOURCE_REMOVE;
}

static void
notification_free (gpointer data)
{
  Notification *notification = data;
  NodeSubmitter *submitter = notification->submitter;

  if (notification->event != NODE_INTAKE_STORED) {
    if (submitter->free_data != NULL)
      submitter->free_data (submitter->data);
    node_submitter_discard (submitter);
  }
  g_free (notification);
}

void
node_submitter_notify (NodeSubmitter *submitter,
                       NodeIntakeEvent event,
                       const NodeBlock *index,
                       const BtcVerdict *verdict)
{
  Notification *notification = g_new0 (Notification, 1);

  *notification = (Notification){ .submitter = submitter, .event = event, .index = index };
  if (verdict != NULL)
    notification->verdict = *verdict;
  if (submitter->context != NULL) {
    common_loop_invoke (submitter->context, notification_dispatch, notification, notification_free);
    return;
  }
  notification_dispatch (notification);
  notification_free (notification);
}

/* ---- submitters that wait for a verdict ---- */

struct _NodeSubmitters {
  GHashTable *waiting; /* NodeBlock → GSList of NodeSubmitter */
};

NodeSubmitters *
node_submitters_new (void)
{
  NodeSubmitters *submitters = g_new (NodeSubmitters, 1);

  submitters->waiting = g_hash_table_new (NULL, NULL);
  return submitters;
}

void
node_submitters_free (NodeSubmitters *submitters)
{
  g_hash_table_unref (submitters->waiting);
  g_free (submitters);
}

static void
submitters_notify_all (GSList *submitters, NodeIntakeEvent event, const NodeBlock *index, const BtcVerdict *verdict)
{
  for (GSList *l = submitters; l != NULL; l = l->next)
    node_submitter_notify (l->data, event, index, verdict);
  g_slist_free (submitters);
}

void
node_submitters_end (NodeChain *chain)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, chain->submitters->waiting);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    g_hash_table_iter_remove (&iter);
    submitters_notify_all (value, NODE_INTAKE_ENDED, key, NULL);
  }
}

void
node_submitters_add (NodeChain *chain, const NodeBlock *index, NodeSubmitter *submitter)
{
  GSList *submitters = g_hash_table_lookup (chain->submitters->waiting, index);

  g_hash_table_insert (chain->submitters->waiting, (gpointer) index, g_slist_append (submitters, submitter));
}

void
node_submitters_remove (NodeChain *chain, const NodeBlock *index, NodeSubmitter *submitter)
{
  GHashTable *waiting = chain->submitters->waiting;
  GSList *submitters = g_hash_table_lookup (waiting, index);

  if (g_slist_find (submitters, submitter) == NULL)
    return;
  submitters = g_slist_remove (submitters, submitter);
  if (submitters != NULL)
    g_hash_table_insert (waiting, (gpointer) index, submitters);
  else
    g_hash_table_remove (waiting, index);
  node_submitter_discard (submitter);
}

void
node_submitters_connected (NodeChain *chain, const NodeBlock *index)
{
  gpointer submitters;

  if (g_hash_table_steal_extended (chain->submitters->waiting, index, NULL, &submitters))
    submitters_notify_all (submitters, NODE_INTAKE_CONNECTED, index, NULL);
}

void
node_submitters_refused (NodeChain *chain, const NodeBlock *index, const BtcVerdict *verdict)
{
  g_autofree char *hash = NULL, *text = NULL;
  BtcVerdict of_parent;
  GHashTableIter iter;
  gpointer key, value;

  if (g_hash_table_size (chain->submitters->waiting) == 0)
    return;
  hash = node_block_dup_hash (index->hash32);
  text = btc_verdict_dup_text (verdict);
  btc_verdict_clear (&of_parent);
  btc_verdict_fail (&of_parent, BTC_VERDICT_INVALID_PREV, "bad-prevblk", "block %s: %s", hash, text);
  g_hash_table_iter_init (&iter, chain->submitters->waiting);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    if (!node_block_descends (key, index))
      continue;
    g_hash_table_iter_remove (&iter);
    submitters_notify_all (value, NODE_INTAKE_REFUSED, key, key == index ? verdict : &of_parent);
  }
}
