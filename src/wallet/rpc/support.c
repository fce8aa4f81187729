/* What the RPC methods have in common: finding the wallet, errors, shared fields. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "dbus/errors.h"
#include "wallet/wallets/manager_private.h"
#include "wallet/link/chain_wait.h"
#include "wallet/rpc/methods.h"

/* How long a method waits for the wallet to see what the node has. */
#define BLOCKS_PATIENCE_US (10 * G_USEC_PER_SEC)
#define ASK_AGAIN_US (G_USEC_PER_SEC / 10)
#define MEMPOOL_PATIENCE_US (G_USEC_PER_SEC / 2)

WalletManager *
wallet_rpc_manager (RpcCall *call)
{
  return call->user_data;
}

/* Our errors under the reference's codes. */
static int
rpc_code (BusError code)
{
  switch (code) {
  case BUS_ERROR_WALLET_NOT_FOUND:
    return RPC_WALLET_NOT_FOUND;
  case BUS_ERROR_WALLET_EXISTS:
    return RPC_WALLET_ALREADY_EXISTS;
  case BUS_ERROR_WALLET_LOADED:
    return RPC_WALLET_ALREADY_LOADED;
  case BUS_ERROR_INVALID_ADDRESS:
  case BUS_ERROR_NOT_FOUND:
    return RPC_INVALID_ADDRESS_OR_KEY;
  case BUS_ERROR_INSUFFICIENT_FUNDS:
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
  case BUS_ERROR_STORAGE:
  case BUS_ERROR_REJECTED:
  case BUS_ERROR_NODE_UNAVAILABLE:
  case BUS_ERROR_INVALID_ANSWER:
  case BUS_ERROR_PRUNED:
  case BUS_ERROR_FEE_TOO_HIGH:
  case BUS_ERROR_WALLET_DAMAGED:
  case BUS_N_ERRORS:
    break;
  }
  return RPC_WALLET_ERROR;
}

typedef struct {
  RpcCall *call;
  WalletRpcBody body;
  WalletRpcDataBody data_body; /* instead, with DATA */
  gpointer data;
  gboolean needs_wallet;
} Running;

static Wallet *
choose_wallet (WalletManager *manager, const char *name, GError **error)
{
  Wallet *wallet = name != NULL ? wallet_manager_find (manager, name) : NULL;

  /* Without a name that could be the one that is meant. */
  if (wallet == NULL && wallet_startup_is_waiting_for (manager, name))
    return rpc_fail (error, RPC_IN_WARMUP, "Loading wallet…");
  if (name != NULL && wallet == NULL)
    return rpc_fail (error, RPC_WALLET_NOT_FOUND, "Requested wallet does not exist or is not loaded");
  if (name != NULL)
    return wallet;
  if (manager->wallets->len == 0)
    return rpc_fail (error, RPC_WALLET_NOT_FOUND,
                     "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. "
                     "(Note: A default wallet is no longer automatically created)");
  if (manager->wallets->len > 1)
    return rpc_fail (error, RPC_WALLET_NOT_SPECIFIED,
                     "Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through "
                     "the /wallet/<walletname> URI path.");
  return g_ptr_array_index (manager->wallets, 0);
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

static RpcJson *
run (Running *running, GError **error)
{
  g_autoptr (GError) local = NULL;
  RpcJson *result = wallet_manager_run_wait (running->call->user_data, NULL, running_job, running, &local);

  if (local == NULL)
    return result;
  if (local->domain == RPC_ERROR)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    rpc_fail (error, local->domain == BUS_ERROR ? rpc_code ((BusError) local->code) : RPC_MISC_ERROR, "%s",
              local->message);
  return NULL;
}

RpcJson *
wallet_rpc_run (RpcCall *call, WalletRpcBody body, GError **error)
{
  return run (&(Running){ .call = call, .body = body, .needs_wallet = TRUE }, error);
}

/* What a wallet has to have seen. */
typedef struct {
  const char *wallet;
  WalletManager *manager;
  WalletChainTip *tip; /* of the node */
  gboolean told;       /* the manager knows this tip */
  gboolean blocks_seen;
  gboolean mempool_seen;
  gboolean mempool_loading; /* the node does not have all of it yet */
} Waiting;

static void
look (gpointer data)
{
  Waiting *waiting = data;
  WalletManager *manager = waiting->manager;
  WalletSeen seen;
  waiting->blocks_seen = waiting->mempool_seen = TRUE;
  waiting->mempool_loading = FALSE;
  for (guint i = 0; i < manager->wallets->len; i++) {
    const Wallet *wallet = g_ptr_array_index (manager->wallets, i);
    if (waiting->wallet != NULL && !g_str_equal (waiting->wallet, wallet->name))
      continue;
    wallet_follower_get_seen (wallet->follower, waiting->tip, &seen);
    waiting->blocks_seen &= seen.blocks;
    waiting->mempool_seen &= seen.mempool;
    waiting->mempool_loading |= seen.loading;
  }
  if (!waiting->told && !(waiting->blocks_seen && waiting->mempool_seen)) {
    wallet_source_set_tip (manager->source, waiting->tip);
    for (guint i = 0; i < manager->wallets->len; i++)
      wallet_follower_wake (((Wallet *) g_ptr_array_index (manager->wallets, i))->follower);
    waiting->told = TRUE;
  }
}

static gboolean
is_caught_up (const Waiting *waiting, gint64 waited_us)
{
  gboolean mempool = waiting->mempool_seen || waited_us > MEMPOOL_PATIENCE_US;

  return waiting->tip != NULL && waiting->blocks_seen && mempool && !waiting->mempool_loading;
}

/* Whoever has been told of a block or a transaction by the node finds it in the wallet, too: waits, on the thread of the
 * call, until the wallet has taken in what the node has now, and the node what the wallet has sent. Not for long: a wallet
 * may be far behind, and the node away. */
static void
catch_up (RpcCall *call)
{
  WalletManager *manager = call->user_data;
  Waiting waiting = { .wallet = call->wallet, .manager = manager };
  gint64 begun_us = g_get_monotonic_time (), asked_us = G_MININT64, waited_us = 0;

  while (waited_us <= BLOCKS_PATIENCE_US && !wallet_manager_is_closing (manager)
         && !g_cancellable_is_cancelled (call->cancellable)) {
    /* The tip may be another one by now. */
    if (g_get_monotonic_time () > asked_us + ASK_AGAIN_US) {
      g_free (waiting.tip);
      waiting.tip = wallet_chain_get_tip_wait (manager->chain, NULL);
      waiting.told = FALSE;
      asked_us = g_get_monotonic_time ();
    }
    if (waiting.tip != NULL)
      common_worker_call (manager->worker, look, &waiting);
    waited_us = g_get_monotonic_time () - begun_us;
    if (is_caught_up (&waiting, waited_us))
      break;
    g_usleep (2000);
  }
  g_free (waiting.tip);
}

RpcJson *
wallet_rpc_run_synced (RpcCall *call, WalletRpcBody body, GError **error)
{
  catch_up (call);
  return run (&(Running){ .call = call, .body = body, .needs_wallet = TRUE }, error);
}

RpcJson *
wallet_rpc_run_synced_with (RpcCall *call, WalletRpcDataBody body, gpointer data, GError **error)
{
  catch_up (call);
  return run (&(Running){ .call = call, .data_body = body, .data = data, .needs_wallet = TRUE }, error);
}

RpcJson *
wallet_rpc_run_manager (RpcCall *call, WalletRpcBody body, GError **error)
{
  return run (&(Running){ .call = call, .body = body }, error);
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

/* Other payments of this wallet that spend the same coins. */
static RpcJson *
conflicts_of (Wallet *wallet, const WalletTx *tx, gboolean mempool_only)
{
  RpcJson *list = rpc_json_new_array ();
  GPtrArray *all = wallet_tracker_get_txs (wallet->tracker);

  if (tx->state == WALLET_TX_CONFIRMED || btc_tx_is_coinbase (tx->tx))
    return list;
  for (guint i = 0; i < all->len; i++) {
    const WalletTx *other = g_ptr_array_index (all, i);
    gboolean shares = FALSE;
    if (other == tx || (mempool_only && other->state != WALLET_TX_MEMPOOL))
      continue;
    for (guint32 a = 0; a < tx->tx->n_in && !shares; a++)
      for (guint32 b = 0; b < other->tx->n_in && !shares; b++)
        shares = btc_outpoint_equal (&tx->tx->in[a].prevout, &other->tx->in[b].prevout);
    if (shares)
      rpc_json_append (list, rpc_json_new_hash (other->tx->txid32));
  }
  return list;
}

/* The same transaction with other signatures, under other names. */
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
  rpc_json_set (object, "walletconflicts", conflicts_of (wallet, tx, FALSE));
  rpc_json_set (object, "mempoolconflicts",
                tx->state == WALLET_TX_MEMPOOL ? rpc_json_new_array () : conflicts_of (wallet, tx, TRUE));
  if (tx->record->replaced_by_txid != NULL)
    rpc_json_set (object, "replaced_by_txid", rpc_json_new_string (tx->record->replaced_by_txid));
  if (tx->record->replaces_txid != NULL)
    rpc_json_set (object, "replaces_txid", rpc_json_new_string (tx->record->replaces_txid));
  if (tx->record->comment != NULL)
    rpc_json_set (object, "comment", rpc_json_new_string (tx->record->comment));
  if (tx->record->comment_to != NULL)
    rpc_json_set (object, "to", rpc_json_new_string (tx->record->comment_to));
  rpc_json_set (object, "time", rpc_json_new_int (wallet_tx_get_time (tx)));
  rpc_json_set (object, "timereceived", rpc_json_new_int (tx->record->time_received));
}

RpcJson *
wallet_rpc_parents (const WalletKeyRef *ref)
{
  RpcJson *list = rpc_json_new_array ();
  g_autofree char *text = wallet_key_chain_dup_text (ref->chain);

  rpc_json_append (list, rpc_json_new_string (text));
  return list;
}

GBytes *
wallet_rpc_script (Wallet *wallet, const char *address, GError **error)
{
  GBytes *script = btc_address_decode (address, wallet_tracker_get_network (wallet->tracker), NULL);

  if (script == NULL)
    rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Invalid Bitcoin address: %s", address);
  return script;
}
