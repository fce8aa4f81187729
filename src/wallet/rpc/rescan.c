/* rescanblockchain, abortrescan. */
#include "wallet/rpc/methods.h"

/* A call that waits for a rescan. */
typedef struct {
  GTask *task;
  char *wallet;
  gint64 begun_us; /* identifies it */
  gint32 start;
  /* The result. */
  gint32 next; /* the block after the last one that was read */
  gboolean aborted;
} Rescan;

static void
rescan_end (Rescan *rescan, RpcJson *result, GError *error)
{
  wallet_rpc_end (rescan->task, result, error);
  g_free (rescan->wallet);
  g_free (rescan);
}

static void
rescan_end_aborted (Rescan *rescan)
{
  rescan_end (rescan, NULL, g_error_new_literal (RPC_ERROR, RPC_MISC_ERROR, "Rescan aborted."));
}

static RpcJson *
rescan_begin_body (RpcCall *call, Wallet *wallet, gpointer data, GError **error)
{
  Rescan *rescan = data;
  guint8 hash32[32];
  gint32 tip = wallet_tracker_get_place (wallet->tracker, hash32);
  gint64 start, stop;

  if (wallet_follower_get_scan (wallet->follower)->active)
    return rpc_fail (error, RPC_WALLET_ERROR, "Wallet is currently rescanning. Abort existing rescan or wait.");
  if (!wallet_rpc_int (call, 0, 0, &start, error) || !wallet_rpc_int (call, 1, tip, &stop, error))
    return NULL;
  if (start < 0 || start > tip)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid start_height");
  if (stop < 0 || stop > tip)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid stop_height");
  if (stop < start)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "stop_height must be greater than start_height");
  wallet_follower_scan (wallet->follower, (gint32) start, (gint32) stop);
  rescan->wallet = g_strdup (wallet_get_name (wallet));
  rescan->begun_us = wallet_follower_get_scan (wallet->follower)->begun_us;
  rescan->start = (gint32) start;
  return rpc_json_new_null ();
}

/* Wallet thread. */
static gboolean
rescan_is_over (WalletManager *manager, gpointer data)
{
  Rescan *rescan = data;
  Wallet *wallet = wallet_manager_find (manager, rescan->wallet);
  const WalletScan *scan = wallet != NULL ? wallet_follower_get_scan (wallet->follower) : NULL;

  /* It was unloaded in the meantime, and possibly loaded again. */
  if (scan == NULL || scan->begun_us != rescan->begun_us) {
    rescan->aborted = TRUE;
    return TRUE;
  }
  rescan->next = scan->next;
  rescan->aborted = scan->aborted;
  return !scan->active;
}

static gpointer
rescan_abort_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  const Rescan *rescan = data;

  if (wallet_follower_get_scan (wallet->follower)->begun_us == rescan->begun_us)
    wallet_follower_abort_scan (wallet->follower);
  return NULL;
}

static void
on_rescan_cancelled (GObject *source, GAsyncResult *result, gpointer data)
{
  rescan_end_aborted (data);
}

static void
on_rescan_over (GObject *source, GAsyncResult *result, gpointer data)
{
  WalletManager *manager = WALLET_MANAGER (source);
  Rescan *rescan = data;
  RpcJson *answer;

  if (!wallet_manager_wait_finish (manager, result, NULL)) {
    /* The caller has cancelled. */
    wallet_manager_run_async (manager, rescan->wallet, rescan_abort_job, rescan, NULL, NULL, NULL, on_rescan_cancelled,
                              rescan);
    return;
  }
  if (rescan->aborted) {
    rescan_end_aborted (rescan);
    return;
  }
  answer = rpc_json_new_object ();
  rpc_json_set (answer, "start_height", rpc_json_new_int (rescan->start));
  rpc_json_set (answer, "stop_height",
                rescan->next > rescan->start ? rpc_json_new_int (rescan->next - 1) : rpc_json_new_null ());
  rescan_end (rescan, answer, NULL);
}

static void
rescan_begun (RpcCall *call, GTask *task, RpcJson *result, GError *error, gpointer data)
{
  if (result == NULL) {
    rescan_end (data, NULL, error);
    return;
  }
  rpc_json_unref (result);
  wallet_manager_wait_async (wallet_rpc_manager (call), rescan_is_over, data, 0, call->cancellable, on_rescan_over,
                             data);
}

static void
rescan_blockchain (RpcCall *call, GTask *task)
{
  Rescan *waiting = g_new0 (Rescan, 1);

  waiting->task = task;
  wallet_rpc_run_synced_with (call, task, rescan_begin_body, rescan_begun, waiting);
}

static RpcJson *
rescan_abort_body (RpcCall *call, Wallet *wallet, GError **error)
{
  const WalletScan *scan = wallet_follower_get_scan (wallet->follower);

  if (!scan->active || scan->aborted)
    return rpc_json_new_bool (FALSE);
  wallet_follower_abort_scan (wallet->follower);
  return rpc_json_new_bool (TRUE);
}

static void
rescan_abort (RpcCall *call, GTask *task)
{
  wallet_rpc_run (call, task, rescan_abort_body);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "rescanblockchain",
    NULL,
    "Rescans the chain for transactions of this wallet, and returns when that is done.",
    { { "start_height", RPC_ARG_INT, FALSE, "The height to start at.", .fallback = "0" },
      { "stop_height", RPC_ARG_INT, FALSE, "The height of the last block." } },
    RPC_RUN_DEFERRED,
    rescan_blockchain,
    .result = "{start_height: num, stop_height: num}" },
  { "Wallet",
    "abortrescan",
    NULL,
    "Aborts rescanblockchain; false when none is running.",
    { { NULL } },
    RPC_RUN_DEFERRED,
    rescan_abort,
    .result = "bool" },
};

WalletRpcGroup
wallet_rpc_rescan (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}
