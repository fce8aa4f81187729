#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/script/opcodes.h"
#include "bitcoin/script/script.h"
#include "node/rpc/categories.h"
#include "node/rpc/context.h"
#include "rpc/tx/script_json.h"
#include "rpc/tx/tx_json.h"

/* createrawtransaction: an unsigned transaction from inputs and outputs. */

#define DEFAULT_VERSION 2
#define MAX_VERSION 3
#define SEQUENCE_REPLACEABLE (BTC_SEQUENCE_FINAL - 2) /* BIP 125 */

typedef struct {
  gint64 locktime;
  gboolean replaceable; /* unless an input overrides it */
  gboolean must_signal; /* it was requested explicitly */
  gint64 version;
} Form;

static gboolean
read_form (RpcCall *call, Form *form, GError **error)
{
  form->replaceable = rpc_call_bool (call, 3, TRUE);
  form->must_signal = rpc_call_bool (call, 3, FALSE);
  form->version = DEFAULT_VERSION;
  if (call->args[4] != NULL && !rpc_uint32_from_json (call->args[4], &form->version, error))
    return FALSE;
  if (call->args[2] != NULL && !rpc_int_from_json (call->args[2], &form->locktime, error))
    return FALSE;
  if (form->locktime < 0 || form->locktime > G_MAXUINT32)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, locktime out of range");
  return (form->version >= 1 && form->version <= MAX_VERSION)
         || rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, version out of range(1~%d)", MAX_VERSION);
}

static guint32
default_sequence (const Form *form)
{
  if (form->replaceable)
    return SEQUENCE_REPLACEABLE;
  return form->locktime != 0 ? BTC_SEQUENCE_FINAL - 1 : BTC_SEQUENCE_FINAL;
}

static gboolean
read_input (const RpcJson *json, const Form *form, BtcOutpoint *outpoint, guint32 *sequence, GError **error)
{
  const RpcJson *n = rpc_json_get (json, "vout"), *wanted = rpc_json_get (json, "sequence");
  gint64 number;

  if (rpc_json_type (json) != RPC_JSON_OBJECT)
    return rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type object",
                       rpc_json_type_name (rpc_json_type (json)));
  if (!rpc_hash_from_json (rpc_json_get (json, "txid"), "txid", outpoint->txid32, error))
    return FALSE;
  if (rpc_json_type (n) != RPC_JSON_NUMBER)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, missing vout key");
  if (!rpc_int32_from_json (n, &number, error))
    return FALSE;
  if (number < 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, vout cannot be negative");
  outpoint->n = (guint32) number;
  *sequence = default_sequence (form);
  if (rpc_json_type (wanted) != RPC_JSON_NUMBER)
    return TRUE;
  if (!rpc_int_from_json (wanted, &number, error))
    return FALSE;
  *sequence = (guint32) number;
  return (number >= 0 && number <= BTC_SEQUENCE_FINAL)
         || rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, sequence number is out of range");
}

static gboolean
add_inputs (BtcTxBuilder *builder, const RpcJson *list, const Form *form, GError **error)
{
  gboolean signals = FALSE;

  for (gsize i = 0; i < rpc_json_len (list); i++) {
    BtcOutpoint outpoint;
    guint32 sequence = 0;
    if (!read_input (rpc_json_at (list, i), form, &outpoint, &sequence, error))
      return FALSE;
    btc_tx_builder_add_in (builder, &outpoint, sequence);
    signals |= sequence <= SEQUENCE_REPLACEABLE;
  }
  return signals || !form->must_signal || rpc_json_len (list) == 0
         || rpc_refuse (error, RPC_INVALID_PARAMETER,
                        "Invalid parameter combination: Sequence number(s) contradict replaceable option");
}

typedef struct {
  BtcTxBuilder *builder;
  BtcNetwork network;
  GHashTable *scripts; /* the scripts of the outputs so far */
  gboolean has_data;
} Outputs;

static gboolean
add_data (Outputs *outputs, const RpcJson *value, GError **error)
{
  g_autoptr (GBytes) script = NULL;

  if (outputs->has_data)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, duplicate key: data");
  outputs->has_data = TRUE;
  script = rpc_data_script_from_json (value, error);
  if (script == NULL)
    return FALSE;
  btc_tx_builder_add_out (outputs->builder, 0, g_bytes_get_data (script, NULL), g_bytes_get_size (script));
  return TRUE;
}

static gboolean
add_output (Outputs *outputs, const char *name, const RpcJson *value, GError **error)
{
  g_autoptr (GBytes) script = NULL;
  gint64 sat;

  if (g_str_equal (name, "data"))
    return add_data (outputs, value, error);
  if (!rpc_amount_from_json (value, &sat, error))
    return FALSE;
  script = btc_address_decode (name, outputs->network, NULL);
  if (script == NULL)
    return rpc_refuse (error, RPC_INVALID_ADDRESS_OR_KEY, "Invalid Bitcoin address: %s", name);
  if (!g_hash_table_add (outputs->scripts, g_bytes_ref (script)))
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, duplicated address: %s", name);
  btc_tx_builder_add_out (outputs->builder, sat, g_bytes_get_data (script, NULL), g_bytes_get_size (script));
  return TRUE;
}

/* An object of all outputs, or an array of objects with one each. */
static gboolean
add_outputs (Outputs *outputs, const RpcJson *json, GError **error)
{
  gboolean list = rpc_json_type (json) == RPC_JSON_ARRAY;

  if (json == NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, output argument must be non-null");
  if (!list && rpc_json_type (json) != RPC_JSON_OBJECT)
    return rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type array",
                       rpc_json_type_name (rpc_json_type (json)));
  for (gsize i = 0; list && i < rpc_json_len (json); i++) {
    const RpcJson *pair = rpc_json_at (json, i);
    if (rpc_json_type (pair) != RPC_JSON_OBJECT)
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Invalid parameter, key-value pair not an object as expected");
    if (rpc_json_len (pair) != 1)
      return rpc_refuse (error, RPC_INVALID_PARAMETER,
                         "Invalid parameter, key-value pair must contain exactly one key");
  }
  for (gsize i = 0; i < rpc_json_len (json); i++) {
    const RpcJson *pair = list ? rpc_json_at (json, i) : json;
    gsize at = list ? 0 : i;
    if (!add_output (outputs, rpc_json_name_at (pair, at), rpc_json_at (pair, at), error))
      return FALSE;
  }
  return TRUE;
}

static RpcJson *
run_createrawtransaction (RpcCall *call, GError **error)
{
  g_autoptr (GHashTable) scripts
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  g_autoptr (BtcTxBuilder) builder = NULL;
  g_autoptr (BtcTx) tx = NULL;
  Outputs outputs = { .scripts = scripts };
  Form form = { 0 };

  if (!read_form (call, &form, error))
    return NULL;
  builder = outputs.builder = btc_tx_builder_new ((guint32) form.version, (guint32) form.locktime);
  outputs.network = node_rpc_context (call)->params->network->network;
  if (!add_inputs (builder, call->args[0], &form, error) || !add_outputs (&outputs, call->args[1], error))
    return NULL;
  tx = btc_tx_builder_finish (builder);
  return rpc_tx_new_hex (tx);
}

static const RpcMethod methods[] = {
  { "Rawtransactions",
    "createrawtransaction",
    run_createrawtransaction,
    "Creates an unsigned transaction; nothing is sent.\n\n\"hex\"    (string) The transaction",
    { { "inputs", RPC_ARG_ARRAY, TRUE,
        "The inputs: { \"txid\", \"vout\", \"sequence\" (default: depends on the other arguments) }, ...",
        .shape = "[{txid: hex, vout: num, sequence?: num}]" },
      { "outputs", RPC_ARG_ANY, TRUE,
        "The outputs: { \"address\": amount in BTC, ..., \"data\": hex }, or an array of such with one output each",
        "[{*: amount}, {data: hex}] | object", "[{\"address\":amount,...},{\"data\":\"hex\"},...]" },
      { "locktime", RPC_ARG_INT, FALSE, "Its lock time", .fallback = "0" },
      { "replaceable", RPC_ARG_BOOL, FALSE, "Whether it signals replaceability (BIP 125; default: true)",
        .fallback = "true" },
      { "version", RPC_ARG_INT, FALSE, "Its version", .fallback = "2" } },
    .result = "hex" },
};

void
node_rpc_add_create_tx (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
