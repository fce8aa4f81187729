#include <string.h>

#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/tip_wait.h"

/* Methods that wait for the chain. */

typedef struct {
  guint8 hash32[32];
  gint64 height;
  GTask *task;
} Wanted;

static void
answer_tip (gpointer data, const NodeTip *tip, NodeTipWaitEnd how)
{
  g_autofree Wanted *wanted = data;
  g_autoptr (GTask) task = wanted->task;
  RpcJson *json;

  if (tip == NULL) {
    g_task_return_new_error (task, RPC_ERROR, RPC_IN_WARMUP, "Loading block index…");
    return;
  }
  json = rpc_json_new_object ();
  rpc_json_set (json, "hash", rpc_json_new_hash (tip->block->hash32));
  rpc_json_set (json, "height", rpc_json_new_int (tip->block->height));
  g_task_return_pointer (task, json, (GDestroyNotify) rpc_json_unref);
}

static gboolean
is_other (const NodeContext *context, const NodeTip *tip, gpointer data)
{
  return memcmp (tip->block->hash32, ((Wanted *) data)->hash32, 32) != 0;
}

static gboolean
is_this (const NodeContext *context, const NodeTip *tip, gpointer data)
{
  return memcmp (tip->block->hash32, ((Wanted *) data)->hash32, 32) == 0;
}

static gboolean
is_high (const NodeContext *context, const NodeTip *tip, gpointer data)
{
  return tip->block->height >= ((Wanted *) data)->height;
}

/* 0 milliseconds: no time-out. */
static gboolean
read_timeout (RpcCall *call, guint arg, guint *timeout_ms, GError **error)
{
  gint64 ms;

  if (!rpc_call_int (call, arg, 0, G_MININT32, G_MAXINT32, &ms, error))
    return FALSE;
  if (ms < 0)
    return rpc_refuse (error, RPC_MISC_ERROR, "Negative timeout");
  *timeout_ms = (guint) ms;
  return TRUE;
}

/* Takes over TASK, WANTED and ERROR; unless ERROR is NULL, TASK ends with it at once. */
static void
start_waiting (RpcCall *call,
               GTask *task,
               const NodeTipWaitClass *class,
               Wanted *wanted,
               guint timeout_ms,
               GError *error)
{
  if (error == NULL) {
    wanted->task = task;
    node_tip_wait_new (node_rpc_context (call), call->cancellable, class, wanted, timeout_ms);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
  g_free (wanted);
}

/* The block from which the tip must differ. */
static gboolean
read_current_tip (RpcCall *call, Wanted *wanted, GError **error)
{
  g_autoptr (NodeTip) tip = NULL;

  if (call->args[1] != NULL)
    return rpc_call_hash (call, 1, wanted->hash32, error);
  tip = node_rpc_ref_tip (call, error);
  if (tip == NULL)
    return FALSE;
  memcpy (wanted->hash32, tip->block->hash32, 32);
  return TRUE;
}

static void
wait_for_new_block (RpcCall *call, GTask *task)
{
  static const NodeTipWaitClass class = { is_other, answer_tip, 0 };
  Wanted *wanted = g_new0 (Wanted, 1);
  GError *error = NULL;
  guint timeout_ms = 0;

  if (read_timeout (call, 0, &timeout_ms, &error))
    read_current_tip (call, wanted, &error);
  start_waiting (call, task, &class, wanted, timeout_ms, error);
}

static void
wait_for_block (RpcCall *call, GTask *task)
{
  static const NodeTipWaitClass class = { is_this, answer_tip, 0 };
  Wanted *wanted = g_new0 (Wanted, 1);
  GError *error = NULL;
  guint timeout_ms = 0;

  if (rpc_call_hash (call, 0, wanted->hash32, &error))
    read_timeout (call, 1, &timeout_ms, &error);
  start_waiting (call, task, &class, wanted, timeout_ms, error);
}

static void
wait_for_height (RpcCall *call, GTask *task)
{
  static const NodeTipWaitClass class = { is_high, answer_tip, 0 };
  Wanted *wanted = g_new0 (Wanted, 1);
  GError *error = NULL;
  guint timeout_ms = 0;

  if (rpc_int32_from_json (call->args[0], &wanted->height, &error))
    read_timeout (call, 1, &timeout_ms, &error);
  start_waiting (call, task, &class, wanted, timeout_ms, error);
}

#define TIMEOUT                                                                                                        \
  {                                                                                                                    \
    "timeout", RPC_ARG_INT, FALSE, "The time-out in milliseconds; 0 for none", .fallback = "0"                         \
  }

static const RpcMethod methods[] = {
  { "Blockchain",
    "waitfornewblock",
    NULL,
    "Waits for a new tip.\n\n{ \"hash\", \"height\" } of the tip",
    { TIMEOUT, { "current_tip", RPC_ARG_HEX, FALSE, "Wait until the tip differs from this hash" } },
    RPC_RUN_DEFERRED,
    wait_for_new_block,
    .result = "{hash: hex, height: num}" },
  { "Blockchain",
    "waitforblock",
    NULL,
    "Waits until a given block is the tip.\n\n{ \"hash\", \"height\" } of the tip",
    { { "blockhash", RPC_ARG_HEX, TRUE, "The hash of the block" }, TIMEOUT },
    RPC_RUN_DEFERRED,
    wait_for_block,
    .result = "{hash: hex, height: num}" },
  { "Blockchain",
    "waitforblockheight",
    NULL,
    "Waits until the chain has reached a height.\n\n{ \"hash\", \"height\" } of the tip",
    { { "height", RPC_ARG_INT, TRUE, "The height" }, TIMEOUT },
    RPC_RUN_DEFERRED,
    wait_for_height,
    .result = "{hash: hex, height: num}" },
};

void
node_rpc_add_wait (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
