#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/consensus/block_check.h"
#include "bitcoin/descriptor/descriptor.h"
#include "common/hex.h"
#include "node/mining/mining.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "node/rpc/header_json.h"
#include "node/rpc/network.h"
#include "rpc/tx/tx_hex.h"

#define DEFAULT_TRIES 1000000

static RpcJson *
generate_blocks (RpcCall *call, GBytes *script, gint64 n, guint64 tries, GError **error)
{
  const NodeContext *context = node_rpc_context (call);
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  g_autoptr (GError) problem = NULL;
  gboolean template_failed;
  BtcSpan span;
  RpcJson *list;

  span.data = g_bytes_get_data (script, &span.len);
  if (!node_mining_generate (context->mining, span, (guint) MAX (n, 0), tries, call->cancellable, hashes, &problem)) {
    template_failed = g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    return rpc_fail (error, template_failed ? RPC_MISC_ERROR : RPC_INTERNAL_ERROR, "%s", problem->message);
  }
  list = rpc_json_new_array ();
  for (guint i = 0; i < hashes->len; i += 32)
    rpc_json_append (list, rpc_json_new_hash (hashes->data + i));
  return list;
}

static GBytes *
script_of_address (RpcCall *call, const char *address)
{
  return btc_address_decode (address, node_rpc_context (call)->params->network->network, NULL);
}

static RpcJson *
run_generatetoaddress (RpcCall *call, GError **error)
{
  gint64 n, tries;
  g_autoptr (GBytes) script = NULL;

  if (!rpc_call_int (call, 0, 0, G_MININT32, G_MAXINT32, &n, error)
      || !rpc_call_int (call, 2, DEFAULT_TRIES, G_MININT32, G_MAXINT32, &tries, error))
    return NULL;
  script = script_of_address (call, rpc_call_string (call, 1));
  if (script == NULL)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Error: Invalid address");
  return generate_blocks (call, script, n, (guint64) tries, error);
}

/* The script of a descriptor to pay to: of combo() the one with witness if the key allows it. */
static GBytes *
script_of_descriptor (RpcCall *call, const char *text, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  g_autofree char *why = NULL;
  g_autoptr (GPtrArray) all = btc_descriptor_parse_all (text, network, FALSE, &why);
  g_auto (BtcExpansion) expansion = { 0 };
  guint n;

  if (all == NULL)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "%s", why);
  if (all->len > 1)
    return rpc_fail (error, RPC_INVALID_PARAMETER, "Multipath descriptor not accepted");
  if (btc_descriptor_is_ranged (g_ptr_array_index (all, 0)))
    return rpc_fail (error, RPC_INVALID_PARAMETER,
                     "Ranged descriptor not accepted. Maybe pass through deriveaddresses first?");
  if (!btc_descriptor_expand (g_ptr_array_index (all, 0), 0, &expansion))
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Cannot derive script without private keys");
  n = expansion.scripts->len;
  if (n == 0)
    return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "The descriptor has no script to pay to");
  return g_bytes_ref (g_ptr_array_index (expansion.scripts, n == 4 ? 2 : n - 1));
}

/* A number of 64 bits, not negative. */
static gboolean
read_tries (const RpcJson *json, guint64 *tries, GError **error)
{
  const char *text = rpc_json_literal (json);

  *tries = DEFAULT_TRIES;
  return text == NULL || g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, tries, NULL)
         || rpc_refuse (error, RPC_MISC_ERROR, "JSON integer out of range");
}

static RpcJson *
run_generatetodescriptor (RpcCall *call, GError **error)
{
  gint64 n;
  guint64 tries;
  g_autoptr (GBytes) script = NULL;

  if (!rpc_call_int (call, 0, 0, G_MININT32, G_MAXINT32, &n, error) || !read_tries (call->args[2], &tries, error))
    return NULL;
  script = script_of_descriptor (call, rpc_call_string (call, 1), error);
  return script != NULL ? generate_blocks (call, script, n, tries, error) : NULL;
}

/* generateblock: the contents of the block. */
typedef struct {
  BtcSpan script;
  GPtrArray *txs;
} BlockOrder;

static RpcJson *
collect_txs (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const BlockOrder *order = data;

  for (gsize i = 0; i < rpc_json_len (call->args[1]); i++) {
    const char *text = rpc_string_from_json (rpc_json_at (call->args[1], i), error);
    guint8 txid32[32];
    BtcTx *tx = NULL;
    if (text == NULL)
      return NULL;
    if (common_hex_decode_reversed (text, txid32, 32)) {
      const NodeMempoolEntry *entry = node_mempool_find (mempool, txid32);
      if (entry == NULL)
        return rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Transaction %s not in mempool.", text);
      tx = btc_tx_ref (entry->tx);
    } else {
      tx = rpc_tx_from_hex (text);
      if (tx == NULL)
        return rpc_fail (error, RPC_DESERIALIZATION_ERROR,
                         "Transaction decode failed for %s. Make sure the tx has at least one input.", text);
    }
    g_ptr_array_add (order->txs, tx);
  }
  return rpc_json_new_null ();
}

static BtcBlock *
make_block (RpcCall *call, const BlockOrder *order, GError **error)
{
  g_autoptr (NodeTemplate) made = NULL;
  g_autofree char *text = NULL;
  GError *problem = NULL;
  BtcVerdict verdict;

  made = node_mining_make_template (node_rpc_context (call)->mining, NULL, order->script, order->txs, call->cancellable,
                                    &verdict, &problem);
  if (made != NULL)
    return btc_block_ref (made->block);
  if (problem != NULL)
    return node_rpc_fail_job (error, problem);
  text = btc_verdict_dup_text (&verdict);
  return rpc_fail (error, RPC_VERIFY_ERROR, "TestBlockValidity failed: %s", text);
}

static gboolean
accept_mined_block (RpcCall *call, BtcBlock *block, GError **error)
{
  const char *reason;
  BtcVerdict verdict;
  GError *problem = NULL;

  if (!node_mining_submit (node_rpc_context (call)->mining, block, call->cancellable, &reason, &verdict, &problem)) {
    node_rpc_fail_job (error, problem);
    return FALSE;
  }
  return verdict.verdict == BTC_VERDICT_OK
         || rpc_refuse (error, RPC_INTERNAL_ERROR, "ProcessNewBlock, block not accepted");
}

static RpcJson *
grind_and_submit (RpcCall *call, BtcBlock *made, GError **error)
{
  guint64 tries = DEFAULT_TRIES;
  g_autoptr (BtcBlock) block = node_mining_grind (made, node_rpc_context (call)->params, &tries, call->cancellable);
  RpcJson *json;

  if (block == NULL)
    return rpc_fail (error, RPC_MISC_ERROR, "Failed to make block.");
  if (rpc_call_bool (call, 2, TRUE) && !accept_mined_block (call, block, error))
    return NULL;
  json = rpc_json_new_object ();
  rpc_json_set (json, "hash", rpc_json_new_hash (block->hash32));
  if (!rpc_call_bool (call, 2, TRUE))
    rpc_json_set (json, "hex",
                  rpc_json_new_hex (g_bytes_get_data (block->bytes, NULL), g_bytes_get_size (block->bytes)));
  return json;
}

/* The script of a descriptor. TEXT was already found not to be an address. */
static GBytes *
script_of_output (RpcCall *call, const char *text, GError **error)
{
  g_autoptr (GError) problem = NULL;
  GBytes *script = script_of_descriptor (call, text, &problem);

  if (script != NULL)
    return script;
  if (g_error_matches (problem, RPC_ERROR, RPC_INVALID_PARAMETER)
      || g_str_has_prefix (problem->message, "Cannot derive"))
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    rpc_fail (error, RPC_INVALID_ADDRESS_OR_KEY, "Error: Invalid address or descriptor");
  return NULL;
}

static RpcJson *
run_generateblock (RpcCall *call, GError **error)
{
  const char *output = rpc_call_string (call, 0);
  g_autoptr (GBytes) script = script_of_address (call, output);
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  g_autoptr (RpcJson) collected = NULL;
  g_autoptr (BtcBlock) made = NULL;
  BlockOrder order = { .txs = txs };

  if (script == NULL)
    script = script_of_output (call, output, error);
  if (script == NULL)
    return NULL;
  order.script.data = g_bytes_get_data (script, &order.script.len);
  collected = node_rpc_on_chain (call, collect_txs, &order, error);
  if (collected == NULL)
    return NULL;
  made = make_block (call, &order, error);
  return made != NULL ? grind_and_submit (call, made, error) : NULL;
}

/* Adds the coinbase's witness, which is constant and omitted by some miners. */
static BtcBlock *
complete_block (NodeChain *chain, BtcBlock *block)
{
  const NodeBlock *prev = node_chain_find (chain, block->header.prev32);
  BtcBlock *complete = NULL;

  if (prev != NULL && btc_params_buried_active (node_chain_params (chain), BTC_BURIED_SEGWIT, prev->height + 1))
    complete = btc_block_new_with_reserved_value (block);
  return complete != NULL ? complete : btc_block_ref (block);
}

static RpcJson *
run_submitblock (RpcCall *call, GError **error)
{
  g_autoptr (GBytes) bytes = common_hex_decode_bytes (rpc_call_string (call, 0));
  g_autoptr (BtcBlock) block = bytes != NULL ? btc_block_new_prefix (bytes) : NULL;
  g_autoptr (BtcBlock) complete = NULL;
  const NodeContext *context = node_rpc_context (call);
  const char *reason;
  BtcVerdict verdict;
  GError *problem = NULL;

  if (block == NULL)
    return rpc_fail (error, RPC_DESERIALIZATION_ERROR, "Block decode failed");
  complete = complete_block (context->chain, block);
  /* The result is null if the block became part of the chain, otherwise a BIP 22 reject reason. */
  if (!node_mining_submit (context->mining, complete, call->cancellable, &reason, &verdict, &problem))
    return node_rpc_fail_job (error, problem);
  return reason != NULL ? rpc_json_new_string (reason) : rpc_json_new_null ();
}

static RpcJson *
submit_header (RpcCall *call, NodeChain *chain, NodeMempool *mempool, gpointer data, GError **error)
{
  const BtcHeader *header = data;
  g_autofree char *prev_hash = common_hex_encode_reversed (header->prev32, 32);
  GError *problem = NULL;
  BtcVerdict verdict;

  if (node_chain_find (chain, header->prev32) == NULL)
    return rpc_fail (error, RPC_VERIFY_ERROR, "Must submit previous header (%s) first", prev_hash);
  if (!node_chain_accept_header (chain, header, NULL, &verdict, &problem))
    return node_rpc_fail_disk (error, problem);
  if (verdict.verdict != BTC_VERDICT_OK)
    return rpc_fail (error, RPC_VERIFY_ERROR, "%s", verdict.reason);
  return rpc_json_new_null ();
}

static RpcJson *
run_submitheader (RpcCall *call, GError **error)
{
  g_autoptr (GBytes) bytes = common_hex_decode_bytes (rpc_call_string (call, 0));
  BtcHeader header;

  if (bytes == NULL || g_bytes_get_size (bytes) < BTC_HEADER_SIZE)
    return rpc_fail (error, RPC_DESERIALIZATION_ERROR, "Block header decode failed");
  btc_header_parse (&header, g_bytes_get_data (bytes, NULL));
  return node_rpc_run (call, NODE_JOB_BLOCKS, submit_header, &header, error);
}

static RpcJson *
run_generate (RpcCall *call, GError **error)
{
  return rpc_fail (error, RPC_METHOD_NOT_FOUND, "%s\n\n%s\n", call->method->name, call->method->help);
}

#define MAXTRIES                                                                                                       \
  {                                                                                                                    \
    "maxtries", RPC_ARG_INT, FALSE, "The maximum number of hashes to try", .fallback = "1000000"                       \
  }

static const RpcMethod methods[] = {
  { "Mining",
    "submitblock",
    run_submitblock,
    "Submits a block.\n\nnull when it was accepted, otherwise a BIP 22 reject reason",
    { { "hexdata", RPC_ARG_HEX, TRUE, "The block in hex" },
      { "dummy", RPC_ARG_STRING, FALSE, "Ignored; for compatibility" } },
    .result = "null | str" },
  { "Mining",
    "submitheader",
    run_submitheader,
    "Submits a header. Fails when it is invalid.\n\nnull",
    { { "hexdata", RPC_ARG_HEX, TRUE, "The header in hex" } } },
  { "hidden", "generate", run_generate,
    "has been replaced by the -generate cli option. Refer to -help for more information.", .result = "any" },
  { "hidden",
    "generatetoaddress",
    run_generatetoaddress,
    "Mines blocks at once, on regtest.\n\n[ \"hash\", ... ]",
    { { "nblocks", RPC_ARG_INT, TRUE, "How many" },
      { "address", RPC_ARG_STRING, TRUE, "The address or descriptor to pay to" },
      MAXTRIES },
    .result = "[hex]" },
  { "hidden",
    "generatetodescriptor",
    run_generatetodescriptor,
    "Mines blocks at once, on regtest.\n\n[ \"hash\", ... ]",
    { { "num_blocks", RPC_ARG_INT, TRUE, "How many" },
      { "descriptor", RPC_ARG_STRING, TRUE, "The address or descriptor to pay to" },
      MAXTRIES },
    .result = "[hex]" },
  { "hidden",
    "generateblock",
    run_generateblock,
    "Mines a block with the given transactions, in their order.\n\n{ \"hash\": \"hex\" }",
    { { "output", RPC_ARG_STRING, TRUE, "The address or descriptor to pay to" },
      { "transactions", RPC_ARG_ARRAY, TRUE, "IDs of mempool transactions, or transactions in hex", .shape = "[hex]",
        .shown = "[\"rawtx/txid\",...]" },
      { "submit", RPC_ARG_BOOL, FALSE, "false: only return the block in hex", .fallback = "true" } },
    .result = "{hash: hex, hex?: hex}" },
};

void
node_rpc_add_mining (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
