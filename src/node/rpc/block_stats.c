#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/read_block.h"

/* getblockstats: sums, extremes and medians over the transactions of one block, all computed as integers. */

#define N_PERCENTILES 5
/* The size of a coin without its output: outpoint, height and coinbase flag. */
#define COIN_OVERHEAD (36 + 4)
#define MAX_BLOCK_BYTES 4000000

typedef struct {
  gint64 rate;
  gint64 weight;
} Rate;

typedef struct {
  gboolean counts_coins; /* the outputs of its coinbase became coins */
  gint64 max_fee, max_rate, min_fee, min_rate, total_out, total_fee, inputs, outputs;
  gint64 max_size, min_size, witness_size, witness_weight, witness_txs, total_size, total_weight;
  gint64 coins, coin_bytes, coin_bytes_actual;
  GArray *fees;  /* gint64 */
  GArray *sizes; /* gint64 */
  GArray *rates; /* Rate */
} Stats;

static gint64
output_size (const BtcTxOut *out)
{
  return (gint64) (8 + btc_compact_len (out->script.len) + out->script.len) + COIN_OVERHEAD;
}

static gint64
count_outputs (Stats *stats, const BtcTx *tx)
{
  gint64 sum = 0;

  stats->outputs += tx->n_out;
  for (guint32 n = 0; n < tx->n_out; n++) {
    gint64 size = output_size (&tx->out[n]);

    sum += tx->out[n].value_sat;
    stats->coin_bytes += size;
    if (!stats->counts_coins || btc_script_is_unspendable (tx->out[n].script))
      continue;
    stats->coins++;
    stats->coin_bytes_actual += size;
  }
  return sum;
}

static void
count_size (Stats *stats, const BtcTx *tx)
{
  gint64 size = (gint64) tx->bytes.len;
  gint64 weight = btc_tx_weight (tx);

  g_array_append_val (stats->sizes, size);
  stats->max_size = MAX (stats->max_size, size);
  stats->min_size = MIN (stats->min_size, size);
  stats->total_size += size;
  stats->total_weight += weight;
  if (tx->has_witness) {
    stats->witness_txs++;
    stats->witness_size += size;
    stats->witness_weight += weight;
  }
}

static void
count_fee (Stats *stats, const BtcTx *tx, const BtcCoin *spent, gint64 out_sat)
{
  gint64 in_sat = 0, fee, weight = btc_tx_weight (tx);
  Rate rate = { 0, weight };

  for (guint32 i = 0; i < tx->n_in; i++) {
    gint64 size = output_size (&spent[i].out);

    in_sat += spent[i].out.value_sat;
    stats->coin_bytes -= size;
    stats->coin_bytes_actual -= size;
  }
  fee = in_sat - out_sat;
  g_array_append_val (stats->fees, fee);
  stats->max_fee = MAX (stats->max_fee, fee);
  stats->min_fee = MIN (stats->min_fee, fee);
  stats->total_fee += fee;
  rate.rate = weight > 0 ? fee * BTC_WITNESS_SCALE / weight : 0;
  g_array_append_val (stats->rates, rate);
  stats->max_rate = MAX (stats->max_rate, rate.rate);
  stats->min_rate = MIN (stats->min_rate, rate.rate);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;
  return x < y ? -1 : x > y;
}

static int
compare_fee_rates (gconstpointer a, gconstpointer b)
{
  const Rate *x = a, *y = b;
  int order = compare_numbers (&x->rate, &y->rate);
  return order != 0 ? order : compare_numbers (&x->weight, &y->weight);
}

static RpcJson *
make_median (GArray *numbers)
{
  gint64 median;

  if (numbers->len == 0)
    return rpc_json_new_int (0);
  g_array_sort (numbers, compare_numbers);
  median = g_array_index (numbers, gint64, numbers->len / 2);
  if (numbers->len % 2 == 0)
    median = (median + g_array_index (numbers, gint64, numbers->len / 2 - 1)) / 2;
  return rpc_json_new_int (median);
}

/* The fee rates at the 10th, 25th, 50th, 75th and 90th percentile of the weight. */
static RpcJson *
make_percentiles (GArray *rates, gint64 total_weight)
{
  static const int percent[N_PERCENTILES] = { 10, 25, 50, 75, 90 };
  RpcJson *list = rpc_json_new_array ();
  gint64 weight = 0;
  guint next = 0;

  g_array_sort (rates, compare_fee_rates);
  for (guint i = 0; i < rates->len; i++) {
    const Rate *rate = &g_array_index (rates, Rate, i);

    weight += rate->weight;
    for (; next < N_PERCENTILES && weight * 100 >= total_weight * percent[next]; next++)
      rpc_json_append (list, rpc_json_new_int (rate->rate));
  }
  for (; next < N_PERCENTILES; next++)
    rpc_json_append (list, rpc_json_new_int (rates->len > 0 ? g_array_index (rates, Rate, rates->len - 1).rate : 0));
  return list;
}

static RpcJson *
make_all (Stats *s, const NodeBlock *index, const BtcBlock *block, const BtcParams *params)
{
  gint64 others = (gint64) block->n_txs - 1;
  RpcJson *json = rpc_json_new_object ();
#define SET(name, value) rpc_json_set (json, name, rpc_json_new_int (value))

  SET ("avgfee", others > 0 ? s->total_fee / others : 0);
  SET ("avgfeerate", s->total_weight > 0 ? s->total_fee * BTC_WITNESS_SCALE / s->total_weight : 0);
  SET ("avgtxsize", others > 0 ? s->total_size / others : 0);
  rpc_json_set (json, "blockhash", rpc_json_new_hash (index->hash32));
  rpc_json_set (json, "feerate_percentiles", make_percentiles (s->rates, s->total_weight));
  SET ("height", index->height);
  SET ("ins", s->inputs);
  SET ("maxfee", s->max_fee);
  SET ("maxfeerate", s->max_rate);
  SET ("maxtxsize", s->max_size);
  rpc_json_set (json, "medianfee", make_median (s->fees));
  SET ("mediantime", node_block_median_time_past (index));
  rpc_json_set (json, "mediantxsize", make_median (s->sizes));
  SET ("minfee", s->min_fee == BTC_MAX_MONEY ? 0 : s->min_fee);
  SET ("minfeerate", s->min_rate == BTC_MAX_MONEY ? 0 : s->min_rate);
  SET ("mintxsize", s->min_size == MAX_BLOCK_BYTES ? 0 : s->min_size);
  SET ("outs", s->outputs);
  SET ("subsidy", btc_params_subsidy_sat (params, index->height));
  SET ("swtotal_size", s->witness_size);
  SET ("swtotal_weight", s->witness_weight);
  SET ("swtxs", s->witness_txs);
  SET ("time", index->header.time);
  SET ("total_out", s->total_out);
  SET ("total_size", s->total_size);
  SET ("total_weight", s->total_weight);
  SET ("totalfee", s->total_fee);
  SET ("txs", block->n_txs);
  SET ("utxo_increase", s->outputs - s->inputs);
  SET ("utxo_size_inc", s->coin_bytes);
  SET ("utxo_increase_actual", s->coins - s->inputs);
  SET ("utxo_size_inc_actual", s->coin_bytes_actual);
#undef SET
  return json;
}

static RpcJson *
compute (const NodeBlock *index, const BtcBlock *block, const BtcCoin *spent, const BtcParams *params)
{
  g_autoptr (GArray) fees = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) rates = g_array_new (FALSE, FALSE, sizeof (Rate));
  gboolean repeated = btc_params_bip30_repeat (index->height, index->hash32);
  Stats s = {
    .min_fee = BTC_MAX_MONEY,
    .min_rate = BTC_MAX_MONEY,
    .min_size = MAX_BLOCK_BYTES,
    .fees = fees,
    .sizes = sizes,
    .rates = rates,
  };

  for (guint32 i = 0; i < block->n_txs; i++) {
    const BtcTx *tx = &block->txs[i];
    gint64 out_sat;

    s.counts_coins = index->height > 0 && (i > 0 || !repeated);
    out_sat = count_outputs (&s, tx);
    if (i == 0)
      continue;
    s.inputs += tx->n_in;
    s.total_out += out_sat;
    count_size (&s, tx);
    count_fee (&s, tx, spent, out_sat);
    spent += tx->n_in;
  }
  return make_all (&s, index, block, params);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The statistics of ALL that argument 1 names, in the order of their names. */
static RpcJson *
select_stats (RpcCall *call, RpcJson *all, GError **error)
{
  const RpcJson *names = call->args[1];
  g_autoptr (RpcJson) json = rpc_json_new_object ();
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (gsize i = 0; i < rpc_json_len (names); i++) {
    const char *name = rpc_json_string (rpc_json_at (names, i));
    if (name == NULL)
      return rpc_fail (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type string",
                       rpc_json_type_name (rpc_json_type (rpc_json_at (names, i))));
    g_ptr_array_add (sorted, (gpointer) name);
  }
  g_ptr_array_sort (sorted, compare_names);
  for (guint i = 0; i < sorted->len; i++) {
    RpcJson *value = rpc_json_get (all, g_ptr_array_index (sorted, i));
    if (value == NULL)
      return rpc_fail (error, RPC_INVALID_PARAMETER, "Invalid selected statistic '%s'",
                       (const char *) g_ptr_array_index (sorted, i));
    rpc_json_set (json, g_ptr_array_index (sorted, i), rpc_json_ref (value));
  }
  return g_steal_pointer (&json);
}

static const NodeBlock *
block_stats_find_block (RpcCall *call, GError **error)
{
  NodeChain *chain = node_rpc_context (call)->chain;
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);

  return tip != NULL ? node_rpc_find_hash_or_height (chain, tip->block, call->args[0], error) : NULL;
}

static RpcJson *
run_getblockstats (RpcCall *call, GError **error)
{
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  g_autoptr (RpcJson) all = NULL;
  g_autoptr (BtcBlock) block = NULL;
  g_autofree BtcCoin *spent = NULL;
  const NodeBlock *index = block_stats_find_block (call, error);

  if (index == NULL)
    return NULL;
  block = node_rpc_read_block_and_spent (call, index, &spent, scripts, error);
  if (block == NULL)
    return NULL;
  all = compute (index, block, spent, node_rpc_context (call)->params);
  return rpc_json_len (call->args[1]) > 0 ? select_stats (call, all, error) : g_steal_pointer (&all);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "getblockstats",
    run_getblockstats,
    "Returns statistics of a block and its transactions. Amounts are in satoshi, fee rates in satoshi for each virtual "
    "byte.",
    { { "hash_or_height", RPC_ARG_ANY, TRUE, "The hash or height of the block", .shape = "int | str" },
      { "stats", RPC_ARG_ARRAY, FALSE, "The names of the statistics to return (default: all)", "[str]", "stats" } },
    .result = "{avgfee?: num, avgfeerate?: num, avgtxsize?: num, blockhash?: hex, feerate_percentiles?: (num, num, "
              "num, num, num), height?: num, ins?: num, maxfee?: num, maxfeerate?: num, maxtxsize?: num, medianfee?: "
              "num, mediantime?: num, mediantxsize?: num, minfee?: num, minfeerate?: num, mintxsize?: num, outs?: num, "
              "subsidy?: num, swtotal_size?: num, swtotal_weight?: num, swtxs?: num, time?: num, total_out?: num, "
              "total_size?: num, total_weight?: num, totalfee?: num, txs?: num, utxo_increase?: num, utxo_size_inc?: "
              "num, utxo_increase_actual?: num, utxo_size_inc_actual?: num}" },
};

void
node_rpc_add_block_stats (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
