#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/script/script.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "rpc/tx/script_json.h"
#include "rpc/tx/tx_hex.h"
#include "rpc/tx/tx_json.h"
#include "rpc/tx/tx_shape.h"

/* Decodes transactions and scripts. get_tx.c finds transactions, sendtx.c submits them. */

static RpcJson *
run_decoderawtransaction (RpcCall *call, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  RpcTxFormats formats = RPC_TX_WITNESS | RPC_TX_NO_WITNESS;
  g_autoptr (BtcTx) tx = NULL;
  RpcJson *json;

  if (call->args[1] != NULL)
    formats = rpc_call_bool (call, 1, TRUE) ? RPC_TX_WITNESS : RPC_TX_NO_WITNESS;
  tx = rpc_tx_from_any_hex (rpc_call_string (call, 0), formats);
  if (tx == NULL)
    return rpc_fail (error, RPC_DESERIALIZATION_ERROR, "TX decode failed");
  json = rpc_json_new_object ();
  rpc_tx_add_json (json, tx, NULL, FALSE, FALSE, network);
  return json;
}

/* Whether SCRIPT can be spent if it is wrapped in P2SH. */
static gboolean
can_wrap (BtcSpan script, BtcScriptType type)
{
  BtcSpan push;
  guint8 opcode;
  gsize pos = 0;

  switch (type) {
  case BTC_SCRIPT_NONSTANDARD:
  case BTC_SCRIPT_PUBKEY:
  case BTC_SCRIPT_PUBKEYHASH:
  case BTC_SCRIPT_MULTISIG:
  case BTC_SCRIPT_WITNESS_V0_KEYHASH:
  case BTC_SCRIPT_WITNESS_V0_SCRIPTHASH:
    break;
  case BTC_SCRIPT_SCRIPTHASH:
  case BTC_SCRIPT_NULL_DATA:
  case BTC_SCRIPT_WITNESS_V1_TAPROOT:
  case BTC_SCRIPT_ANCHOR:
  case BTC_SCRIPT_WITNESS_UNKNOWN:
    return FALSE;
  }
  if (!rpc_script_has_valid_ops (script) || btc_script_is_unspendable (script))
    return FALSE;
  while (btc_script_next (script, &pos, &opcode, &push))
    if (opcode == BTC_OP_CHECKSIGADD || btc_opcode_is_success (opcode))
      return FALSE;
  return TRUE;
}

/* Whether all keys are compressed, as segwit requires. */
static gboolean
has_compressed_keys (BtcSpan script)
{
  BtcSpan push;
  guint8 opcode;
  gsize pos = 0;

  while (btc_script_next (script, &pos, &opcode, &push))
    if (push.len > 1 && push.len != 33)
      return FALSE;
  return TRUE;
}

/* Whether SCRIPT, which can be wrapped in P2SH, can also be wrapped in P2WSH. */
static gboolean
can_wrap_in_witness (BtcSpan script, BtcScriptType type)
{
  if (type == BTC_SCRIPT_PUBKEY || type == BTC_SCRIPT_MULTISIG)
    return has_compressed_keys (script);
  return type == BTC_SCRIPT_NONSTANDARD || type == BTC_SCRIPT_PUBKEYHASH;
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
  json = rpc_witness_to_json (span, script, network);
  address = dup_p2sh_address (span, network);
  rpc_json_set (json, "p2sh-segwit", rpc_json_new_string (address));
  return json;
}

static RpcJson *
run_decodescript (RpcCall *call, GError **error)
{
  BtcNetwork network = node_rpc_context (call)->params->network->network;
  const char *text = rpc_call_string (call, 0);
  g_autoptr (GBytes) bytes
      = *text == '\0' ? g_bytes_new (NULL, 0) : rpc_hex_from_json (call->args[0], "argument", error);
  BtcScriptType type;
  BtcSpan script;
  RpcJson *json;

  if (bytes == NULL)
    return NULL;
  script.data = g_bytes_get_data (bytes, &script.len);
  type = btc_script_classify (script, NULL);
  json = rpc_script_to_json (script, network, FALSE);
  if (can_wrap (script, type)) {
    g_autofree char *address = dup_p2sh_address (script, network);
    rpc_json_set (json, "p2sh", rpc_json_new_string (address));
    if (can_wrap_in_witness (script, type))
      rpc_json_set (json, "segwit", make_segwit (script, network));
  }
  return json;
}

static const RpcMethod methods[] = {
  { "Rawtransactions",
    "decoderawtransaction",
    run_decoderawtransaction,
    "Decodes a transaction.",
    { { "hexstring", RPC_ARG_HEX, TRUE, "The transaction in hex" },
      { "iswitness", RPC_ARG_BOOL, FALSE, "Whether it has the witness format (default: detected)" } },
    .result = "{" RPC_SHAPE_TX ("") "}" },
  { "Rawtransactions",
    "decodescript",
    run_decodescript,
    "Decodes a script.",
    { { "hexstring", RPC_ARG_HEX, TRUE, "The script in hex" } },
    .result = "{asm: str, desc: str, type: str, address?: str, p2sh?: str, segwit?: {asm: str, hex: hex, type: str, "
              "address?: str, desc: str, p2sh-segwit: str}}" },
};

void
node_rpc_add_raw_transactions (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
  node_rpc_add_get_tx (table);
  node_rpc_add_sending (table);
}
