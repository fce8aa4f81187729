#include "node/rpc/longpoll.h"

#include <string.h>

#include "node/tip_wait.h"

/* Long polling of getblocktemplate (BIP 22). */

/* Changes of the mempool end a long poll only after this time. */
#define FIRST_MEMPOOL_LOOK_US (60 * G_USEC_PER_SEC)
#define NEXT_MEMPOOL_LOOK_MS (10 * 1000)

/* The state that a template was built from. */
typedef struct {
  guint8 tip32[32];
  guint64 updates;     /* see node_mempool_updates() */
  gint64 mempool_from; /* the time from which on changes of the mempool count */
  GTask *task;
} Moment;

/* An ID is the hash of the tip and a count of updates. An ID of another JSON type stands for the current state. */
static gboolean
parse_longpoll_id (RpcCall *call, const RpcJson *id, Moment *moment, GError **error)
{
  const char *text = rpc_json_string (id);
  g_autoptr (RpcJson) hash = NULL;
  g_autofree char *first = NULL;

  if (text == NULL) {
    g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);

    if (tip == NULL)
      return FALSE;
    memcpy (moment->tip32, tip->block->hash32, 32);
    moment->updates = node_mempool_updates (node_rpc_context (call)->mempool);
    return TRUE;
  }
  first = g_strndup (text, 64);
  hash = rpc_json_new_string (first);
  moment->updates = strlen (text) > 64 ? g_ascii_strtoull (text + 64, NULL, 10) : 0;
  return rpc_hash_from_json (hash, "longpollid", moment->tip32, error);
}

static gboolean
is_better (const NodeContext *context, const NodeTip *tip, gpointer data)
{
  const Moment *then = data;

  if (memcmp (tip->block->hash32, then->tip32, 32) != 0)
    return TRUE;
  return g_get_monotonic_time () >= then->mempool_from && node_mempool_updates (context->mempool) != then->updates;
}

static void
end_longpoll (gpointer data, const NodeTip *tip, NodeTipWaitEnd how)
{
  g_autofree Moment *then = data;
  g_autoptr (GTask) task = then->task;

  if (how == NODE_TIP_WAIT_CANCELLED)
    g_task_return_new_error (task, RPC_ERROR, RPC_CLIENT_NOT_CONNECTED, "Shutting down");
  else
    g_task_return_pointer (task, NULL, NULL);
}

void
node_rpc_longpoll (RpcCall *call, const RpcJson *id, GTask *task)
{
  static const NodeTipWaitClass class = { is_better, end_longpoll, NEXT_MEMPOOL_LOOK_MS };
  g_autofree Moment *then = g_new0 (Moment, 1);
  GError *error = NULL;

  then->mempool_from = g_get_monotonic_time () + FIRST_MEMPOOL_LOOK_US;
  if (parse_longpoll_id (call, id, then, &error)) {
    then->task = task;
    node_tip_wait_new (node_rpc_context (call), call->cancellable, &class, g_steal_pointer (&then), 0);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}
