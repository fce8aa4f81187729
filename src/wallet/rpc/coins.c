/* listunspent, lockunspent, listlockunspent. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"
#include "bitcoin/primitives/hash_key.h"
#include "wallet/rpc/methods.h"
#include "wallet/store/record.h"

/* The unconfirmed ancestors of a payment, itself included, as far as the wallet knows them. */
typedef struct {
  GHashTable *seen; /* of WalletTx */
  gint64 vsize;
  gint64 fees_sat;
  gboolean known; /* FALSE: some of them are not ours, so the fee is unknown */
} Ancestry;

static void
add_ancestors (Wallet *wallet, const WalletTx *tx, Ancestry *ancestry)
{
  if (!g_hash_table_add (ancestry->seen, (gpointer) tx))
    return;
  ancestry->vsize += btc_tx_vsize (tx->tx);
  btc_amount_add (ancestry->fees_sat, wallet_tx_get_fee (tx), &ancestry->fees_sat);
  if (tx->own_inputs != tx->tx->n_in)
    ancestry->known = FALSE;
  for (guint32 i = 0; i < tx->tx->n_in && ancestry->known; i++) {
    const WalletCoin *coin = wallet_tracker_get_coin (wallet->tracker, &tx->tx->in[i].prevout);
    if (coin != NULL && coin->tx->state == WALLET_TX_MEMPOOL)
      add_ancestors (wallet, coin->tx, ancestry);
  }
}

static void
set_ancestors (RpcJson *entry, guint count, gint64 vsize, gint64 fees_sat)
{
  rpc_json_set (entry, "ancestorcount", rpc_json_new_int (count));
  rpc_json_set (entry, "ancestorsize", rpc_json_new_int (vsize));
  rpc_json_set (entry, "ancestorfees", rpc_json_new_int (fees_sat));
}

/* A call of listunspent. If it lists unconfirmed coins, their ancestors are requested from the node before the list is
 * built. */
typedef struct {
  GTask *task;
  GHashTable *pending; /* txid32 of the unconfirmed coins to be listed */
  GHashTable *known;   /* see WalletRpcAncestorsFunc; NULL: not requested yet */
} Listing;

/* As reported by the node, otherwise as known to the wallet. */
static void
list_ancestors (Listing *listing, RpcJson *entry, Wallet *wallet, const WalletTx *tx)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  const WalletChainAncestors *of = listing->known != NULL ? g_hash_table_lookup (listing->known, tx->tx->txid32) : NULL;
  Ancestry ancestry = { .seen = seen, .known = TRUE };

  if (of != NULL) {
    set_ancestors (entry, of->count, of->vsize, of->fees_sat);
  } else {
    add_ancestors (wallet, tx, &ancestry);
    if (ancestry.known)
      set_ancestors (entry, g_hash_table_size (seen), ancestry.vsize, ancestry.fees_sat);
  }
}

static void
set_redeem_script (RpcJson *entry, const WalletKeyRef *ref)
{
  g_auto (BtcExpansion) expansion = { 0 };

  if (btc_descriptor_expand (ref->chain->descriptor, (guint32) ref->index, &expansion)
      && expansion.redeem_script != NULL) {
    gsize len;
    const guint8 *data = g_bytes_get_data (expansion.redeem_script, &len);
    rpc_json_set (entry, "redeemScript", rpc_json_new_hex (data, len));
  }
}

/* The fields that are needed to spend it. */
static void
set_solution (RpcJson *entry, const WalletKeyRef *ref)
{
  gboolean solvable = btc_descriptor_is_solvable (ref->chain->descriptor);
  g_autofree char *descriptor = solvable ? wallet_rpc_dup_descriptor (ref) : NULL;

  rpc_json_set (entry, "solvable", rpc_json_new_bool (solvable));
  if (descriptor != NULL)
    rpc_json_set (entry, "desc", rpc_json_new_string (descriptor));
}

static RpcJson *
coin_json (Listing *listing, Wallet *wallet, const WalletCoin *coin, const char *address)
{
  RpcJson *entry = rpc_json_new_object ();
  const WalletBookEntry *book
      = address != NULL ? wallet_book_get (wallet_tracker_get_book (wallet->tracker), address) : NULL;
  gint32 confirmations = wallet_tracker_confirmations (wallet->tracker, coin->tx);

  rpc_json_set (entry, "txid", rpc_json_new_hash (coin->outpoint.txid32));
  rpc_json_set (entry, "vout", rpc_json_new_int (coin->outpoint.n));
  if (address != NULL)
    rpc_json_set (entry, "address", rpc_json_new_string (address));
  if (book != NULL)
    rpc_json_set (entry, "label", rpc_json_new_string (book->label));
  set_redeem_script (entry, &coin->ref);
  rpc_json_set (entry, "scriptPubKey", rpc_json_new_hex (coin->out->script.data, coin->out->script.len));
  rpc_json_set (entry, "amount", rpc_json_new_amount (coin->out->value_sat));
  rpc_json_set (entry, "confirmations", rpc_json_new_int (confirmations));
  if (confirmations == 0)
    list_ancestors (listing, entry, wallet, coin->tx);
  rpc_json_set (entry, "spendable", rpc_json_new_bool (TRUE));
  set_solution (entry, &coin->ref);
  rpc_json_set (entry, "parent_descs", wallet_rpc_parents (wallet, coin->out->script));
  if ((wallet_tracker_get_flags (wallet->tracker) & WALLET_FLAG_AVOID_REUSE) != 0)
    rpc_json_set (entry, "reused", rpc_json_new_bool (wallet_tracker_is_reused (wallet->tracker, coin->out->script)));
  rpc_json_set (entry, "safe", rpc_json_new_bool (wallet_tracker_is_safe (wallet->tracker, coin->tx)));
  return entry;
}

static void
find_pending (Listing *listing, Wallet *wallet, const GPtrArray *coins)
{
  for (guint i = 0; i < coins->len; i++) {
    const WalletCoin *coin = g_ptr_array_index (coins, i);

    if (wallet_tracker_confirmations (wallet->tracker, coin->tx) == 0)
      g_hash_table_add (listing->pending, g_memdup2 (coin->tx->tx->txid32, 32));
  }
}

/* The list, or null if the ancestors have to be requested from the node first. */
static RpcJson *
list_unspent_body (RpcCall *call, Wallet *wallet, gpointer data, GError **error)
{
  Listing *listing = data;
  g_autoptr (GPtrArray) coins = wallet_rpc_select_unspent (call, wallet, error);
  RpcJson *list;

  if (coins == NULL)
    return NULL;
  if (listing->known == NULL)
    find_pending (listing, wallet, coins);
  if (listing->known == NULL && g_hash_table_size (listing->pending) > 0)
    return rpc_json_new_null ();
  list = rpc_json_new_array ();
  for (guint i = 0; i < coins->len; i++) {
    const WalletCoin *coin = g_ptr_array_index (coins, i);
    g_autofree char *address = btc_address_encode (coin->out->script, wallet_tracker_get_network (wallet->tracker));

    rpc_json_append (list, coin_json (listing, wallet, coin, address));
  }
  return list;
}

/* Takes ownership of RESULT or ERROR, one of which is NULL. */
static void
listing_end (Listing *listing, RpcJson *result, GError *error)
{
  wallet_rpc_end (listing->task, result, error);
  g_hash_table_unref (listing->pending);
  g_clear_pointer (&listing->known, g_hash_table_unref);
  g_free (listing);
}

static void
on_unspent_listed (RpcCall *call, GTask *task, RpcJson *result, GError *error, gpointer data)
{
  listing_end (data, result, error);
}

static void
on_unspent_ancestors (RpcCall *call, GHashTable *known, gpointer data)
{
  Listing *listing = data;

  listing->known = g_hash_table_ref (known);
  if (g_cancellable_is_cancelled (call->cancellable))
    listing_end (listing, NULL, g_error_new_literal (RPC_ERROR, RPC_MISC_ERROR, "The call was cancelled."));
  else
    wallet_rpc_run_with (call, listing->task, list_unspent_body, on_unspent_listed, listing);
}

static void
on_unspent_found (RpcCall *call, GTask *task, RpcJson *result, GError *error, gpointer data)
{
  Listing *listing = data;

  if (error != NULL || g_hash_table_size (listing->pending) == 0) {
    listing_end (listing, result, error);
    return;
  }
  rpc_json_unref (result);
  wallet_rpc_request_ancestors (call, listing->pending, on_unspent_ancestors, listing);
}

static void
list_unspent (RpcCall *call, GTask *task)
{
  Listing *listing = g_new0 (Listing, 1);

  listing->task = task;
  listing->pending = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, g_free, NULL);
  wallet_rpc_run_synced_with (call, task, list_unspent_body, on_unspent_found, listing);
}

static gboolean
check_outpoint_field (const RpcJson *json, const char *name, RpcJsonType type, const char *type_name, GError **error)
{
  const RpcJson *field = rpc_json_get (json, name);

  if (field == NULL)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Missing %s", name);
  return rpc_json_type (field) == type
         || rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s for field %s is not of expected type %s",
                        rpc_json_type_name (rpc_json_type (field)), name, type_name);
}

static gboolean
read_outpoint (Wallet *wallet, const RpcJson *json, gboolean unlock, BtcOutpoint *outpoint, GError **error)
{
  const WalletTx *tx;
  gint64 n;

  if (rpc_json_type (json) != RPC_JSON_OBJECT)
    return rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type object",
                       rpc_json_type_name (rpc_json_type (json)));
  if (!check_outpoint_field (json, "txid", RPC_JSON_STRING, "string", error)
      || !check_outpoint_field (json, "vout", RPC_JSON_NUMBER, "number", error))
    return FALSE;
  if (!rpc_hash_from_json (rpc_json_get (json, "txid"), "txid", outpoint->txid32, error)
      || !rpc_int32_from_json (rpc_json_get (json, "vout"), &n, error))
    return FALSE;
  if (n < 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, vout cannot be negative");
  outpoint->n = (guint32) n;
  tx = wallet_tracker_get_tx (wallet->tracker, outpoint->txid32);
  if (tx == NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, unknown transaction");
  if (n >= tx->tx->n_out)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, vout index out of bounds");
  if (wallet_tracker_is_spent (wallet->tracker, outpoint))
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, expected unspent output");
  if (unlock && !wallet_tracker_is_locked (wallet->tracker, outpoint))
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, expected locked output");
  return TRUE;
}

static RpcJson *
lock_unspent_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (GArray) outpoints = g_array_new (FALSE, FALSE, sizeof (BtcOutpoint));
  gboolean unlock = rpc_call_bool (call, 0, FALSE), persist = rpc_call_bool (call, 2, FALSE);
  BtcOutpoint outpoint;

  for (gsize i = 0; i < rpc_json_len (call->args[1]); i++) {
    if (!read_outpoint (wallet, rpc_json_at (call->args[1], i), unlock, &outpoint, error))
      return NULL;
    if (!unlock && !persist && wallet_tracker_is_locked (wallet->tracker, &outpoint))
      return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid parameter, output already locked");
    g_array_append_val (outpoints, outpoint);
  }
  if (call->args[1] == NULL && unlock) {
    g_autoptr (GArray) all = wallet_tracker_list_locked (wallet->tracker);
    g_array_append_vals (outpoints, all->data, all->len);
  }
  for (guint i = 0; i < outpoints->len; i++) {
    const BtcOutpoint *at = &g_array_index (outpoints, BtcOutpoint, i);
    if (unlock)
      wallet_tracker_unlock_coin (wallet->tracker, at, batch);
    else
      wallet_tracker_lock_coin (wallet->tracker, at, persist, batch);
  }
  return wallet_tracker_commit_later (wallet->tracker, batch, error) ? rpc_json_new_bool (TRUE) : NULL;
}

static void
lock_unspent (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, lock_unspent_body);
}

static RpcJson *
list_locked_body (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (GArray) all = wallet_tracker_list_locked (wallet->tracker);
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < all->len; i++) {
    const BtcOutpoint *at = &g_array_index (all, BtcOutpoint, i);
    RpcJson *entry = rpc_json_new_object ();
    rpc_json_set (entry, "txid", rpc_json_new_hash (at->txid32));
    rpc_json_set (entry, "vout", rpc_json_new_int (at->n));
    rpc_json_append (list, entry);
  }
  return list;
}

static void
list_locked (RpcCall *call, GTask *task)
{
  wallet_rpc_run_synced (call, task, list_locked_body);
}

static const RpcMethod methods[] = {
  { "Wallet",
    "listunspent",
    NULL,
    "Lists the unspent outputs of this wallet.",
    { { "minconf", RPC_ARG_INT, FALSE, "The minimum number of confirmations.", .fallback = "1" },
      { "maxconf", RPC_ARG_INT, FALSE, "The maximum number of confirmations.", .fallback = "9999999" },
      { "addresses", RPC_ARG_ARRAY, FALSE, "Only outputs to these addresses.", .shape = "[str]",
        .shown = "[\"address\",...]", .fallback = "[]" },
      { "include_unsafe", RPC_ARG_BOOL, FALSE, "Include unconfirmed outputs received from others.",
        .fallback = "true" },
      { "query_options", RPC_ARG_OPTIONS, FALSE, "Further conditions on the outputs and on the list.",
        "{minimumAmount?: amount = \"0.00\", maximumAmount?: amount, maximumCount?: num, minimumSumAmount?: amount, "
        "include_immature_coinbase?: bool = false}",
        "query_options" } },
    RPC_RUN_DEFERRED,
    list_unspent,
    .result
    = "[{txid: hex, vout: num, address?: str, label?: str, scriptPubKey: str, amount: amount, confirmations: num, "
      "ancestorcount?: num, ancestorsize?: num, ancestorfees?: amount, redeemScript?: hex, witnessScript?: str, "
      "spendable: bool, solvable: bool, reused?: bool, desc?: str, parent_descs: [str], safe: bool}]" },
  { "Wallet",
    "lockunspent",
    NULL,
    "Locks unspent outputs, or unlocks them.",
    { { "unlock", RPC_ARG_BOOL, TRUE, "Whether to unlock (true) or lock (false)." },
      { "transactions", RPC_ARG_ARRAY, FALSE, "Objects with txid and vout; omitted: all, to be unlocked.",
        .shape = "[{txid: hex, vout: num}]", .fallback = "[]" },
      { "persistent", RPC_ARG_BOOL, FALSE, "Whether the lock survives a restart.", .fallback = "false" } },
    RPC_RUN_DEFERRED,
    lock_unspent,
    .result = "bool" },
  { "Wallet",
    "listlockunspent",
    NULL,
    "Lists the locked outputs.",
    { { NULL } },
    RPC_RUN_DEFERRED,
    list_locked,
    .result = "[{txid: hex, vout: num}]" },
};

WalletRpcGroup
wallet_rpc_coins (void)
{
  return (WalletRpcGroup){ methods, G_N_ELEMENTS (methods) };
}
