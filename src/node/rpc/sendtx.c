#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"
#include "common/hex.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "rpc/tx/tx_hex.h"

/* Submits transactions to the mempool. */

#define MAX_PACKAGE 25
#define DEFAULT_MAX_FEE_RATE (BTC_COIN / 10) /* satoshi per 1,000 virtual bytes */

/* Argument I as a fee rate; 0: no limit. */
static gboolean
get_max_fee_rate (RpcCall *call, guint i, gint64 *rate_sat, GError **error)
{
  *rate_sat = DEFAULT_MAX_FEE_RATE;
  if (call->args[i] == NULL)
    return TRUE;
  if (!rpc_amount_from_json (call->args[i], rate_sat, error))
    return FALSE;
  return *rate_sat < BTC_COIN
         || rpc_refuse (error, RPC_INVALID_PARAMETER, "Fee rates larger than or equal to 1BTC/kvB are not accepted");
}

static gboolean
pays_too_much (const NodeMempoolResult *result, gint64 max_rate_sat)
{
  return max_rate_sat > 0 && result->fee_sat > max_rate_sat * result->vsize / 1000;
}

typedef struct {
  BtcTx *tx;
  NodeMempoolTested tested;
  NodeCoins *coins; /* set when the transaction was rejected */
} Sending;

static gpointer
fail_confirmed (GError **error)
{
  return rpc_fail (error, RPC_VERIFY_ALREADY_IN_UTXO_SET, "Transaction outputs already in utxo set");
}

static gpointer
fail_verdict (GError **error, const BtcVerdict *verdict)
{
  g_autofree char *text = btc_verdict_dup_text (verdict);

  if (verdict->verdict == BTC_VERDICT_MISSING_INPUTS)
    return rpc_fail (error, RPC_VERIFY_ERROR, "%s", "bad-txns-inputs-missingorspent");
  return rpc_fail (error, RPC_VERIFY_REJECTED, "%s", text);
}

/* TRUE if it is in the mempool already: then it is marked to be broadcast again. */
static RpcJson *
find_submitted_tx (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const Sending *sending = data;
  gboolean waits = node_mempool_find (mempool, sending->tx->txid32) != NULL;

  if (!waits && node_mempool_is_confirmed (mempool, sending->tx))
    return fail_confirmed (error);
  node_mempool_set_unbroadcast (mempool, sending->tx->txid32);
  return rpc_json_new_bool (waits);
}

static RpcJson *
accept_tx (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const Sending *sending = data;
  GError *problem = NULL;
  BtcVerdict verdict;

  if (node_mempool_accept_tested (mempool, sending->tx, &sending->tested, &verdict, &problem)) {
    node_mempool_set_unbroadcast (mempool, sending->tx->txid32);
    return rpc_json_new_hash (sending->tx->txid32);
  }
  return problem != NULL ? node_rpc_fail_disk (error, problem) : fail_verdict (error, &verdict);
}

static RpcJson *
get_coins (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  ((Sending *) data)->coins = node_chain_coins (chain);
  return rpc_json_new_null ();
}

/* FALSE: TX would be rejected for the reason in *VERDICT, or there is an ERROR. */
static gboolean
test_tx (RpcCall *call,
         BtcTx *tx,
         NodeMempoolTested *tested,
         NodeMempoolResult *result,
         BtcVerdict *verdict,
         GError **error)
{
  GError *problem = NULL;

  if (node_mempool_test (node_rpc_context (call)->mempool, tx, call->cancellable, tested, result, verdict, &problem))
    return TRUE;
  if (problem != NULL && problem->domain == G_IO_ERROR)
    return node_rpc_fail_closed (error, problem);
  if (problem != NULL)
    node_rpc_fail_disk (error, problem);
  return FALSE;
}

static RpcJson *
send_tx (RpcCall *call, Sending *sending, gint64 max_rate_sat, GError **error)
{
  g_autoptr (RpcJson) found = node_rpc_run (call, NODE_JOB_TRANSACTIONS, find_submitted_tx, sending, error),
                      refused = NULL;
  NodeMempoolResult result = { 0 };
  GError *problem = NULL;
  BtcVerdict verdict;
  gboolean good, too_much;

  if (found == NULL)
    return NULL;
  if (rpc_json_bool (found))
    return rpc_json_new_hash (sending->tx->txid32);
  good = test_tx (call, sending->tx, &sending->tested, &result, &verdict, &problem);
  too_much = good && pays_too_much (&result, max_rate_sat);
  node_mempool_result_clear (&result);
  if (too_much)
    return rpc_fail (error, RPC_VERIFY_ERROR, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
  if (good)
    return node_rpc_run (call, NODE_JOB_TRANSACTIONS, accept_tx, sending, error);
  if (problem != NULL) {
    g_propagate_error (error, problem);
    return NULL;
  }
  refused = node_rpc_on_chain (call, get_coins, sending, error);
  return refused != NULL ? fail_verdict (error, &verdict) : NULL;
}

static RpcJson *
look_up_output (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  gboolean found = FALSE;
  BtcCoin coin;

  return rpc_json_new_bool (node_coins_peek (node_chain_coins (chain), data, &coin, scripts, &found, NULL) && found);
}

/* Whether a rejected transaction has an unspent output: then it is in a block already. The coins on disk are searched
 * on this thread; they may have been spent since. */
static gboolean
is_confirmed (RpcCall *call, const Sending *sending)
{
  BtcOutpoint outpoint;

  memcpy (outpoint.txid32, sending->tx->txid32, 32);
  for (outpoint.n = 0; outpoint.n < sending->tx->n_out && !g_cancellable_is_cancelled (call->cancellable);
       outpoint.n++) {
    g_autoptr (RpcJson) unspent = NULL;

    if (node_coins_is_on_disk (sending->coins, &outpoint))
      unspent = node_rpc_on_chain (call, look_up_output, &outpoint, NULL);
    if (unspent != NULL && rpc_json_bool (unspent))
      return TRUE;
  }
  return FALSE;
}

static gboolean
burns_too_much (const BtcTx *tx, gint64 max_burn_sat)
{
  for (guint32 i = 0; i < tx->n_out; i++)
    if ((btc_script_is_unspendable (tx->out[i].script) || !rpc_script_has_valid_ops (tx->out[i].script))
        && tx->out[i].value_sat > max_burn_sat)
      return TRUE;
  return FALSE;
}

static RpcJson *
run_sendrawtransaction (RpcCall *call, GError **error)
{
  g_autoptr (BtcTx) tx = NULL;
  gint64 max_burn_sat = 0, max_rate_sat;
  Sending sending = { 0 };
  RpcJson *sent;

  if (call->args[2] != NULL && !rpc_amount_from_json (call->args[2], &max_burn_sat, error))
    return NULL;
  tx = rpc_tx_from_hex (rpc_call_string (call, 0));
  if (tx == NULL)
    return rpc_fail (error, RPC_DESERIALIZATION_ERROR, "TX decode failed. Make sure the tx has at least one input.");
  if (burns_too_much (tx, max_burn_sat))
    return rpc_fail (error, RPC_VERIFY_ERROR, "Unspendable output exceeds maximum configured by user (maxburnamount)");
  if (!get_max_fee_rate (call, 1, &max_rate_sat, error))
    return NULL;
  sending.tx = tx;
  sent = send_tx (call, &sending, max_rate_sat, error);
  if (sent != NULL || sending.coins == NULL || !is_confirmed (call, &sending))
    return sent;
  g_clear_error (error);
  return fail_confirmed (error);
}

static RpcJson *
make_fees (const BtcTx *tx, const NodeMempoolResult *result)
{
  RpcJson *fees = rpc_json_new_object (), *includes = rpc_json_new_array ();

  rpc_json_append (includes, rpc_json_new_hash (tx->wtxid32));
  rpc_json_set (fees, "base", rpc_json_new_amount (result->fee_sat));
  rpc_json_set (fees, "effective-feerate", rpc_json_new_amount (result->fee_rate_sat_per_kvb));
  rpc_json_set (fees, "effective-includes", includes);
  return fees;
}

static void
describe_refusal (RpcJson *json, const BtcVerdict *verdict)
{
  g_autofree char *text = btc_verdict_dup_text (verdict);

  if (verdict->verdict == BTC_VERDICT_MISSING_INPUTS) {
    rpc_json_set (json, "reject-reason", rpc_json_new_string ("missing-inputs"));
    return;
  }
  rpc_json_set (json, "reject-reason", rpc_json_new_string (verdict->reason));
  rpc_json_set (json, "reject-details", rpc_json_new_string (text));
}

/* What is the same for every result: the IDs. */
static RpcJson *
new_test_result (const BtcTx *tx)
{
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "txid", rpc_json_new_hash (tx->txid32));
  rpc_json_set (json, "wtxid", rpc_json_new_hash (tx->wtxid32));
  return json;
}

/* FALSE: it pays too much, so that nothing that follows would be sent. */
static gboolean
describe_member (RpcJson *json, const BtcTx *tx, const NodeMempoolMember *member, gint64 max_rate_sat)
{
  gboolean good = member->verdict.verdict == BTC_VERDICT_OK;
  gboolean too_much = good && pays_too_much (&member->result, max_rate_sat);

  rpc_json_set (json, "allowed", rpc_json_new_bool (good && !too_much));
  if (too_much) {
    rpc_json_set (json, "reject-reason", rpc_json_new_string ("max-fee-exceeded"));
  } else if (good) {
    rpc_json_set (json, "vsize_adjusted", rpc_json_new_int (member->result.vsize));
    rpc_json_set (json, "vsize", rpc_json_new_int (member->result.vsize));
    rpc_json_set (json, "vsize_bip141", rpc_json_new_int (btc_tx_vsize (tx)));
    rpc_json_set (json, "fees", make_fees (tx, &member->result));
  } else {
    describe_refusal (json, &member->verdict);
  }
  return !too_much;
}

static RpcJson *
describe_members (const GPtrArray *txs,
                  const NodeMempoolMember *members,
                  const BtcVerdict *verdict,
                  gint64 max_rate_sat)
{
  g_autofree char *refusal = verdict->verdict != BTC_VERDICT_OK ? btc_verdict_dup_text (verdict) : NULL;
  RpcJson *list = rpc_json_new_array ();
  gboolean goes_on = TRUE;

  for (guint i = 0; i < txs->len; i++) {
    const BtcTx *tx = g_ptr_array_index (txs, i);
    RpcJson *json = new_test_result (tx);

    if (refusal != NULL)
      rpc_json_set (json, "package-error", rpc_json_new_string (refusal));
    if (goes_on && members[i].is_known)
      goes_on = describe_member (json, tx, &members[i], max_rate_sat);
    rpc_json_append (list, json);
  }
  return list;
}

static gboolean
test_one (RpcCall *call, BtcTx *tx, NodeMempoolMember *member, GError **error)
{
  NodeMempoolTested tested;
  GError *problem = NULL;

  member->is_known = TRUE;
  if (test_tx (call, tx, &tested, &member->result, &member->verdict, &problem))
    node_mempool_result_clear (&member->result);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, problem);
  return FALSE;
}

static gboolean
test_all (RpcCall *call, GPtrArray *txs, NodeMempoolMember *members, BtcVerdict *verdict, GError **error)
{
  GError *problem = NULL;

  btc_verdict_clear (verdict);
  if (txs->len == 1)
    return test_one (call, g_ptr_array_index (txs, 0), members, error);
  if (node_mempool_test_package (node_rpc_context (call)->mempool, txs, call->cancellable, members, verdict, &problem))
    return TRUE;
  node_rpc_fail_job (error, problem);
  return FALSE;
}

static BtcTx *
read_raw_tx (const RpcJson *json, GError **error)
{
  const char *text = rpc_string_from_json (json, error);
  BtcTx *tx = text != NULL ? rpc_tx_from_hex (text) : NULL;

  if (text != NULL && tx == NULL)
    rpc_fail (error, RPC_DESERIALIZATION_ERROR, "TX decode failed: %s Make sure the tx has at least one input.", text);
  return tx;
}

static RpcJson *
run_testmempoolaccept (RpcCall *call, GError **error)
{
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  NodeMempoolMember members[MAX_PACKAGE] = { 0 };
  gsize n = rpc_json_len (call->args[0]);
  gint64 max_rate_sat;
  BtcVerdict verdict;

  if (n < 1 || n > MAX_PACKAGE)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Array must contain between 1 and %d transactions.", MAX_PACKAGE);
  if (!get_max_fee_rate (call, 1, &max_rate_sat, error))
    return NULL;
  for (gsize i = 0; i < n; i++) {
    BtcTx *tx = read_raw_tx (rpc_json_at (call->args[0], i), error);
    if (tx == NULL)
      return NULL;
    g_ptr_array_add (txs, tx);
  }
  if (!test_all (call, txs, members, &verdict, error))
    return NULL;
  return describe_members (txs, members, &verdict, max_rate_sat);
}

static const RpcMethod methods[] = {
  { "Rawtransactions",
    "sendrawtransaction",
    run_sendrawtransaction,
    "Submits a transaction to the mempool, which relays it.\n\n\"hex\"    (string) The transaction ID",
    { { "hexstring", RPC_ARG_HEX, TRUE, "The transaction in hex" },
      { "maxfeerate", RPC_ARG_AMOUNT, FALSE, "The maximum fee rate in BTC/kvB (0: no limit)", .fallback = "\"0.10\"" },
      { "maxburnamount", RPC_ARG_AMOUNT, FALSE, "The maximum value of unspendable outputs in BTC",
        .fallback = "\"0.00\"" } },
    .result = "hex" },
  { "Rawtransactions",
    "testmempoolaccept",
    run_testmempoolaccept,
    "Checks whether transactions would be accepted to the mempool, each for itself or spending each other.",
    { { "rawtxs", RPC_ARG_ARRAY, TRUE, "Up to 25 transactions in hex, parents first", .shape = "[hex]",
        .shown = "[\"rawtx\",...]" },
      { "maxfeerate", RPC_ARG_AMOUNT, FALSE, "The maximum fee rate in BTC/kvB (0: no limit)",
        .fallback = "\"0.10\"" } },
    .result = "[{txid: hex, wtxid: hex, package-error?: str, allowed?: bool, vsize_adjusted?: num, vsize?: num, "
              "vsize_bip141?: num, fees?: {base: amount, effective-feerate: amount, effective-includes: [hex]}, "
              "reject-reason?: str, reject-details?: str}]" },
};

void
node_rpc_add_sending (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
