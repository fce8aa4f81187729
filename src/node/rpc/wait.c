#include <string.h>

#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* Methods that wait for the chain. They look at the tip a few times a second: the thread has nothing else to do. */

#define LOOK_EVERY_US (25 * 1000)

typedef gboolean (*DoneFunc) (const NodeTip *tip, gconstpointer data);

static RpcJson *
wait_until (RpcCall *call, guint timeout_arg, DoneFunc done, gconstpointer data, GError **error)
{
  const NodeContext *context = node_rpc_context (call);
  g_autoptr (NodeTip) tip = node_chain_ref_tip (context->chain);
  gint64 timeout_ms, until;
  RpcJson *json;

  if (!rpc_call_int (call, timeout_arg, 0, G_MININT64, G_MAXINT64, &timeout_ms, error))
    return NULL;
  if (timeout_ms < 0)
    return rpc_fail (error, RPC_MISC_ERROR, "Negative timeout");
  until = timeout_ms == 0 || timeout_ms > G_MAXINT32 ? G_MAXINT64 : g_get_monotonic_time () + timeout_ms * 1000;
  while (!done (tip, data) && g_get_monotonic_time () < until && !g_cancellable_is_cancelled (call->cancellable)) {
    g_usleep (LOOK_EVERY_US);
    node_tip_unref (g_steal_pointer (&tip));
    tip = node_chain_ref_tip (context->chain);
  }
  json = rpc_json_new_object ();
  rpc_json_set (json, "hash", rpc_json_new_hash (tip->block->hash32));
  rpc_json_set (json, "height", rpc_json_new_int (tip->block->height));
  return json;
}

static gboolean
is_other (const NodeTip *tip, gconstpointer hash32)
{
  return memcmp (tip->block->hash32, hash32, 32) != 0;
}

static gboolean
is_this (const NodeTip *tip, gconstpointer hash32)
{
  return memcmp (tip->block->hash32, hash32, 32) == 0;
}

static gboolean
is_high (const NodeTip *tip, gconstpointer height)
{
  return tip->block->height >= *(const gint64 *) height;
}

static RpcJson *
run_waitfornewblock (RpcCall *call, GError **error)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (node_rpc_context (call)->chain);
  guint8 hash32[32];

  if (call->args[1] == NULL)
    memcpy (hash32, tip->block->hash32, 32);
  else if (!rpc_call_hash (call, 1, hash32, error))
    return NULL;
  return wait_until (call, 0, is_other, hash32, error);
}

static RpcJson *
run_waitforblock (RpcCall *call, GError **error)
{
  guint8 hash32[32];
  return rpc_call_hash (call, 0, hash32, error) ? wait_until (call, 1, is_this, hash32, error) : NULL;
}

static RpcJson *
run_waitforblockheight (RpcCall *call, GError **error)
{
  gint64 height;
  return rpc_int_from_json (call->args[0], &height, error) ? wait_until (call, 1, is_high, &height, error) : NULL;
}

#define TIMEOUT                                                                                                        \
  {                                                                                                                    \
    "timeout", RPC_ARG_INT, FALSE, "Milliseconds after which it answers anyway (default: 0, never)"                    \
  }

static const RpcMethod methods[] = {
  { "Blockchain",
    "waitfornewblock",
    run_waitfornewblock,
    "Waits until the chain has another tip.\n\n{ \"hash\", \"height\" } of the tip",
    { TIMEOUT, { "current_tip", RPC_ARG_HEX, FALSE, "Wait until the tip is another than this" } } },
  { "Blockchain",
    "waitforblock",
    run_waitforblock,
    "Waits until a block is the tip of the chain.\n\n{ \"hash\", \"height\" } of the tip",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The block's hash" }, TIMEOUT } },
  { "Blockchain",
    "waitforblockheight",
    run_waitforblockheight,
    "Waits until the chain has a height.\n\n{ \"hash\", \"height\" } of the tip",
    { { "height", RPC_ARG_INT, TRUE, "The height" }, TIMEOUT } },
};

void
node_rpc_add_wait (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
