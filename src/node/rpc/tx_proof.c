#include <string.h>

#include "bitcoin/primitives/merkle_proof.h"
#include "common/clock.h"
#include "node/index/tx_index.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/header_json.h"
#include "node/rpc/read_block.h"

/* Proofs that transactions are in a block: its header, and a partial merkle tree. */

/* A block cannot contain more transactions than this: the smallest has 60 bytes of weight 4. */
#define MAX_TXIDS (BTC_MAX_BLOCK_WEIGHT / (4 * 60))

typedef struct {
  GArray *txids;          /* 32 bytes each, sorted, without duplicates */
  const NodeBlock *block; /* NULL: not found yet */
} Query;

static const guint8 *
get_txid (const Query *query, guint i)
{
  return (const guint8 *) query->txids->data + 32 * (gsize) i;
}

static int
compare_txids (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 32);
}

static gboolean
is_wanted (const Query *query, const guint8 txid32[32])
{
  return g_array_binary_search (query->txids, txid32, compare_txids, NULL);
}

static gboolean
read_txids (const RpcJson *list, Query *query, GError **error)
{
  if (rpc_json_len (list) == 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Parameter 'txids' cannot be empty");
  if (rpc_json_len (list) > MAX_TXIDS)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "Parameter 'txids' has more elements than a block can contain: at most %d", MAX_TXIDS);
  for (gsize i = 0; i < rpc_json_len (list); i++) {
    guint8 txid32[32];
    if (!rpc_hash_from_json (rpc_json_at (list, i), "txid", txid32, error))
      return FALSE;
    g_array_append_vals (query->txids, txid32, 1);
  }
  g_array_sort (query->txids, compare_txids);
  for (guint i = 1; i < query->txids->len; i++)
    if (memcmp (get_txid (query, i - 1), get_txid (query, i), 32) == 0) {
      g_autoptr (RpcJson) hex = rpc_json_new_hash (get_txid (query, i));
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, duplicated txid: %s", rpc_json_string (hex));
    }
  return TRUE;
}

/* The maximum number of outputs of a transaction: a block cannot contain more. */
#define MAX_OUTPUTS (BTC_MAX_BLOCK_WEIGHT / (4 * 9))

/* How long one job searches for coins. */
#define SEARCH_SLICE_US 2000

typedef struct {
  BtcOutpoint outpoint;   /* the next one to be looked for */
  const NodeBlock *block; /* that created an unspent output */
} Search;

/* The block of a transaction with an unspent output. */
static RpcJson *
search_coins (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  gint64 end_us = common_clock_monotonic_us () + SEARCH_SLICE_US;
  Search *search = data;
  gboolean found = FALSE;
  BtcCoin coin;

  do {
    GError *problem = NULL;
    if (!node_coins_peek (node_chain_coins (chain), &search->outpoint, &coin, scripts, &found, &problem))
      return node_rpc_fail_disk (error, problem);
    search->outpoint.n++;
  } while (!found && search->outpoint.n < MAX_OUTPUTS && common_clock_monotonic_us () < end_us);
  if (found)
    search->block = node_chain_at (chain, coin.height);
  return rpc_json_new_null ();
}

static gboolean
find_by_coins (RpcCall *call, Query *query, GError **error)
{
  for (guint i = 0; i < query->txids->len && query->block == NULL; i++) {
    Search search = { 0 };

    memcpy (search.outpoint.txid32, get_txid (query, i), 32);
    while (search.outpoint.n < MAX_OUTPUTS && search.block == NULL) {
      g_autoptr (RpcJson) done = node_rpc_on_chain (call, search_coins, &search, error);
      if (done == NULL)
        return FALSE;
    }
    query->block = search.block;
  }
  return TRUE;
}

static gboolean
find_by_hash (RpcCall *call, Query *query, GError **error)
{
  query->block = node_rpc_find_block (call, node_rpc_context (call)->chain, 1, error);
  return query->block != NULL;
}

static gboolean
tx_proof_find_in_index (RpcCall *call, Query *query, GError **error)
{
  NodeIndex *index = node_indexes_get (node_rpc_context (call)->indexes, NODE_INDEX_TX);
  g_autoptr (GError) problem = NULL;
  NodeTxIndexResult result = { NULL, NULL };
  gboolean found = FALSE;

  if (index != NULL) {
    node_index_wait_synced (index);
    if (!node_tx_index_find (index, get_txid (query, 0), &result, &found, &problem))
      return rpc_refuse (error, RPC_INTERNAL_ERROR, "%s", problem->message);
  }
  if (found) {
    btc_tx_unref (result.tx);
    query->block = result.block;
    return TRUE;
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
  if (n_found != query->txids->len)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Not all transactions found in specified or retrieved block");
  btc_header_serialize (&block->header, header80);
  btc_write_data (proof, header80, sizeof header80);
  btc_merkle_proof_write (proof, hashes, block->n_txs, wanted);
  return rpc_json_new_hex (proof->data, proof->len);
}

static RpcJson *
run_gettxoutproof (RpcCall *call, GError **error)
{
  g_autoptr (GArray) txids = g_array_new (FALSE, FALSE, 32);
  g_autoptr (BtcBlock) block = NULL;
  Query query = { .txids = txids };

  if (!read_txids (call->args[0], &query, error))
    return NULL;
  if (call->args[1] != NULL ? !find_by_hash (call, &query, error) : !find_by_coins (call, &query, error))
    return NULL;
  if (query.block == NULL && !tx_proof_find_in_index (call, &query, error))
    return NULL;
  block = node_rpc_read_block (call, query.block, error);
  return block != NULL ? make_proof (block, &query, error) : NULL;
}

typedef struct {
  BtcHeader header;
  guint32 n; /* transactions, as declared in the proof */
  GByteArray *matches;
} Claim;

/* The txids of the proof, if its block is in the chain. */
static RpcJson *
check_claim (RpcCall *call, const Claim *claim, GError **error)
{
  NodeChain *chain = node_rpc_context (call)->chain;
  g_autoptr (NodeTip) tip = node_rpc_ref_tip (call, error);
  NodeRpcPlace place = { 0 };
  const NodeBlock *block;
  guint8 hash32[32];
  RpcJson *list;

  if (tip == NULL)
    return NULL;
  btc_header_hash (&claim->header, hash32);
  block = node_chain_find (chain, hash32);
  if (block != NULL)
    node_rpc_place_init (&place, chain, tip, block);
  if (block == NULL || place.confirmations < 0 || place.n_tx == 0)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Block not found in chain");
  list = rpc_json_new_array ();
  /* The number of transactions must match: with another depth of the tree, an inner node could pass for
   * a transaction. */
  for (guint i = 0; i < claim->matches->len && place.n_tx == claim->n; i += 32)
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
  if (!btc_merkle_proof_read (&reader, &claim.n, root32, matches)) {
    if (reader.failed)
      return rpc_fail (error, RPC_MISC_ERROR, "SpanReader::read(): end of data: iostream error");
    memset (root32, 0, sizeof root32); /* as in the reference: the root of what is no tree */
  }
  if (memcmp (root32, claim.header.merkle_root32, 32) != 0)
    return rpc_json_new_array ();
  return check_claim (call, &claim, error);
}

static const RpcMethod methods[] = {
  { "Blockchain",
    "gettxoutproof",
    run_gettxoutproof,
    "Returns a merkle proof that transactions are in a block, in hex. Without the block hash they are found only while "
    "one of their outputs is unspent, or with -txindex.",
    { { "txids", RPC_ARG_ARRAY, TRUE, "The transaction IDs", .shape = "[hex]", .shown = "[\"txid\",...]" },
      { "blockhash", RPC_ARG_HEX, FALSE, "The hash of their block" } },
    .result = "str" },
  { "Blockchain",
    "verifytxoutproof",
    run_verifytxoutproof,
    "Verifies a proof of gettxoutproof. Fails when its block is not in the chain.\n\n[ \"txid\", ... ] the proven "
    "transactions; empty when the proof is invalid",
    { { "proof", RPC_ARG_HEX, TRUE, "The proof in hex" } },
    .result = "[hex]" },
};

void
node_rpc_add_tx_proof (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
