/* listsinceblock. */
#include <string.h>

#include "wallet/rpc/methods.h"
#include "wallet/rpc/shapes.h"

/* A listsinceblock call, with the replies of the node. */
typedef struct {
  RpcCall *call;
  GTask *task;
  guint8 at32[32];    /* the block that is requested from the node */
  gint32 since;       /* height of the last block that is excluded; -1: none */
  GByteArray *branch; /* txids of the blocks that are no longer on the active chain, 32 bytes each */
  gint64 target;      /* confirmations of the block returned as lastblock */
  gint32 place;       /* the wallet's best block */
  RpcJson *result;    /* complete except for lastblock */
} Since;

/* The transactions of blocks that are no longer on the active chain. */
static RpcJson *
list_removed (Wallet *wallet, const Since *what, const WalletRpcEntries *form)
{
  WalletRpcEntries all = *form;
  RpcJson *list = rpc_json_new_array ();

  all.conflicted = TRUE;
  for (guint i = 0; i + 32 <= what->branch->len; i += 32) {
    const WalletTx *tx = wallet_tracker_get_tx (wallet->tracker, what->branch->data + i);
    if (tx != NULL)
      wallet_rpc_append_entries (wallet, tx, &all, list);
  }
  return list;
}

static RpcJson *
since_body (RpcCall *call, Wallet *wallet, gpointer data, GError **error)
{
  GPtrArray *txs = wallet_tracker_get_txs (wallet->tracker);
  WalletRpcEntries form = { TRUE, rpc_call_string (call, 5), rpc_call_bool (call, 4, FALSE), FALSE };
  Since *what = data;
  RpcJson *result, *entries;
  guint8 hash32[32];

  if (!wallet_rpc_int (call, 1, 1, &what->target, error))
    return NULL;
  if (what->target < 1)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid parameter");
  if (g_strcmp0 (form.label, "*") == 0)
    return rpc_fail (error, RPC_WALLET_INVALID_LABEL_NAME, "Invalid label name");
  entries = rpc_json_new_array ();
  for (guint i = 0; i < txs->len; i++) {
    const WalletTx *tx = g_ptr_array_index (txs, i);
    if (tx->height < 0 || tx->height > what->since)
      wallet_rpc_append_entries (wallet, tx, &form, entries);
  }
  what->place = wallet_tracker_get_place (wallet->tracker, hash32);
  result = rpc_json_new_object ();
  rpc_json_set (result, "transactions", entries);
  if (rpc_call_bool (call, 3, TRUE))
    rpc_json_set (result, "removed", list_removed (wallet, what, &form));
  rpc_json_set (result, "lastblock", rpc_json_new_hash (hash32));
  return result;
}

static void
since_free (Since *what)
{
  g_byte_array_unref (what->branch);
  g_free (what);
}

static void
on_since_last_block (GObject *source, GAsyncResult *result, gpointer data)
{
  Since *what = data;
  g_autofree WalletChainPlace *place = wallet_chain_get_hash_finish (WALLET_CHAIN (source), result, NULL);

  if (place != NULL)
    rpc_json_set (what->result, "lastblock", rpc_json_new_hash (place->hash32));
  wallet_rpc_end (what->task, what->result, NULL);
  since_free (what);
}

/* Requests the block returned as lastblock, the one with what->target confirmations. */
static void
since_listed (RpcCall *call, GTask *task, RpcJson *result, GError *error, gpointer data)
{
  Since *what = data;
  gint64 height = MAX ((gint64) what->place + 1 - what->target, 0);

  if (result == NULL || what->target == 1) {
    wallet_rpc_end (task, result, error);
    since_free (what);
    return;
  }
  what->result = result;
  wallet_chain_get_hash_async (wallet_manager_get_chain (wallet_rpc_manager (call)), (gint32) height, call->cancellable,
                               on_since_last_block, what);
}

static void
since_fail (Since *what, int code, const char *message)
{
  wallet_rpc_end (what->task, NULL, g_error_new_literal (RPC_ERROR, code, message));
  since_free (what);
}

static void since_request_block (Since *what);

/* Walks from the block down to the active chain, and collects the transactions of the branch. */
static void
on_since_block (GObject *source, GAsyncResult *result, gpointer data)
{
  Since *what = data;
  g_autoptr (WalletChainBlock) found = wallet_chain_get_block_finish (WALLET_CHAIN (source), result, NULL);

  if (g_cancellable_is_cancelled (what->call->cancellable)) {
    since_fail (what, RPC_MISC_ERROR, "The call was cancelled.");
    return;
  }
  if (found == NULL) {
    since_fail (what, RPC_INVALID_ADDRESS_OR_KEY, "Block not found");
    return;
  }
  what->since = found->height;
  if (found->active) {
    wallet_rpc_run_with (what->call, what->task, since_body, since_listed, what);
    return;
  }
  for (guint32 i = 0; i < found->block->n_txs; i++)
    g_byte_array_append (what->branch, found->block->txs[i].txid32, 32);
  memcpy (what->at32, found->block->header.prev32, 32);
  since_request_block (what);
}

static void
since_request_block (Since *what)
{
  wallet_chain_get_block_async (wallet_manager_get_chain (wallet_rpc_manager (what->call)), what->at32,
                                what->call->cancellable, on_since_block, what);
}

static gboolean
since_has_block (RpcCall *call)
{
  const char *block = rpc_call_string (call, 0);

  return block != NULL && *block != '\0';
}

/* The wallet is selected before the arguments are read. */
static RpcJson *
since_read_body (RpcCall *call, Wallet *wallet, gpointer data, GError **error)
{
  Since *what = data;

  return rpc_call_hash (call, 0, what->at32, error) ? rpc_json_new_null () : NULL;
}

static void
on_since_read (RpcCall *call, GTask *task, RpcJson *result, GError *error, gpointer data)
{
  Since *what = data;

  if (result == NULL) {
    wallet_rpc_end (task, NULL, error);
    since_free (what);
    return;
  }
  rpc_json_unref (result);
  since_request_block (what);
}

static void
list_since_block (RpcCall *call, GTask *task)
{
  Since *what = g_new0 (Since, 1);

  what->call = call;
  what->task = task;
  what->since = -1;
  what->branch = g_byte_array_new ();
  if (since_has_block (call))
    wallet_rpc_run_synced_with (call, task, since_read_body, on_since_read, what);
  else
    wallet_rpc_run_synced_with (call, task, since_body, since_listed, what);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "listsinceblock",
    NULL,
    "Lists the transactions since a block.",
    { { "blockhash", RPC_ARG_STRING, FALSE,
        "The block hash; all transactions if omitted. For a stale block, includes the transactions of its branch." },
      { "target_confirmations", RPC_ARG_INT, FALSE, "The number of confirmations of the block returned as lastblock.",
        .fallback = "1" },
      { "include_watchonly", RPC_ARG_BOOL, FALSE, "No longer used.", .fallback = "false" },
      { "include_removed", RPC_ARG_BOOL, FALSE, "Include transactions removed by a reorganisation.",
        .fallback = "true" },
      { "include_change", RPC_ARG_BOOL, FALSE, "Include change outputs.", .fallback = "false" },
      { "label", RPC_ARG_STRING, FALSE, "Only receiving ones with this label." } },
    RPC_RUN_DEFERRED,
    list_since_block,
    .result = "{transactions: [" WALLET_SHAPE_PAYMENT "], removed?: [" WALLET_SHAPE_PAYMENT "], lastblock: hex}" },
};

WalletRpcGroup
wallet_rpc_since (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}
