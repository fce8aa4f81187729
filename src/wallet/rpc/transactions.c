/* listtransactions, gettransaction, abandontransaction. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/script/script.h"
#include "rpc/tx/tx_json.h"
#include "wallet/rpc/methods.h"
#include "rpc/tx/tx_shape.h"
#include "wallet/rpc/shapes.h"

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

/* An entry of the category "send" for each output of a transaction that this wallet paid for. */
static void
append_sent (Wallet *wallet, const WalletTx *tx, gboolean long_form, gboolean with_change, RpcJson *list)
{
  const char *label;

  for (guint32 i = 0; tx->debit_sat > 0 && i < tx->tx->n_out; i++) {
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
    if (long_form)
      wallet_rpc_set_tx (entry, wallet, tx);
    rpc_json_set (entry, "abandoned", rpc_json_new_bool (tx->state == WALLET_TX_ABANDONED));
    rpc_json_append (list, entry);
  }
}

static void
append_received_output (Wallet *wallet,
                        const WalletTx *tx,
                        guint32 i,
                        gboolean long_form,
                        const char *with_label,
                        RpcJson *list)
{
  const BtcTxOut *out = &tx->tx->out[i];
  g_autoptr (RpcJson) entry = NULL;
  const char *label;

  entry = entry_new (wallet, out, &label);
  if (with_label != NULL && !g_str_equal (label != NULL ? label : "", with_label))
    return;
  rpc_json_set (entry, "parent_descs", wallet_rpc_parents (wallet, out->script));
  rpc_json_set (entry, "category", rpc_json_new_string (received_category (wallet, tx)));
  rpc_json_set (entry, "amount", rpc_json_new_amount (out->value_sat));
  if (label != NULL)
    rpc_json_set (entry, "label", rpc_json_new_string (label));
  rpc_json_set (entry, "vout", rpc_json_new_int (i));
  rpc_json_set (entry, "abandoned", rpc_json_new_bool (tx->state == WALLET_TX_ABANDONED));
  if (long_form)
    wallet_rpc_set_tx (entry, wallet, tx);
  rpc_json_append (list, g_steal_pointer (&entry));
}

void
wallet_rpc_append_entries (Wallet *wallet, const WalletTx *tx, const WalletRpcEntries *what, RpcJson *list)
{
  WalletKeyring *keyring = wallet_tracker_get_keyring (wallet->tracker);

  if (what->label == NULL)
    append_sent (wallet, tx, what->long_form, what->change, list);
  if (!what->conflicted && wallet_tracker_confirmations (wallet->tracker, tx) < 0)
    return;
  for (guint32 i = 0; i < tx->tx->n_out; i++) {
    const BtcTxOut *out = &tx->tx->out[i];
    if (!wallet_keyring_find (keyring, out->script, NULL)
        || (tx->debit_sat > 0 && !what->change && wallet_tracker_is_change (wallet->tracker, out)))
      continue;
    append_received_output (wallet, tx, i, what->long_form, what->label, list);
  }
}

static RpcJson *
list_transactions_body (RpcCall *call, Wallet *wallet, GError **error)
{
  GPtrArray *txs = wallet_tracker_get_txs (wallet->tracker);
  g_autoptr (RpcJson) newest = rpc_json_new_array ();
  const char *label = rpc_call_string (call, 0);
  WalletRpcEntries what = { .long_form = TRUE };
  RpcJson *result;
  gint64 count, skip;

  if (label != NULL && g_str_equal (label, "*"))
    label = NULL;
  what.label = label;
  if (label != NULL && *label == '\0')
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Label argument must be a valid label name or \"*\".");
  if (!wallet_rpc_int (call, 1, 10, &count, error) || !wallet_rpc_int (call, 2, 0, &skip, error))
    return NULL;
  if (count < 0)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Negative count");
  if (skip < 0)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Negative from");
  for (guint i = txs->len; i > 0 && (gint64) rpc_json_len (newest) < count + skip; i--)
    wallet_rpc_append_entries (wallet, g_ptr_array_index (txs, i - 1), &what, newest);
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

static gboolean
is_change (const BtcTxOut *out, gpointer data)
{
  return wallet_tracker_is_change (((Wallet *) data)->tracker, out);
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
  wallet_rpc_append_entries (wallet, tx, &(WalletRpcEntries){ 0 }, details);
  rpc_json_set (result, "details", details);
  rpc_json_set (result, "hex", rpc_tx_new_hex (tx->tx));
  if (rpc_call_bool (call, 2, FALSE)) {
    RpcJson *decoded = rpc_json_new_object ();
    rpc_tx_add_wallet_json (decoded, tx->tx, is_change, wallet, wallet_tracker_get_network (wallet->tracker));
    rpc_json_set (result, "decoded", decoded);
  }
  wallet_rpc_set_place (result, wallet);
  return result;
}

static void
get_wallet_transaction (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, get_wallet_transaction_body);
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
    { { "label", RPC_ARG_STRING, FALSE, "Only receiving ones with this label; \"*\": all." },
      { "count", RPC_ARG_INT, FALSE, "How many.", .fallback = "10" },
      { "skip", RPC_ARG_INT, FALSE, "How many of the newest to skip.", .fallback = "0" },
      { "include_watchonly", RPC_ARG_BOOL, FALSE, "No longer used.", .fallback = "false" } },
    RPC_RUN_DEFERRED,
    list_transactions,
    .result = "[{address?: str, category: str, amount: amount, label?: str, vout: num, fee?: amount, " WALLET_SHAPE_TX
              ", abandoned: bool}]" },
  { "Wallet",
    "gettransaction",
    NULL,
    "Returns details of a transaction.",
    { { "txid", RPC_ARG_STRING, TRUE, "Its id." },
      { "include_watchonly", RPC_ARG_BOOL, FALSE, "No longer used.", .fallback = "false" },
      { "verbose", RPC_ARG_BOOL, FALSE, "Include the decoded transaction.", .fallback = "false" } },
    RPC_RUN_DEFERRED,
    get_wallet_transaction,
    .result
    = "{amount: amount, fee?: amount, " WALLET_SHAPE_TX
      ", details: [{address?: str, category: str, amount: amount, label?: str, vout: num, fee?: amount, abandoned: "
      "bool, parent_descs?: [str]}], hex: hex, decoded?: {txid: hex, hash: hex, size: num, vsize: num, weight: num, "
      "version: num, locktime: time, vin: [{coinbase?: hex, txid?: hex, vout?: num, scriptSig?: {asm: str, hex: hex}, "
      "txinwitness?: [hex], sequence: num}], vout: [{value: amount, n: num, scriptPubKey: " RPC_SHAPE_SCRIPT
      ", ischange?: bool}]}, lastprocessedblock: {hash: hex, height: num}}" },
  { "Wallet",
    "abandontransaction",
    NULL,
    "Abandons a transaction that is not in the mempool, so that its inputs can be spent again.",
    { { "txid", RPC_ARG_HEX, TRUE, "Its id." } },
    RPC_RUN_DEFERRED,
    abandon_transaction },
};

WalletRpcGroup
wallet_rpc_transactions (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}
