#include <string.h>

#include "bitcoin/primitives/merkle_proof.h"
#include "node/index/tx_index.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/read_block.h"

/* Proofs that transactions are in a block: its header, and what is left of its merkle tree. */

typedef struct {
  GByteArray *txids; /* 32 bytes each, no two alike */
  gboolean found;
  NodeRpcPlace place; /* of the block */
} Query;

static guint
n_txids (const Query *query)
{
  return query->txids->len / 32;
}

static gboolean
is_wanted (const Query *query, const guint8 txid32[32])
{
  for (guint i = 0; i < n_txids (query); i++)
    if (memcmp (query->txids->data + 32 * i, txid32, 32) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
read_txids (const RpcJson *list, Query *query, GError **error)
{
  if (rpc_json_len (list) == 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Parameter 'txids' cannot be empty");
  for (gsize i = 0; i < rpc_json_len (list); i++) {
    guint8 txid32[32];
    if (!rpc_hash_from_json (rpc_json_at (list, i), "txid", txid32, error))
      return FALSE;
    if (is_wanted (query, txid32))
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, duplicated txid: %s",
                         rpc_json_string (rpc_json_at (list, i)));
    g_byte_array_append (query->txids, txid32, 32);
  }
  return TRUE;
}

/* How many outputs of a transaction could be unspent: no block has room for more. */
#define MAX_OUTPUTS (BTC_MAX_BLOCK_WEIGHT / (4 * 9))

/* The block that made an output of TXID32 that is not spent yet, or NULL. */
static gboolean
find_by_coin (NodeChain *chain, const guint8 txid32[32], const NodeBlock **block, GError **error)
{
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  BtcOutpoint outpoint;
  BtcCoin coin;
  gboolean found = FALSE;

  memcpy (outpoint.txid32, txid32, 32);
  for (outpoint.n = 0; outpoint.n < MAX_OUTPUTS && !found; outpoint.n++)
    if (!node_coins_peek (node_chain_coins (chain), &outpoint, &coin, scripts, &found, error))
      return FALSE;
  *block = found ? node_chain_at (chain, coin.height) : NULL;
  return TRUE;
}

static RpcJson *
find_block (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  Query *query = data;
  const NodeBlock *block = NULL;
  GError *problem = NULL;

  if (call->args[1] != NULL) {
    block = node_rpc_find_block (call, chain, 1, error);
    if (block == NULL)
      return NULL;
  }
  for (guint i = 0; i < n_txids (query) && block == NULL; i++)
    if (!find_by_coin (chain, query->txids->data + 32 * i, &block, &problem))
      return node_rpc_fail_disk (error, problem);
  query->found = block != NULL;
  if (block != NULL)
    node_rpc_place_init (&query->place, chain, block);
  return rpc_json_new_null ();
}

typedef struct {
  Query *query;
  const NodeBlock *block;
} PlaceJob;

static void
copy_place (NodeChain *chain, gpointer data)
{
  PlaceJob *job = data;
  node_rpc_place_init (&job->query->place, chain, job->block);
}

static gboolean
find_in_index (RpcCall *call, Query *query, GError **error)
{
  NodeIndex *index = node_indexes_get (node_rpc_context (call)->indexes, NODE_INDEX_TX);
  g_autoptr (GError) problem = NULL;
  NodeTxIndexResult result = { NULL, NULL };
  gboolean found = FALSE;

  if (index != NULL) {
    node_index_wait_synced (index);
    if (!node_tx_index_find (index, query->txids->data, &result, &found, &problem))
      return rpc_refuse (error, RPC_INTERNAL_ERROR, "%s", problem->message);
  }
  if (found) {
    PlaceJob job = { query, result.block };
    btc_tx_unref (result.tx);
    return node_rpc_query (call, copy_place, &job, error);
  }
  return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "Transaction not yet in block");
}

static RpcJson *
make_proof (const BtcBlock *block, const Query *query, GError **error)
{
  g_autofree guint8 *hashes = g_malloc (32 * (gsize) block->n_txs);
  g_autofree gboolean *wanted = g_new (gboolean, block->n_txs);
  g_autoptr (GByteArray) proof = g_byte_array_new ();
  guint8 header80[BTC_HEADER_SIZE];
  guint n_found = 0;

  for (guint32 i = 0; i < block->n_txs; i++) {
    memcpy (hashes + 32 * (gsize) i, block->txs[i].txid32, 32);
    wanted[i] = is_wanted (query, block->txs[i].txid32);
    n_found += wanted[i] ? 1 : 0;
  }
  if (n_found != n_txids (query))
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Not all transactions found in specified or retrieved block");
  btc_header_serialize (&block->header, header80);
  btc_write_data (proof, header80, sizeof header80);
  btc_merkle_proof_write (proof, hashes, block->n_txs, wanted);
  return rpc_json_new_hex (proof->data, proof->len);
}

static RpcJson *
run_gettxoutproof (RpcCall *call, GError **error)
{
  g_autoptr (GByteArray) txids = g_byte_array_new ();
  g_autoptr (RpcJson) done = NULL;
  g_autoptr (BtcBlock) block = NULL;
  Query query = { .txids = txids };

  if (!read_txids (call->args[0], &query, error))
    return NULL;
  done = node_rpc_on_chain (call, find_block, &query, error);
  if (done == NULL || (!query.found && !find_in_index (call, &query, error)))
    return NULL;
  block = node_rpc_read_block (call, &query.place, error);
  return block != NULL ? make_proof (block, &query, error) : NULL;
}

typedef struct {
  BtcHeader header;
  guint32 n; /* transactions, as the proof says */
  GByteArray *matches;
} Claim;

static RpcJson *
verify (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const Claim *claim = data;
  const NodeBlock *block;
  guint8 hash32[32];
  RpcJson *list;

  btc_header_hash (&claim->header, hash32);
  block = node_chain_find (chain, hash32);
  if (block == NULL || !node_chain_contains (chain, block) || block->n_tx == 0)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Block not found in chain");
  list = rpc_json_new_array ();
  /* With another depth of the tree, an inner node could pass for a transaction. */
  for (guint i = 0; i < claim->matches->len && block->n_tx == claim->n; i += 32)
    rpc_json_append (list, rpc_json_new_hash (claim->matches->data + i));
  return list;
}

static RpcJson *
run_verifytxoutproof (RpcCall *call, GError **error)
{
  g_autoptr (GBytes) bytes = rpc_call_hex (call, 0, error);
  g_autoptr (GByteArray) matches = g_byte_array_new ();
  Claim claim = { .matches = matches };
  guint8 root32[32];
  BtcReader reader;
  gsize len;
  const guint8 *data;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &len);
  if (len < BTC_HEADER_SIZE)
    return rpc_fail (error, RPC_MISC_ERROR, "SpanReader::read(): end of data: iostream error");
  btc_header_parse (&claim.header, data);
  btc_reader_init (&reader, data + BTC_HEADER_SIZE, len - BTC_HEADER_SIZE);
  if (!btc_merkle_proof_read (&reader, &claim.n, root32, matches)
      || memcmp (root32, claim.header.merkle_root32, 32) != 0)
    return reader.failed ? rpc_fail (error, RPC_MISC_ERROR, "SpanReader::read(): end of data: iostream error")
                         : rpc_json_new_array ();
  return node_rpc_on_chain (call, verify, &claim, error);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "gettxoutproof",
    run_gettxoutproof,
    "Gives a proof that transactions are in a block, in hex. Without the block's hash it is found only while an output "
    "of one of them is not spent, or with -txindex.",
    { { "txids", RPC_ARG_ARRAY, TRUE, "The transactions' ids" },
      { "blockhash", RPC_ARG_HEX, FALSE, "The block that they are in" } } },
  { "Blockchain",
    "verifytxoutproof",
    run_verifytxoutproof,
    "Checks a proof of gettxoutproof. Fails when its block is not in the chain.\n\n"
    "[ \"txid\", ... ] what is proven; empty when it is no proof",
    { { "proof", RPC_ARG_HEX, TRUE, "The proof in hex" } } },
};

void
node_rpc_add_tx_proof (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
