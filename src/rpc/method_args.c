#include "rpc/method_private.h"

#include <string.h>

#include "common/hex.h"
#include "common/text.h"
#include "bitcoin/primitives/amount.h"

#define OUT_OF_RANGE "JSON integer out of range"

/* Reading arguments. */

gpointer
rpc_fail (GError **error, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL && *error == NULL)
    *error = g_error_new_valist (RPC_ERROR, code, format, args);
  va_end (args);
  return NULL;
}

gboolean
rpc_refuse (GError **error, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL && *error == NULL)
    *error = g_error_new_valist (RPC_ERROR, code, format, args);
  va_end (args);
  return FALSE;
}

const char *
rpc_json_type_name (RpcJsonType type)
{
  switch (type) {
  case RPC_JSON_NULL:
    return "null";
  case RPC_JSON_BOOL:
    return "bool";
  case RPC_JSON_NUMBER:
    return "number";
  case RPC_JSON_STRING:
    return "string";
  case RPC_JSON_ARRAY:
    return "array";
  case RPC_JSON_OBJECT:
    return "object";
  }
  return "null";
}

gpointer
rpc_fail_type (GError **error, const RpcJson *json, const char *expected)
{
  return rpc_fail (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type %s",
                   rpc_json_type_name (rpc_json_type (json)), expected);
}

const char *
rpc_string_from_json (const RpcJson *json, GError **error)
{
  const char *text = rpc_json_string (json);

  return text != NULL ? text : rpc_fail_type (error, json, "string");
}

gboolean
rpc_hash_from_json (const RpcJson *json, const char *name, guint8 out32[32], GError **error)
{
  const char *text = rpc_string_from_json (json, error);

  if (text == NULL)
    return FALSE;
  if (common_hex_decode_reversed (text, out32, 32))
    return TRUE;
  if (common_text_len (text) != 64)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "%s must be of length 64 (not %u, for '%s')", name,
                       (guint) common_text_len (text), text);
  return rpc_refuse (error, RPC_INVALID_PARAMETER, "%s must be hexadecimal string (not '%s')", name, text);
}

GBytes *
rpc_hex_from_json (const RpcJson *json, const char *name, GError **error)
{
  const char *text = rpc_json_string (json);
  GBytes *bytes = text != NULL && *text != '\0' ? common_hex_decode_bytes (text) : NULL;

  if (bytes == NULL)
    rpc_fail (error, RPC_INVALID_PARAMETER, "%s must be hexadecimal string (not '%s')", name, text != NULL ? text : "");
  return bytes;
}

gboolean
rpc_int_from_json (const RpcJson *json, gint64 *value, GError **error)
{
  if (rpc_json_type (json) != RPC_JSON_NUMBER)
    return rpc_fail_type (error, json, "number") != NULL;
  return rpc_json_int (json, value) || rpc_refuse (error, RPC_MISC_ERROR, OUT_OF_RANGE);
}

gboolean
rpc_int32_from_json (const RpcJson *json, gint64 *value, GError **error)
{
  return rpc_int_from_json (json, value, error)
         && ((*value >= G_MININT32 && *value <= G_MAXINT32) || rpc_refuse (error, RPC_MISC_ERROR, OUT_OF_RANGE));
}

gboolean
rpc_uint32_from_json (const RpcJson *json, gint64 *value, GError **error)
{
  const char *text = rpc_json_literal (json);

  /* "-0" has a sign. */
  return rpc_int_from_json (json, value, error)
         && ((*text != '-' && *value <= G_MAXUINT32) || rpc_refuse (error, RPC_MISC_ERROR, OUT_OF_RANGE));
}

gboolean
rpc_bool_from_json (const RpcJson *json, gboolean *value, GError **error)
{
  if (rpc_json_type (json) != RPC_JSON_BOOL)
    return rpc_fail_type (error, json, "bool") != NULL;
  *value = rpc_json_bool (json);
  return TRUE;
}

gboolean
rpc_amount_from_json (const RpcJson *json, gint64 *sat, GError **error)
{
  RpcJsonType type = rpc_json_type (json);

  if (type != RPC_JSON_NUMBER && type != RPC_JSON_STRING)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Amount is not a number or string");
  if (!rpc_json_amount (json, sat))
    return rpc_refuse (error, RPC_TYPE_ERROR, "Invalid amount");
  if (*sat < 0 || *sat > BTC_MAX_MONEY)
    return rpc_refuse (error, RPC_TYPE_ERROR, "Amount out of range");
  return TRUE;
}

gboolean
rpc_call_hash (RpcCall *call, guint i, guint8 out32[32], GError **error)
{
  g_return_val_if_fail (i < call->n_args, FALSE);
  return rpc_hash_from_json (call->args[i], call->method->args[i].name, out32, error);
}

GBytes *
rpc_call_hex (RpcCall *call, guint i, GError **error)
{
  g_return_val_if_fail (i < call->n_args, NULL);
  return rpc_hex_from_json (call->args[i], call->method->args[i].name, error);
}

gboolean
rpc_call_int (RpcCall *call, guint i, gint64 fallback, gint64 min, gint64 max, gint64 *value, GError **error)
{
  g_return_val_if_fail (i < call->n_args, FALSE);
  *value = fallback;
  if (call->args[i] == NULL)
    return TRUE;
  if (!rpc_int_from_json (call->args[i], value, error))
    return FALSE;
  return (*value >= min && *value <= max) || rpc_refuse (error, RPC_MISC_ERROR, OUT_OF_RANGE);
}

gboolean
rpc_call_verbosity (RpcCall *call, guint i, gint64 fallback, gint64 *verbosity, GError **error)
{
  g_return_val_if_fail (i < call->n_args, FALSE);
  *verbosity = fallback;
  if (call->args[i] == NULL)
    return TRUE;
  if (rpc_json_type (call->args[i]) == RPC_JSON_BOOL) {
    *verbosity = rpc_json_bool (call->args[i]);
    return TRUE;
  }
  return rpc_int32_from_json (call->args[i], verbosity, error);
}

gboolean
rpc_call_bool (RpcCall *call, guint i, gboolean fallback)
{
  g_return_val_if_fail (i < call->n_args, fallback);
  return call->args[i] != NULL ? rpc_json_bool (call->args[i]) : fallback;
}

const char *
rpc_call_string (RpcCall *call, guint i)
{
  g_return_val_if_fail (i < call->n_args, NULL);
  return rpc_json_string (call->args[i]);
}
