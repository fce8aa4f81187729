/* The arguments of listunspent, and the selection of its coins. */
#include "bitcoin/primitives/amount.h"
#include "wallet/rpc/methods.h"

typedef struct {
  gint64 min_depth;
  gint64 max_depth;
  gboolean unsafe;
  /* query_options */
  gint64 min_sat; /* of each coin */
  gint64 max_sat;
  gint64 sum_sat; /* stops when the coins have this sum; BTC_MAX_MONEY: no limit */
  gint64 count;   /* stops after this many coins; 0 or less: no limit */
  gboolean immature;
} UnspentQuery;

/* The scripts of the addresses of the third argument as a set; NULL with ERROR if one is invalid. */
static GHashTable *
read_filter (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (GHashTable) set
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

  for (gsize i = 0; i < rpc_json_len (call->args[2]); i++) {
    const RpcJson *item = rpc_json_at (call->args[2], i);
    const char *address = rpc_json_string (item);
    g_autoptr (GBytes) script = NULL;
    if (address == NULL)
      return rpc_fail (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type string",
                       rpc_json_type_name (rpc_json_type (item)));
    script = wallet_rpc_script (wallet, address, error);
    if (script == NULL)
      return NULL;
    if (!g_hash_table_add (set, g_bytes_ref (script)))
      return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid parameter, duplicated address: %s", address);
  }
  return g_steal_pointer (&set);
}

static gboolean
check_query_types (const RpcJson *options, GError **error)
{
  static const struct {
    const char *name;
    RpcJsonType type;
    const char *type_name; /* NULL: any type */
  } known[] = {
    { "include_immature_coinbase", RPC_JSON_BOOL, "bool" },
    { "maximumAmount", RPC_JSON_NULL, NULL },
    { "maximumCount", RPC_JSON_NUMBER, "number" },
    { "minimumAmount", RPC_JSON_NULL, NULL },
    { "minimumSumAmount", RPC_JSON_NULL, NULL },
  };
  gsize n_known = 0;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    const RpcJson *value = rpc_json_get (options, known[i].name);
    RpcJsonType type = rpc_json_type (value);

    n_known += value != NULL;
    if (value != NULL && known[i].type_name != NULL && type != known[i].type && type != RPC_JSON_NULL)
      return rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s for field %s is not of expected type %s",
                         rpc_json_type_name (type), known[i].name, known[i].type_name);
  }
  for (gsize i = 0; n_known < rpc_json_len (options) && i < rpc_json_len (options); i++) {
    const char *name = rpc_json_name_at (options, i);
    gboolean found = FALSE;

    for (guint k = 0; k < G_N_ELEMENTS (known); k++)
      found = found || g_str_equal (name, known[k].name);
    if (!found)
      return rpc_refuse (error, RPC_TYPE_ERROR, "Unexpected key %s", name);
  }
  return TRUE;
}

static gboolean
read_query_amount (const RpcJson *options, const char *name, gint64 *sat, GError **error)
{
  const RpcJson *value = rpc_json_get (options, name);

  return value == NULL || rpc_amount_from_json (value, sat, error);
}

static gboolean
read_query_options (RpcCall *call, UnspentQuery *query, GError **error)
{
  const RpcJson *options = call->args[4];
  const RpcJson *count, *immature;

  if (options == NULL)
    return TRUE;
  count = rpc_json_get (options, "maximumCount");
  immature = rpc_json_get (options, "include_immature_coinbase");
  if (!check_query_types (options, error) || !read_query_amount (options, "minimumAmount", &query->min_sat, error)
      || !read_query_amount (options, "maximumAmount", &query->max_sat, error)
      || !read_query_amount (options, "minimumSumAmount", &query->sum_sat, error)
      || (count != NULL && !rpc_int_from_json (count, &query->count, error)))
    return FALSE;
  if (immature != NULL && rpc_json_type (immature) == RPC_JSON_NULL)
    return rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type null is not of expected type bool");
  query->immature = immature != NULL && rpc_json_bool (immature);
  return TRUE;
}

/* Reads the arguments; *SCRIPTS becomes those of the addresses. */
static gboolean
read_unspent_query (RpcCall *call, Wallet *wallet, UnspentQuery *query, GHashTable **scripts, GError **error)
{
  *query
      = (UnspentQuery){ .unsafe = rpc_call_bool (call, 3, TRUE), .max_sat = BTC_MAX_MONEY, .sum_sat = BTC_MAX_MONEY };
  if (!wallet_rpc_int (call, 0, 1, &query->min_depth, error)
      || !wallet_rpc_int (call, 1, 9999999, &query->max_depth, error))
    return FALSE;
  *scripts = read_filter (call, wallet, error);
  return *scripts != NULL && read_query_options (call, query, error);
}

static gboolean
unspent_matches (Wallet *wallet, const WalletCoin *coin, const UnspentQuery *query)
{
  gint32 depth = wallet_tracker_confirmations (wallet->tracker, coin->tx);
  gint64 sat = coin->out->value_sat;

  if (coin->locked || depth < query->min_depth || depth > query->max_depth
      || (depth == 0 && coin->tx->state != WALLET_TX_MEMPOOL) || sat < query->min_sat || sat > query->max_sat
      || (!query->immature && wallet_tracker_is_immature (wallet->tracker, coin->tx)))
    return FALSE;
  return query->unsafe || wallet_tracker_is_safe (wallet->tracker, coin->tx);
}

GPtrArray *
wallet_rpc_select_unspent (RpcCall *call, Wallet *wallet, GError **error)
{
  g_autoptr (GPtrArray) coins = wallet_tracker_list_coins (wallet->tracker);
  g_autoptr (GHashTable) filter = NULL;
  gint64 sum_sat = 0, n = 0;
  UnspentQuery query;
  GPtrArray *listed;

  if (!read_unspent_query (call, wallet, &query, &filter, error))
    return NULL;
  listed = g_ptr_array_new ();
  for (guint i = 0; i < coins->len; i++) {
    const WalletCoin *coin = g_ptr_array_index (coins, i);
    g_autoptr (GBytes) script = g_bytes_new_static (coin->out->script.data, coin->out->script.len);

    if (!unspent_matches (wallet, coin, &query))
      continue;
    if (g_hash_table_size (filter) == 0 || g_hash_table_contains (filter, script))
      g_ptr_array_add (listed, (gpointer) coin);
    /* As in the reference, coins to other addresses count, too. */
    n++;
    if (!btc_amount_add (sum_sat, coin->out->value_sat, &sum_sat)
        || (query.sum_sat != BTC_MAX_MONEY && sum_sat >= query.sum_sat) || (query.count > 0 && n >= query.count))
      break;
  }
  return listed;
}
