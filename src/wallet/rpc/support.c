/* Shared by the RPC methods: finding the wallet, errors, common fields. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "dbus/errors.h"
#include "wallet/wallets/catch_up.h"
#include "wallet/rpc/methods.h"
#include "wallet/store/record.h"

WalletManager *
wallet_rpc_manager (RpcCall *call)
{
  return call->user_data;
}

/* The reference's codes for our errors. */
static int
rpc_code (BusError code)
{
  switch (code) {
  case BUS_ERROR_WALLET_NOT_FOUND:
  case BUS_ERROR_WALLET_LEGACY:
  case BUS_ERROR_WALLET_OTHER_NETWORK:
  case BUS_ERROR_WALLET_UNKNOWN:
    return RPC_WALLET_NOT_FOUND;
  case BUS_ERROR_WALLET_EXISTS:
    return RPC_WALLET_ALREADY_EXISTS;
  case BUS_ERROR_WALLET_LOADED:
    return RPC_WALLET_ALREADY_LOADED;
  case BUS_ERROR_INVALID_ADDRESS:
  case BUS_ERROR_NOT_FOUND:
    return RPC_INVALID_ADDRESS_OR_KEY;
  case BUS_ERROR_INSUFFICIENT_FUNDS:
  case BUS_ERROR_TOO_MANY_COINS:
    return RPC_WALLET_INSUFFICIENT_FUNDS;
  case BUS_ERROR_INVALID_AMOUNT:
  case BUS_ERROR_INVALID_ARGUMENT:
    return RPC_INVALID_PARAMETER;
  case BUS_ERROR_FAILED:
  case BUS_ERROR_NOT_READY:
  case BUS_ERROR_VERSION_MISMATCH:
  case BUS_ERROR_NETWORK_MISMATCH:
  case BUS_ERROR_NOT_SUPPORTED:
  case BUS_ERROR_INVALID_NAME:
  case BUS_ERROR_NOT_IN_CHAIN:
  case BUS_ERROR_BUSY:
  case BUS_ERROR_LIMIT_EXCEEDED:
  case BUS_ERROR_CANCELLED:
  case BUS_ERROR_DISCONNECTED:
  case BUS_ERROR_STORAGE:
  case BUS_ERROR_REJECTED:
  case BUS_ERROR_NODE_UNAVAILABLE:
  case BUS_ERROR_INVALID_ANSWER:
  case BUS_ERROR_PRUNED:
  case BUS_ERROR_FEE_TOO_HIGH:
  case BUS_ERROR_WALLET_DAMAGED:
  case BUS_ERROR_WALLET_NEWER:
  case BUS_N_ERRORS:
    break;
  }
  return RPC_WALLET_ERROR;
}

/* A call that runs on the wallet thread. */
typedef struct {
  RpcCall *call;
  GTask *task;
  WalletRpcBody body;
  WalletRpcDataBody data_body; /* instead, with DATA */
  WalletRpcThen then;          /* NULL: the result of the body is the result of the call */
  gpointer data;
  gboolean needs_wallet;
} Running;

static Wallet *
choose_wallet (WalletManager *manager, const char *name, GError **error)
{
  Wallet *wallet = name != NULL ? wallet_manager_find (manager, name) : NULL;

  /* If no wallet was named, it could be one that is still to be loaded. */
  if (wallet == NULL && wallet_manager_is_waiting_for (manager, name))
    return rpc_fail (error, RPC_IN_WARMUP, "Loading wallet…");
  if (name != NULL && wallet == NULL)
    return rpc_fail (error, RPC_WALLET_NOT_FOUND, "Requested wallet does not exist or is not loaded");
  if (name != NULL)
    return wallet;
  if (wallet_manager_get_wallets (manager)->len == 0)
    return rpc_fail (error, RPC_WALLET_NOT_FOUND,
                     "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. "
                     "(Note: A default wallet is no longer automatically created)");
  if (wallet_manager_get_wallets (manager)->len > 1)
    return rpc_fail (error, RPC_WALLET_NOT_SPECIFIED,
                     "Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through "
                     "the /wallet/<walletname> URI path.");
  return g_ptr_array_index (wallet_manager_get_wallets (manager), 0);
}

static gpointer
running_job (WalletManager *manager, Wallet *none, gpointer data, GError **error)
{
  Running *running = data;
  Wallet *wallet = NULL;

  if (running->needs_wallet) {
    wallet = choose_wallet (manager, running->call->wallet, error);
    if (wallet == NULL)
      return NULL;
  }
  if (running->data_body != NULL)
    return running->data_body (running->call, wallet, running->data, error);
  return running->body (running->call, wallet, error);
}

/* Converts ERROR to the reference's codes. Takes ownership of ERROR. */
static GError *
running_error (GError *error)
{
  GError *translated;

  if (error->domain == RPC_ERROR)
    return error;
  translated = g_error_new_literal (
      RPC_ERROR, error->domain == BUS_ERROR ? rpc_code ((BusError) error->code) : RPC_MISC_ERROR, error->message);
  g_error_free (error);
  return translated;
}

void
wallet_rpc_end (GTask *task, RpcJson *result, GError *error)
{
  if (result != NULL)
    g_task_return_pointer (task, result, (GDestroyNotify) rpc_json_unref);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static void
running_end (const Running *running, RpcJson *result, GError *error)
{
  if (running->then != NULL)
    running->then (running->call, running->task, result, error, running->data);
  else
    wallet_rpc_end (running->task, result, error);
}

static void
on_running_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Running *running = data;
  GError *error = NULL;
  RpcJson *json = wallet_manager_run_finish (WALLET_MANAGER (source), result, &error);

  running_end (running, json, error != NULL ? running_error (error) : NULL);
}

/* A body that has started is not cancelled: its result is returned. */
static void
running_start (const Running *running)
{
  Running *copy = g_memdup2 (running, sizeof *running);

  wallet_manager_run_async (wallet_rpc_manager (running->call), NULL, running_job, copy, NULL,
                            (GDestroyNotify) rpc_json_unref, NULL, on_running_done, copy);
}

static void
on_running_caught_up (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Running *running = data;

  if (g_cancellable_is_cancelled (running->call->cancellable))
    running_end (running, NULL, g_error_new_literal (RPC_ERROR, RPC_MISC_ERROR, "The call was cancelled."));
  else
    running_start (running);
}

static void
running_start_synced (const Running *running)
{
  RpcCall *call = running->call;

  wallet_catch_up_async (wallet_rpc_manager (call), call->wallet, call->cancellable, on_running_caught_up,
                         g_memdup2 (running, sizeof *running));
}

void
wallet_rpc_run (RpcCall *call, GTask *task, WalletRpcBody body)
{
  running_start (&(Running){ .call = call, .task = task, .body = body, .needs_wallet = TRUE });
}

void
wallet_rpc_run_synced (RpcCall *call, GTask *task, WalletRpcBody body)
{
  running_start_synced (&(Running){ .call = call, .task = task, .body = body, .needs_wallet = TRUE });
}

void
wallet_rpc_run_synced_with (RpcCall *call, GTask *task, WalletRpcDataBody body, WalletRpcThen then, gpointer data)
{
  running_start_synced (
      &(Running){ .call = call, .task = task, .data_body = body, .then = then, .data = data, .needs_wallet = TRUE });
}

void
wallet_rpc_run_with (RpcCall *call, GTask *task, WalletRpcDataBody body, WalletRpcThen then, gpointer data)
{
  running_start (
      &(Running){ .call = call, .task = task, .data_body = body, .then = then, .data = data, .needs_wallet = TRUE });
}

void
wallet_rpc_run_manager (RpcCall *call, GTask *task, WalletRpcBody body)
{
  running_start (&(Running){ .call = call, .task = task, .body = body });
}

void
wallet_rpc_run_manager_at_tip (RpcCall *call, GTask *task, WalletRpcBody body)
{
  const Running running = { .call = call, .task = task, .body = body };

  wallet_catch_up_tip_async (wallet_rpc_manager (call), call->cancellable, on_running_caught_up,
                             g_memdup2 (&running, sizeof running));
}

void
wallet_rpc_set_place (RpcJson *object, Wallet *wallet)
{
  RpcJson *place = rpc_json_new_object ();
  guint8 hash32[32];
  gint32 height = wallet_tracker_get_place (wallet->tracker, hash32);

  rpc_json_set (place, "hash", rpc_json_new_hash (hash32));
  rpc_json_set (place, "height", rpc_json_new_int (height));
  rpc_json_set (object, "lastprocessedblock", place);
}

/* Takes ownership of IDS. */
static RpcJson *
ids_to_json (GByteArray *ids)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < ids->len; i += 32)
    rpc_json_append (list, rpc_json_new_hash (ids->data + i));
  g_byte_array_unref (ids);
  return list;
}

/* The same transaction with different witnesses, by wtxid. */
static RpcJson *
alternates_of (Wallet *wallet, const WalletTx *tx)
{
  const GByteArray *wtxids = wallet_tracker_get_wtxids (wallet->tracker, tx);
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; wtxids != NULL && i < wtxids->len; i += 32)
    if (memcmp (wtxids->data + i, tx->tx->wtxid32, 32) != 0)
      rpc_json_append (list, rpc_json_new_hash (wtxids->data + i));
  return list;
}

static void
set_text (RpcJson *object, const char *key, const char *text)
{
  if (text != NULL)
    rpc_json_set (object, key, rpc_json_new_string (text));
}

void
wallet_rpc_set_tx (RpcJson *object, Wallet *wallet, const WalletTx *tx)
{
  gint32 confirmations = wallet_tracker_confirmations (wallet->tracker, tx);

  rpc_json_set (object, "confirmations", rpc_json_new_int (confirmations));
  if (btc_tx_is_coinbase (tx->tx))
    rpc_json_set (object, "generated", rpc_json_new_bool (TRUE));
  if (tx->state == WALLET_TX_CONFIRMED) {
    rpc_json_set (object, "blockhash", rpc_json_new_hash (tx->record->block32));
    rpc_json_set (object, "blockheight", rpc_json_new_int (tx->height));
    rpc_json_set (object, "blockindex", rpc_json_new_int (tx->record->index));
    rpc_json_set (object, "blocktime", rpc_json_new_int (tx->block_time));
  } else {
    rpc_json_set (object, "trusted", rpc_json_new_bool (wallet_tracker_is_trusted (wallet->tracker, tx)));
  }
  rpc_json_set (object, "txid", rpc_json_new_hash (tx->tx->txid32));
  rpc_json_set (object, "wtxid", rpc_json_new_hash (tx->tx->wtxid32));
  rpc_json_set (object, "alternate_wtxids", alternates_of (wallet, tx));
  rpc_json_set (object, "walletconflicts", ids_to_json (wallet_tracker_list_conflicts (wallet->tracker, tx)));
  rpc_json_set (object, "mempoolconflicts", ids_to_json (wallet_tracker_list_rivals (wallet->tracker, tx)));
  rpc_json_set (object, "time", rpc_json_new_int (wallet_tx_get_time (tx)));
  rpc_json_set (object, "timereceived", rpc_json_new_int (tx->record->time_received));
  set_text (object, "comment", tx->record->comment);
  set_text (object, "to", tx->record->comment_to);
  set_text (object, "replaces_txid", tx->record->replaces_txid);
  set_text (object, "replaced_by_txid", tx->record->replaced_by_txid);
}

RpcJson *
wallet_rpc_parents (Wallet *wallet, BtcSpan script)
{
  g_autoptr (GPtrArray) chains = wallet_keyring_list_chains (wallet_tracker_get_keyring (wallet->tracker), script);
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < chains->len; i++) {
    g_autofree char *text = wallet_key_chain_dup_text (g_ptr_array_index (chains, i));
    rpc_json_append (list, rpc_json_new_string (text));
  }
  return list;
}

gboolean
wallet_rpc_int (RpcCall *call, guint i, gint64 fallback, gint64 *value, GError **error)
{
  *value = fallback;
  return call->args[i] == NULL || rpc_int32_from_json (call->args[i], value, error);
}

gboolean
wallet_rpc_avoid_reuse (RpcCall *call, Wallet *wallet, guint i, gboolean *avoid, GError **error)
{
  gboolean able = (wallet_tracker_get_flags (wallet->tracker) & WALLET_FLAG_AVOID_REUSE) != 0;

  *avoid = rpc_call_bool (call, i, able);
  return able || !*avoid
         || rpc_refuse (error, RPC_WALLET_ERROR, "wallet does not have the \"avoid reuse\" feature enabled");
}

GBytes *
wallet_rpc_script (Wallet *wallet, const char *address, GError **error)
{
  GBytes *script = btc_address_decode (address, wallet_tracker_get_network (wallet->tracker), NULL);

  if (script == NULL)
    rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Invalid Bitcoin address: %s", address);
  return script;
}

GBytes *
wallet_rpc_address_script (Wallet *wallet, const char *address, GError **error)
{
  GBytes *script = btc_address_decode (address, wallet_tracker_get_network (wallet->tracker), NULL);

  if (script == NULL)
    rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Invalid Bitcoin address");
  return script;
}
