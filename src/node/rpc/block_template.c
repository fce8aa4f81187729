#include <string.h>

#include "bitcoin/consensus/versionbits.h"
#include "bitcoin/primitives/hash_key.h"
#include "common/hex.h"
#include "node/mining/mining.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/header_json.h"
#include "node/rpc/longpoll.h"
#include "node/rpc/network.h"

/* getblocktemplate: BIP 22, 23, 9 and 145. */

#define MAX_BLOCK_SERIALIZED_SIZE 4000000
#define WITNESS_SCALE 4

typedef struct {
  gboolean segwit; /* the caller supports segwit */
  gboolean signet;
} Rules;

/* ---- proposals ---- */

static RpcJson *
describe_known (NodeChain *chain, const NodeBlock *known)
{
  NodeBlockRecord record;
  gboolean checked;

  node_block_tree_get_record (node_chain_tree (chain), known, &record, NULL);
  if ((record.status & (NODE_BLOCK_FAILED | NODE_BLOCK_FAILED_CHILD)) != 0)
    return rpc_json_new_string ("duplicate-invalid");
  /* The scripts of the genesis block are never verified. */
  checked = known->height > 0 && (record.status & NODE_BLOCK_VALID_MASK) >= NODE_BLOCK_VALID_SCRIPTS;
  return rpc_json_new_string (checked ? "duplicate" : "duplicate-inconclusive");
}

static RpcJson *
template_test_proposal (RpcCall *call, BtcBlock *block, GError **error)
{
  NodeChain *chain = node_rpc_context (call)->chain;
  const NodeBlock *known = node_chain_find (chain, block->hash32);
  GError *problem = NULL;
  BtcVerdict verdict;

  if (known != NULL)
    return describe_known (chain, known);
  if (!node_chain_test_block (chain, block, FALSE, TRUE, call->cancellable, &verdict, &problem))
    return node_rpc_fail_job (error, problem);
  if (verdict.verdict == BTC_VERDICT_OK)
    return rpc_json_new_null ();
  return rpc_json_new_string (verdict.reason != NULL ? verdict.reason : "rejected");
}

static RpcJson *
template_check_proposal (RpcCall *call, const RpcJson *request, GError **error)
{
  const char *text = rpc_json_string (rpc_json_get (request, "data"));
  g_autoptr (GBytes) bytes = text != NULL ? common_hex_decode_bytes (text) : NULL;
  g_autoptr (BtcBlock) block = bytes != NULL ? btc_block_new_prefix (bytes) : NULL;

  if (text == NULL)
    return rpc_fail (error, RPC_TYPE_ERROR, "Missing data String key for proposal");
  if (block == NULL)
    return rpc_fail (error, RPC_DESERIALIZATION_ERROR, "Block decode failed");
  return template_test_proposal (call, block, error);
}

/* ---- templates ---- */

static RpcJson *
names_to_json (const char *const *words)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; words[i] != NULL; i++)
    rpc_json_append (list, rpc_json_new_string (words[i]));
  return list;
}

/* The indexes in the block of the parents of TX. */
static RpcJson *
make_depends (GHashTable *places, const BtcTx *tx)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint32 i = 0; i < tx->n_in; i++) {
    gpointer place = g_hash_table_lookup (places, tx->in[i].prevout.txid32);
    if (place != NULL)
      rpc_json_append (list, rpc_json_new_int (GPOINTER_TO_UINT (place)));
  }
  return list;
}

static RpcJson *
make_tx (const NodeTemplate *made, guint32 n, GHashTable *places, gboolean segwit)
{
  const BtcTx *tx = &made->block->txs[n];
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "data", rpc_json_new_hex (tx->bytes.data, tx->bytes.len));
  rpc_json_set (json, "txid", rpc_json_new_hash (tx->txid32));
  rpc_json_set (json, "hash", rpc_json_new_hash (tx->wtxid32));
  rpc_json_set (json, "depends", make_depends (places, tx));
  rpc_json_set (json, "fee", rpc_json_new_int (made->fees_sat[n]));
  rpc_json_set (json, "sigops", rpc_json_new_int (made->sigop_cost[n] / (segwit ? 1 : WITNESS_SCALE)));
  rpc_json_set (json, "weight", rpc_json_new_int (btc_tx_weight (tx)));
  return json;
}

static RpcJson *
make_txs (const NodeTemplate *made, gboolean segwit)
{
  g_autoptr (GHashTable) places = g_hash_table_new (btc_hash32_hash, btc_hash32_equal);
  RpcJson *list = rpc_json_new_array ();

  for (guint32 i = 1; i < made->block->n_txs; i++) {
    rpc_json_append (list, make_tx (made, i, places, segwit));
    g_hash_table_insert (places, (gpointer) made->block->txs[i].txid32, GUINT_TO_POINTER (i));
  }
  return list;
}

/* A rule with ! changes what a miner must do: a miner that does not support it must not use the template. */
static void
add_rules (RpcJson *json, NodeChain *chain, const NodeBlock *tip, gboolean segwit)
{
  const BtcParams *params = node_chain_params (chain);
  BtcPrevContext prev = node_block_prev_context (tip);
  BtcDeploymentState state = btc_deployment_state_after (&params->testdummy, &prev, NULL);
  RpcJson *rules = rpc_json_new_array (), *available = rpc_json_new_object ();

  rpc_json_append (rules, rpc_json_new_string ("csv"));
  if (segwit) {
    rpc_json_append (rules, rpc_json_new_string ("!segwit"));
    rpc_json_append (rules, rpc_json_new_string ("taproot"));
  }
  if (params->signet)
    rpc_json_append (rules, rpc_json_new_string ("!signet"));
  if (state == BTC_DEPLOYMENT_ACTIVE)
    rpc_json_append (rules, rpc_json_new_string (params->testdummy.name));
  if (state == BTC_DEPLOYMENT_STARTED || state == BTC_DEPLOYMENT_LOCKED_IN)
    rpc_json_set (available, params->testdummy.name, rpc_json_new_int (params->testdummy.bit));
  rpc_json_set (json, "rules", rules);
  rpc_json_set (json, "vbavailable", available);
  rpc_json_set (json, "vbrequired", rpc_json_new_int (0));
}

static RpcJson *
make_longpoll_id (const NodeTemplate *made)
{
  g_autofree char *tip = common_hex_encode_reversed (made->prev->hash32, 32);
  g_autofree char *id = g_strdup_printf ("%s%" G_GUINT64_FORMAT, tip, made->updates);

  return rpc_json_new_string (id);
}

static void
add_limits (RpcJson *json, gboolean segwit)
{
  guint scale = segwit ? 1 : WITNESS_SCALE;

  rpc_json_set (json, "noncerange", rpc_json_new_string ("00000000ffffffff"));
  rpc_json_set (json, "sigoplimit", rpc_json_new_int (BTC_MAX_BLOCK_SIGOPS_COST / scale));
  rpc_json_set (json, "sizelimit", rpc_json_new_int (MAX_BLOCK_SERIALIZED_SIZE / scale));
  if (segwit)
    rpc_json_set (json, "weightlimit", rpc_json_new_int (BTC_MAX_BLOCK_WEIGHT));
}

static RpcJson *
template_to_json (NodeMining *mining, const NodeTemplate *made)
{
  static const char *const capabilities[] = { "proposal", NULL };
  static const char *const mutable[] = { "time", "transactions", "prevblock", NULL };
  NodeChain *chain = node_mining_chain (mining);
  const BtcTx *coinbase = &made->block->txs[0];
  gboolean segwit = btc_params_buried_active (node_chain_params (chain), BTC_BURIED_SEGWIT, made->height);
  RpcJson *json = rpc_json_new_object ();
  gint64 min_time;
  BtcHeader header;

  node_mining_next_header (mining, made->prev, &header, &min_time);
  rpc_json_set (json, "capabilities", names_to_json (capabilities));
  rpc_json_set (json, "version", rpc_json_new_int (header.version));
  add_rules (json, chain, made->prev, segwit);
  rpc_json_set (json, "previousblockhash", rpc_json_new_hash (header.prev32));
  rpc_json_set (json, "transactions", make_txs (made, segwit));
  rpc_json_set (json, "coinbaseaux", rpc_json_new_object ());
  rpc_json_set (json, "coinbasevalue", rpc_json_new_int (coinbase->out[0].value_sat));
  rpc_json_set (json, "longpollid", make_longpoll_id (made));
  rpc_json_set (json, "target", node_rpc_new_target (header.bits));
  rpc_json_set (json, "mintime", rpc_json_new_int (min_time));
  rpc_json_set (json, "mutable", names_to_json (mutable));
  add_limits (json, segwit);
  rpc_json_set (json, "curtime", rpc_json_new_int (header.time));
  rpc_json_set (json, "bits", node_rpc_new_bits (header.bits));
  rpc_json_set (json, "height", rpc_json_new_int (made->height));
  node_rpc_add_signet_challenge (json, chain);
  rpc_json_set (json, "default_witness_commitment",
                rpc_json_new_hex (coinbase->out[1].script.data, coinbase->out[1].script.len));
  return json;
}

/* On networks other than test networks a template makes sense only with connections. */
static gboolean
check_connected (NodeChain *chain, GError **error)
{
  if (node_chain_params (chain)->network->network != BTC_NETWORK_MAIN)
    return TRUE;
  return rpc_refuse (error, RPC_CLIENT_NOT_CONNECTED, "Moneyrocket is not connected!");
}

static gboolean
check_rules (NodeChain *chain, const Rules *rules, GError **error)
{
  if (node_chain_params (chain)->signet && !rules->signet)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "getblocktemplate must be called with the signet rule set (call with {\"rules\": [\"segwit\", "
                       "\"signet\"]})");
  return rules->segwit
         || rpc_refuse (error, RPC_INVALID_PARAMETER,
                        "getblocktemplate must be called with the segwit rule set (call with {\"rules\": "
                        "[\"segwit\"]})");
}

static RpcJson *
template_make (RpcCall *call, const Rules *rules, GError **error)
{
  NodeMining *mining = node_rpc_context (call)->mining;
  g_autoptr (NodeTemplate) made = NULL;
  GError *problem = NULL;
  BtcVerdict verdict;

  if (!check_rules (node_mining_chain (mining), rules, error))
    return NULL;
  made = node_mining_get_template (mining, call->cancellable, &verdict, &problem);
  if (made != NULL)
    return template_to_json (mining, made);
  if (problem != NULL)
    return node_rpc_fail_job (error, problem);
  return rpc_fail (error, RPC_MISC_ERROR, "CreateNewBlock: TestBlockValidity failed: %s", verdict.reason);
}

static gboolean
read_rules (const RpcJson *list, Rules *rules, GError **error)
{
  if (rpc_json_type (list) != RPC_JSON_ARRAY)
    return TRUE;
  for (gsize i = 0; i < rpc_json_len (list); i++) {
    const char *name = rpc_json_string (rpc_json_at (list, i));
    if (name == NULL)
      return rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type string",
                         rpc_json_type_name (rpc_json_type (rpc_json_at (list, i))));
    rules->segwit |= g_str_equal (name, "segwit");
    rules->signet |= g_str_equal (name, "signet");
  }
  return TRUE;
}

typedef struct {
  gboolean proposal;
  Rules rules;
  const RpcJson *longpoll_id; /* NULL: none */
} Request;

static gboolean
read_request (RpcCall *call, Request *request, GError **error)
{
  const RpcJson *json = call->args[0], *mode = rpc_json_get (json, "mode");
  const RpcJson *longpoll_id = rpc_json_get (json, "longpollid");

  if (rpc_json_type (mode) != RPC_JSON_NULL && rpc_json_string (mode) == NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid mode");
  request->proposal = g_strcmp0 (rpc_json_string (mode), "proposal") == 0;
  if (request->proposal)
    return TRUE;
  if (!read_rules (rpc_json_get (json, "rules"), &request->rules, error))
    return FALSE;
  if (rpc_json_string (mode) != NULL && !g_str_equal (rpc_json_string (mode), "template"))
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid mode");
  request->longpoll_id = rpc_json_type (longpoll_id) != RPC_JSON_NULL ? longpoll_id : NULL;
  return check_connected (node_rpc_context (call)->chain, error);
}

static void
wait_getblocktemplate (RpcCall *call, GTask *task)
{
  Request request = { 0 };

  /* run_getblocktemplate() reports errors in the request. */
  if (read_request (call, &request, NULL) && request.longpoll_id != NULL) {
    node_rpc_longpoll (call, request.longpoll_id, task);
    return;
  }
  g_task_return_pointer (task, NULL, NULL);
  g_object_unref (task);
}

static RpcJson *
run_getblocktemplate (RpcCall *call, GError **error)
{
  Request request = { 0 };

  if (!read_request (call, &request, error))
    return NULL;
  return request.proposal ? template_check_proposal (call, call->args[0], error)
                          : template_make (call, &request.rules, error);
}

static const RpcMethod methods[] = {
  { "Mining",
    "getblocktemplate",
    run_getblocktemplate,
    "Returns a template for the next block, or with the mode \"proposal\" checks whether a block would be valid. See "
    "BIP 22, 23, 9 and 145.\n\nThe template; for a proposal null, or a BIP 22 reject reason",
    { { "template_request", RPC_ARG_OBJECT, TRUE,
        "{ \"rules\": [\"segwit\", ...], \"mode\": \"template\" or \"proposal\", \"longpollid\": wait for a better one "
        "than this, \"data\": a proposed block in hex }",
        .shape = "{mode?: str, capabilities?: [str], rules: [str], longpollid?: str, data?: hex}",
        .shown = "{\"mode\":\"str\",\"capabilities\":[\"str\",...],\"rules\":[\"segwit\",\"str\",...],\"longpollid\":"
                 "\"str\",\"data\":\"hex\"}" } },
    RPC_RUN_DEFERRED,
    wait_getblocktemplate,
    .result = "null | str | {version: num, rules: [str], vbavailable: {*: num}, capabilities: [str], vbrequired: num, "
              "previousblockhash: str, transactions: [{data: hex, txid: hex, hash: hex, depends: [num], fee: num, "
              "sigops: num, weight: num}], coinbaseaux: {*: hex}, coinbasevalue: num, longpollid: str, target: str, "
              "mintime: time, mutable: [str], noncerange: hex, sigoplimit: num, sizelimit: num, weightlimit?: num, "
              "curtime: time, bits: str, height: num, signet_challenge?: hex, default_witness_commitment?: hex}" },
};

void
node_rpc_add_block_template (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
