#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/script/script.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/header_json.h"
#include "node/rpc/script_json.h"
#include "node/rpc/tx_json.h"

/* Looking at transactions and scripts. Sending them is in sendtx.c. */

static RpcJson *
run_decoderawtransaction (RpcCall *call, GError **error)
{
  BtcNetwork network = node_app_params (node_rpc_app (call))->network->network;
  g_autoptr (GBytes) bytes = rpc_call_hex (call, 0, error);
  g_autoptr (BtcTx) tx = NULL;
  RpcJson *json;

  if (bytes == NULL)
    return NULL;
  if (call->args[1] != NULL)
    tx = btc_tx_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), rpc_call_bool (call, 1, TRUE));
  else
    tx = node_rpc_parse_tx (bytes);
  if (tx == NULL)
    return rpc_fail (error, RPC_DESERIALIZATION_ERROR, "TX decode failed");
  json = rpc_json_new_object ();
  node_rpc_tx_add_json (json, tx, NULL, FALSE, FALSE, network);
  return json;
}

/* Whether SCRIPT could be hidden behind a hash: *SEGWIT also behind that of a witness. */
static gboolean
can_wrap (BtcSpan script, gboolean *segwit)
{
  BtcSpan data;
  BtcScriptType type = btc_script_classify (script, &data);

  *segwit = FALSE;
  if (btc_script_is_unspendable (script))
    return FALSE;
  switch (type) {
  case BTC_SCRIPT_PUBKEY:
    *segwit = data.len == 33;
    return TRUE;
  case BTC_SCRIPT_NONSTANDARD:
  case BTC_SCRIPT_PUBKEYHASH:
  case BTC_SCRIPT_MULTISIG:
    *segwit = TRUE;
    return TRUE;
  case BTC_SCRIPT_WITNESS_V0_KEYHASH:
  case BTC_SCRIPT_WITNESS_V0_SCRIPTHASH:
    return TRUE;
  case BTC_SCRIPT_SCRIPTHASH:
  case BTC_SCRIPT_NULL_DATA:
  case BTC_SCRIPT_WITNESS_V1_TAPROOT:
  case BTC_SCRIPT_ANCHOR:
  case BTC_SCRIPT_WITNESS_UNKNOWN:
    return FALSE;
  }
  return FALSE;
}

static char *
dup_p2sh_address (BtcSpan script, BtcNetwork network)
{
  g_autoptr (GByteArray) p2sh = g_byte_array_new ();
  guint8 hash20[20];

  btc_hash160 (script.data, script.len, hash20);
  btc_script_write_p2sh (p2sh, hash20);
  return btc_address_encode ((BtcSpan){ p2sh->data, p2sh->len }, network);
}

static RpcJson *
make_segwit (BtcSpan script, BtcNetwork network)
{
  g_autoptr (GByteArray) witness = g_byte_array_new ();
  g_autofree char *address = NULL;
  guint8 hash[32];
  BtcSpan data, span;
  BtcScriptType type = btc_script_classify (script, &data);
  RpcJson *json;

  if (type == BTC_SCRIPT_PUBKEY) {
    btc_hash160 (data.data, data.len, hash);
    btc_script_write_witness (witness, 0, hash, 20);
  } else if (type == BTC_SCRIPT_PUBKEYHASH) {
    btc_script_write_witness (witness, 0, data.data, data.len);
  } else {
    btc_sha256 (script.data, script.len, hash);
    btc_script_write_witness (witness, 0, hash, 32);
  }
  span = (BtcSpan){ witness->data, witness->len };
  json = node_rpc_script_to_json (span, network, TRUE);
  address = dup_p2sh_address (span, network);
  rpc_json_set (json, "p2sh-segwit", rpc_json_new_string (address));
  return json;
}

static RpcJson *
run_decodescript (RpcCall *call, GError **error)
{
  BtcNetwork network = node_app_params (node_rpc_app (call))->network->network;
  const char *text = rpc_call_string (call, 0);
  g_autoptr (GBytes) bytes = *text == '\0' ? g_bytes_new (NULL, 0) : rpc_call_hex (call, 0, error);
  BtcSpan script;
  gboolean segwit;
  RpcJson *json;

  if (bytes == NULL)
    return NULL;
  script.data = g_bytes_get_data (bytes, &script.len);
  json = node_rpc_script_to_json (script, network, FALSE);
  if (can_wrap (script, &segwit)) {
    g_autofree char *address = dup_p2sh_address (script, network);
    rpc_json_set (json, "p2sh", rpc_json_new_string (address));
    if (segwit)
      rpc_json_set (json, "segwit", make_segwit (script, network));
  }
  return json;
}

/* What getrawtransaction looks for, and what it found on the chain thread. */
typedef struct {
  guint8 txid32[32];
  gboolean in_block; /* the block was named */
  guint8 block32[32];
  gint64 verbosity;
  BtcTx *tx;
  NodeRpcPlace place; /* with in_block */
  gboolean active;
  guint32 vsize_adjusted;
} TxQuery;

static RpcJson *
find_in_mempool (NodeMempool *mempool, TxQuery *query, GError **error)
{
  const NodeMempoolEntry *entry = node_mempool_find (mempool, query->txid32);

  if (entry == NULL)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY,
                     "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain "
                     "transaction queries. Use gettransaction for wallet transactions.");
  query->tx = btc_tx_ref (entry->tx);
  query->vsize_adjusted = entry->vsize;
  return rpc_json_new_null ();
}

static RpcJson *
find_tx (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  TxQuery *query = data;
  const NodeBlock *block, *genesis = node_chain_at (chain, 0);

  if (memcmp (query->txid32, genesis->header.merkle_root32, 32) == 0)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY,
                     "The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved");
  if (!query->in_block)
    return find_in_mempool (mempool, query, error);
  block = node_chain_find (chain, query->block32);
  if (block == NULL)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Block hash not found");
  node_rpc_place_init (&query->place, chain, block);
  query->active = node_chain_contains (chain, block);
  return rpc_json_new_null ();
}

static gboolean
find_in_block (RpcCall *call, TxQuery *query, GError **error)
{
  NodeBlockFiles *files = node_chain_files (node_app_chain (node_rpc_app (call)));
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BtcBlock) block = NULL;

  if ((query->place.status & NODE_BLOCK_HAVE_DATA) == 0)
    return rpc_refuse (error, RPC_MISC_ERROR, "Block not available");
  bytes = node_block_files_read_block (files, query->place.file, query->place.data_pos, NULL);
  block = bytes != NULL ? btc_block_new (bytes) : NULL;
  if (block == NULL)
    return rpc_refuse (error, RPC_MISC_ERROR, "Block not found on disk");
  for (guint32 i = 0; i < block->n_txs && query->tx == NULL; i++)
    if (memcmp (block->txs[i].txid32, query->txid32, 32) == 0)
      query->tx = btc_tx_dup (&block->txs[i]);
  return query->tx != NULL
         || rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY,
                        "No such transaction found in the provided block. Use gettransaction for wallet transactions.");
}

static RpcJson *
show_tx (RpcCall *call, const TxQuery *query)
{
  BtcNetwork network = node_app_params (node_rpc_app (call))->network->network;
  RpcJson *json;

  if (query->verbosity <= 0)
    return node_rpc_tx_new_hex (query->tx);
  json = rpc_json_new_object ();
  if (query->in_block)
    rpc_json_set (json, "in_active_chain", rpc_json_new_bool (query->active));
  node_rpc_tx_add_json (json, query->tx, NULL, FALSE, TRUE, network);
  if (!query->in_block)
    rpc_json_set (json, "vsize_adjusted", rpc_json_new_int (query->vsize_adjusted));
  if (query->in_block) {
    rpc_json_set (json, "blockhash", rpc_json_new_hash (query->block32));
    rpc_json_set (json, "confirmations", rpc_json_new_int (MAX (query->place.confirmations, 0)));
    if (query->active) {
      rpc_json_set (json, "time", rpc_json_new_int (query->place.block->header.time));
      rpc_json_set (json, "blocktime", rpc_json_new_int (query->place.block->header.time));
    }
  }
  return json;
}

static gboolean
read_query (RpcCall *call, TxQuery *query, GError **error)
{
  if (!rpc_hash_from_json (call->args[0], "parameter 1", query->txid32, error))
    return FALSE;
  if (rpc_json_type (call->args[1]) == RPC_JSON_BOOL)
    query->verbosity = rpc_json_bool (call->args[1]);
  else if (call->args[1] != NULL && !rpc_int_from_json (call->args[1], &query->verbosity, error))
    return FALSE;
  query->in_block = call->args[2] != NULL;
  return !query->in_block || rpc_hash_from_json (call->args[2], "parameter 3", query->block32, error);
}

static RpcJson *
run_getrawtransaction (RpcCall *call, GError **error)
{
  TxQuery query = { 0 };
  g_autoptr (RpcJson) found = NULL;
  RpcJson *json = NULL;

  if (!read_query (call, &query, error))
    return NULL;
  found = node_rpc_on_chain (call, find_tx, &query, error);
  if (found != NULL && (!query.in_block || find_in_block (call, &query, error)))
    json = show_tx (call, &query);
  g_clear_pointer (&query.tx, btc_tx_unref);
  return json;
}

static const RpcMethod methods[] = {
  { "Rawtransactions",
    "decoderawtransaction",
    run_decoderawtransaction,
    "Shows what the bytes of a transaction mean.",
    { { "hexstring", RPC_ARG_HEX, TRUE, "The transaction in hex" },
      { "iswitness", RPC_ARG_BOOL, FALSE, "Whether it is in the form with witness (default: what fits)" } } },
  { "Rawtransactions",
    "decodescript",
    run_decodescript,
    "Shows what the bytes of a script mean.",
    { { "hexstring", RPC_ARG_HEX, TRUE, "The script in hex" } } },
  { "Rawtransactions",
    "getrawtransaction",
    run_getrawtransaction,
    "Gives a transaction that waits for a block, or that is in the block named: in hex with verbosity 0, with 1 as an "
    "object.",
    { { "txid", RPC_ARG_HEX, TRUE, "The transaction's id" },
      { "verbosity|verbose", RPC_ARG_ANY, FALSE, "0 or 1 (default: 0)" },
      { "blockhash", RPC_ARG_HEX, FALSE, "The block to look in" } } },
};

void
node_rpc_add_raw_transactions (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
  node_rpc_add_sending (table);
}
