/* listtransactions, gettransaction, listsinceblock, abandontransaction. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/script/script.h"
#include "wallet/rpc/methods.h"

static gint64
signed_fee_sat (const WalletTx *tx)
{
  gint64 out_sat = 0;

  return btc_tx_outputs_sum (tx->tx, &out_sat) ? tx->debit_sat - out_sat : 0;
}

static RpcJson *
entry_new (Wallet *wallet, const BtcTxOut *out, const char **label)
{
  RpcJson *entry = rpc_json_new_object ();
  g_autofree char *address = btc_address_encode (out->script, wallet_tracker_get_network (wallet->tracker));
  const WalletBookEntry *book
      = address != NULL ? wallet_book_get (wallet_tracker_get_book (wallet->tracker), address) : NULL;

  if (address != NULL)
    rpc_json_set (entry, "address", rpc_json_new_string (address));
  *label = book != NULL ? book->label : NULL;
  return entry;
}

static const char *
received_category (Wallet *wallet, const WalletTx *tx)
{
  if (!btc_tx_is_coinbase (tx->tx))
    return "receive";
  if (wallet_tracker_confirmations (wallet->tracker, tx) < 1)
    return "orphan";
  return wallet_tracker_is_immature (wallet->tracker, tx) ? "immature" : "generate";
}

/* Appends the entries of TX; LONG_FORM adds the common fields to each. WITH_LABEL NULL: all. */
static void
append_entries (Wallet *wallet,
                const WalletTx *tx,
                gboolean long_form,
                const char *with_label,
                gboolean with_change,
                RpcJson *list)
{
  WalletKeyring *keyring = wallet_tracker_get_keyring (wallet->tracker);
  const char *label;
  WalletKeyRef ref;

  for (guint32 i = 0; tx->debit_sat > 0 && with_label == NULL && i < tx->tx->n_out; i++) {
    const BtcTxOut *out = &tx->tx->out[i];
    if (!with_change && wallet_tracker_is_change (wallet->tracker, out))
      continue;
    RpcJson *entry = entry_new (wallet, out, &label);
    rpc_json_set (entry, "category", rpc_json_new_string ("send"));
    rpc_json_set (entry, "amount", rpc_json_new_amount (-out->value_sat));
    if (label != NULL)
      rpc_json_set (entry, "label", rpc_json_new_string (label));
    rpc_json_set (entry, "vout", rpc_json_new_int (i));
    rpc_json_set (entry, "fee", rpc_json_new_amount (-signed_fee_sat (tx)));
    rpc_json_set (entry, "abandoned", rpc_json_new_bool (tx->state == WALLET_TX_ABANDONED));
    if (long_form)
      wallet_rpc_set_tx (entry, wallet, tx);
    rpc_json_append (list, entry);
  }
  for (guint32 i = 0; i < tx->tx->n_out; i++) {
    const BtcTxOut *out = &tx->tx->out[i];
    if (!wallet_keyring_find (keyring, out->script, &ref))
      continue;
    if (tx->debit_sat > 0 && !with_change && wallet_tracker_is_change (wallet->tracker, out))
      continue;
    RpcJson *entry = entry_new (wallet, out, &label);
    if (with_label != NULL && g_strcmp0 (label, with_label) != 0) {
      rpc_json_unref (entry);
      continue;
    }
    rpc_json_set (entry, "parent_descs", wallet_rpc_parents (&ref));
    rpc_json_set (entry, "category", rpc_json_new_string (received_category (wallet, tx)));
    rpc_json_set (entry, "amount", rpc_json_new_amount (out->value_sat));
    if (label != NULL)
      rpc_json_set (entry, "label", rpc_json_new_string (label));
    rpc_json_set (entry, "vout", rpc_json_new_int (i));
    rpc_json_set (entry, "abandoned", rpc_json_new_bool (tx->state == WALLET_TX_ABANDONED));
    if (long_form)
      wallet_rpc_set_tx (entry, wallet, tx);
    rpc_json_append (list, entry);
  }
}

static RpcJson *
list_transactions_body (RpcCall *call, Wallet *wallet, GError **error)
{
  GPtrArray *txs = wallet_tracker_get_txs (wallet->tracker);
  g_autoptr (RpcJson) newest = rpc_json_new_array ();
  const char *label = rpc_call_string (call, 0);
  RpcJson *result;
  gint64 count, skip;

  if (label != NULL && g_str_equal (label, "*"))
    label = NULL;
  if (label != NULL && *label == '\0')
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Label argument must be a valid label name or \"*\".");
  if (!wallet_rpc_int (call, 1, 10, &count, error) || !wallet_rpc_int (call, 2, 0, &skip, error))
    return NULL;
  if (count < 0)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Negative count");
  if (skip < 0)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Negative from");
  for (guint i = txs->len; i > 0 && (gint64) rpc_json_len (newest) < count + skip; i--)
    append_entries (wallet, g_ptr_array_index (txs, i - 1), TRUE, label, FALSE, newest);
  result = rpc_json_new_array ();
  for (gint64 i = MIN ((gint64) rpc_json_len (newest), count + skip); i > skip; i--)
    rpc_json_append (result, rpc_json_ref (rpc_json_at (newest, (gsize) (i - 1))));
  return result;
}

static void
list_transactions (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, list_transactions_body);
}

static RpcJson *
get_wallet_transaction_body (RpcCall *call, Wallet *wallet, GError **error)
{
  RpcJson *result, *details;
  const WalletTx *tx;
  guint8 txid32[32];
  gint64 fee_sat, credit_sat;

  if (!rpc_call_hash (call, 0, txid32, error))
    return NULL;
  tx = wallet_tracker_get_tx (wallet->tracker, txid32);
  if (tx == NULL)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Invalid or non-wallet transaction id");
  result = rpc_json_new_object ();
  fee_sat = tx->debit_sat > 0 ? signed_fee_sat (tx) : 0;
  credit_sat = wallet_tracker_is_immature (wallet->tracker, tx) ? 0 : tx->credit_sat;
  rpc_json_set (result, "amount", rpc_json_new_amount (credit_sat - tx->debit_sat + fee_sat));
  if (tx->debit_sat > 0)
    rpc_json_set (result, "fee", rpc_json_new_amount (-fee_sat));
  wallet_rpc_set_tx (result, wallet, tx);
  details = rpc_json_new_array ();
  append_entries (wallet, tx, FALSE, NULL, FALSE, details);
  rpc_json_set (result, "details", details);
  rpc_json_set (result, "hex", rpc_json_new_hex (tx->tx->bytes.data, tx->tx->bytes.len));
  wallet_rpc_set_place (result, wallet);
  return result;
}

static void
get_wallet_transaction (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, get_wallet_transaction_body);
}

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

static RpcJson *
since_body (RpcCall *call, Wallet *wallet, gpointer data, GError **error)
{
  GPtrArray *txs = wallet_tracker_get_txs (wallet->tracker);
  g_autoptr (RpcJson) entries = rpc_json_new_array (), removed = rpc_json_new_array ();
  const char *label = rpc_call_string (call, 5);
  gboolean change = rpc_call_bool (call, 4, FALSE);
  Since *what = data;
  guint8 hash32[32];
  RpcJson *result;

  if (g_strcmp0 (label, "*") == 0)
    return rpc_fail (error, RPC_WALLET_INVALID_LABEL_NAME, "Invalid label name");
  for (guint i = 0; i + 32 <= what->branch->len; i += 32) {
    const WalletTx *tx = wallet_tracker_get_tx (wallet->tracker, what->branch->data + i);
    if (tx != NULL)
      append_entries (wallet, tx, TRUE, label, change, removed);
  }
  for (guint i = 0; i < txs->len; i++) {
    const WalletTx *tx = g_ptr_array_index (txs, i);
    if (tx->height < 0 || tx->height > what->since)
      append_entries (wallet, tx, TRUE, label, change, entries);
  }
  what->place = wallet_tracker_get_place (wallet->tracker, hash32);
  result = rpc_json_new_object ();
  rpc_json_set (result, "transactions", g_steal_pointer (&entries));
  if (rpc_call_bool (call, 3, TRUE))
    rpc_json_set (result, "removed", g_steal_pointer (&removed));
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
    wallet_rpc_run_synced_with (what->call, what->task, since_body, since_listed, what);
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
since_read (RpcCall *call, Since *what, gboolean has_block, GError **error)
{
  if ((has_block && !rpc_call_hash (call, 0, what->at32, error)) || !wallet_rpc_int (call, 1, 1, &what->target, error))
    return FALSE;
  return what->target >= 1 || rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter");
}

static void
list_since_block (RpcCall *call, GTask *task)
{
  const char *block = rpc_call_string (call, 0);
  gboolean has_block = block != NULL && *block != '\0';
  Since *what = g_new0 (Since, 1);
  GError *error = NULL;

  what->call = call;
  what->task = task;
  what->since = -1;
  what->branch = g_byte_array_new ();
  if (!since_read (call, what, has_block, &error)) {
    since_free (what);
    wallet_rpc_end (task, NULL, error);
  } else if (has_block) {
    since_request_block (what);
  } else {
    wallet_rpc_run_synced_with (call, task, since_body, since_listed, what);
  }
}

static RpcJson *
abandon_transaction_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  guint8 txid32[32];
  WalletTx *tx;

  if (!rpc_call_hash (call, 0, txid32, error))
    return NULL;
  tx = wallet_tracker_get_tx (wallet->tracker, txid32);
  if (tx == NULL)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Invalid or non-wallet transaction id");
  if (!wallet_tracker_abandon (wallet->tracker, tx, batch))
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Transaction not eligible for abandonment");
  return wallet_tracker_commit_later (wallet->tracker, batch, error) ? rpc_json_new_null () : NULL;
}

static void
abandon_transaction (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, abandon_transaction_body);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "listtransactions",
    NULL,
    "Lists the most recent transactions, oldest first.",
    { { "label|dummy", RPC_ARG_STRING, FALSE, "Only receiving ones with this label; \"*\": all." },
      { "count", RPC_ARG_INT, FALSE, "How many." },
      { "skip", RPC_ARG_INT, FALSE, "How many of the newest to skip." },
      { "include_watchonly", RPC_ARG_BOOL, FALSE, "No longer used." } },
    RPC_RUN_DEFERRED,
    list_transactions },
  { "Wallet",
    "gettransaction",
    NULL,
    "Returns details of a transaction.",
    { { "txid", RPC_ARG_STRING, TRUE, "Its id." },
      { "include_watchonly", RPC_ARG_BOOL, FALSE, "No longer used." },
      { "verbose", RPC_ARG_BOOL, FALSE, "Not supported yet." } },
    RPC_RUN_DEFERRED,
    get_wallet_transaction },
  { "Wallet",
    "listsinceblock",
    NULL,
    "Lists the transactions since a block.",
    { { "blockhash", RPC_ARG_STRING, FALSE,
        "The block hash; all transactions if omitted. For a stale block, includes the transactions of its branch." },
      { "target_confirmations", RPC_ARG_INT, FALSE, "The number of confirmations of the block returned as lastblock." },
      { "include_watchonly", RPC_ARG_BOOL, FALSE, "No longer used." },
      { "include_removed", RPC_ARG_BOOL, FALSE, "Include transactions removed by a reorganisation." },
      { "include_change", RPC_ARG_BOOL, FALSE, "Include change outputs." },
      { "label", RPC_ARG_STRING, FALSE, "Only receiving ones with this label." } },
    RPC_RUN_DEFERRED,
    list_since_block },
  { "Wallet",
    "abandontransaction",
    NULL,
    "Abandons a transaction that is not in the mempool, so that its inputs can be spent again.",
    { { "txid", RPC_ARG_STRING, TRUE, "Its id." } },
    RPC_RUN_DEFERRED,
    abandon_transaction },
};

WalletRpcGroup
wallet_rpc_transactions (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}
