#include "rpc/method_private.h"

#include <string.h>

#include "common/hex.h"
#include "bitcoin/primitives/amount.h"

/* Positional and named arguments: checking their number and types, and reading them. */

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

/* FALSE: any type is accepted. */
static gboolean
expected_type (RpcArgType type, RpcJsonType *expected)
{
  switch (type) {
  case RPC_ARG_ANY:
  case RPC_ARG_AMOUNT: /* a number or a string: checked when it is read */
    return FALSE;
  case RPC_ARG_BOOL:
    *expected = RPC_JSON_BOOL;
    return TRUE;
  case RPC_ARG_INT:
  case RPC_ARG_NUMBER:
    *expected = RPC_JSON_NUMBER;
    return TRUE;
  case RPC_ARG_STRING:
  case RPC_ARG_HEX:
    *expected = RPC_JSON_STRING;
    return TRUE;
  case RPC_ARG_ARRAY:
    *expected = RPC_JSON_ARRAY;
    return TRUE;
  case RPC_ARG_OBJECT:
    *expected = RPC_JSON_OBJECT;
    return TRUE;
  }
  return FALSE;
}

static gboolean
check_types (const RpcMethod *method, guint n, RpcJson **args, GError **error)
{
  g_autoptr (RpcJson) mismatches = rpc_json_new_object ();
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++) {
    const RpcArg *arg = &method->args[i];
    RpcJsonType got = rpc_json_type (args[i]), expected;
    g_autofree char *place = NULL, *what = NULL;

    if (!expected_type (arg->type, &expected))
      continue;
    if (got == RPC_JSON_NULL && !arg->required)
      continue;
    if (got == expected)
      continue;
    place = g_strdup_printf ("Position %u (%s)", i + 1, arg->name);
    what = g_strdup_printf ("JSON value of type %s is not of expected type %s", rpc_json_type_name (got),
                            rpc_json_type_name (expected));
    rpc_json_set (mismatches, place, rpc_json_new_string (what));
  }
  if (rpc_json_len (mismatches) == 0)
    return TRUE;
  text = rpc_json_write (mismatches, 4);
  return rpc_refuse (error, RPC_TYPE_ERROR, "Wrong type passed:\n%s", text);
}

static gboolean
refuse_count (const RpcMethod *method, GError **error)
{
  g_autofree char *help = rpc_method_dup_help (method);
  return rpc_refuse (error, RPC_MISC_ERROR, "%s", help);
}

/* Named arguments that are being placed. TAKEN has a flag for each name in PARAMS. */
typedef struct {
  const RpcJson *params;
  gboolean *taken;
} Named;

static gboolean
refuse_repeated (const RpcJson *params, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < rpc_json_len (params); i++)
    if (!g_hash_table_add (seen, (gpointer) rpc_json_name_at (params, i)))
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Parameter %s specified multiple times",
                         rpc_json_name_at (params, i));
  return TRUE;
}

/* Takes the value that was given as NAME. *PLACE is its index. */
static RpcJson *
named_take (Named *named, const char *name, gsize *place)
{
  for (gsize i = 0; i < rpc_json_len (named->params); i++)
    if (!named->taken[i] && g_str_equal (rpc_json_name_at (named->params, i), name)) {
      named->taken[i] = TRUE;
      *place = i;
      return rpc_json_at (named->params, i);
    }
  return NULL;
}

/* The same under the first of NAMES ("a|b") that was given. */
static RpcJson *
named_take_any (Named *named, const char *names, gsize *place)
{
  g_auto (GStrv) parts = g_strsplit (names, "|", -1);
  RpcJson *value = NULL;

  for (guint i = 0; parts[i] != NULL && value == NULL; i++)
    value = named_take (named, parts[i], place);
  return value;
}

/* The named arguments that are fields of ARG, an object: NULL when there are none. The caller owns it. */
static RpcJson *
named_take_fields (Named *named, const RpcArg *arg)
{
  g_auto (GStrv) names = arg->fields != NULL ? g_strsplit (arg->fields, "|", -1) : NULL;
  RpcJson *options = NULL;
  gsize place;

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    RpcJson *value = named_take (named, names[i], &place);
    if (value == NULL)
      continue;
    if (options == NULL)
      options = rpc_json_new_object ();
    rpc_json_set (options, names[i], rpc_json_ref (value));
  }
  return options;
}

static gboolean
place_each (const RpcMethod *method, guint n, Named *named, RpcJson **args, RpcJson **options, GError **error)
{
  for (guint i = 0; i < n; i++) {
    g_autoptr (RpcJson) fields = named_take_fields (named, &method->args[i]);
    gsize place = 0;

    args[i] = named_take_any (named, method->args[i].name, &place);
    if (fields == NULL)
      continue;
    if (args[i] != NULL)
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Parameter %s conflicts with parameter %s",
                         rpc_json_name_at (named->params, place), rpc_json_name_at (fields, 0));
    if (*options == NULL)
      *options = rpc_json_new_array ();
    args[i] = fields;
    rpc_json_append (*options, g_steal_pointer (&fields));
  }
  return TRUE;
}

/* Named arguments. "args", unless the method has such a parameter, is an array of positional arguments, which come
 * first; it is ignored if it is no array. *GIVEN is the number of arguments up to the last one that was given. */
static gboolean
place_named (const RpcMethod *method,
             guint n,
             const RpcJson *params,
             RpcJson **args,
             guint *given,
             RpcJson **options,
             GError **error)
{
  g_autofree gboolean *taken = g_new0 (gboolean, rpc_json_len (params) + 1);
  Named named = { params, taken };
  const RpcJson *by_place;
  gsize first = n, place;

  if (!refuse_repeated (params, error) || !place_each (method, n, &named, args, options, error))
    return FALSE;
  for (guint i = n; i > 0; i--)
    if (args[i - 1] != NULL) {
      *given = MAX (*given, i);
      first = i - 1;
    }
  by_place = named_take (&named, "args", &place);
  if (first < n && first < rpc_json_len (by_place) && rpc_json_type (by_place) == RPC_JSON_ARRAY)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "Parameter %s specified twice both as positional and named argument", method->args[first].name);
  for (gsize i = 0; i < rpc_json_len (params); i++)
    if (!taken[i])
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Unknown named parameter %s", rpc_json_name_at (params, i));
  if (rpc_json_type (by_place) != RPC_JSON_ARRAY)
    return TRUE;
  if (rpc_json_len (by_place) > n)
    return refuse_count (method, error);
  for (guint i = 0; i < rpc_json_len (by_place); i++)
    args[i] = rpc_json_at (by_place, i);
  *given = MAX (*given, (guint) rpc_json_len (by_place));
  return TRUE;
}

gboolean
rpc_method_check_args (const RpcMethod *method,
                       const RpcJson *params,
                       RpcJson **args,
                       RpcJson **options,
                       GError **error)
{
  guint n = rpc_method_n_args (method), required = 0, given = 0;

  for (guint i = 0; i < n; i++)
    if (method->args[i].required)
      required = i + 1;
  if (rpc_json_type (params) == RPC_JSON_OBJECT) {
    if (!place_named (method, n, params, args, &given, options, error))
      return FALSE;
  } else {
    given = (guint) MIN (rpc_json_len (params), G_MAXUINT16);
    for (guint i = 0; i < MIN (given, n); i++)
      args[i] = rpc_json_at (params, i);
  }
  if (given < required || given > n)
    return refuse_count (method, error);
  if (!check_types (method, n, args, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (rpc_json_type (args[i]) == RPC_JSON_NULL)
      args[i] = NULL;
  return TRUE;
}

gboolean
rpc_hash_from_json (const RpcJson *json, const char *name, guint8 out32[32], GError **error)
{
  const char *text = rpc_json_string (json);

  if (text == NULL)
    return rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type string",
                       rpc_json_type_name (rpc_json_type (json)));
  if (common_hex_decode_reversed (text, out32, 32))
    return TRUE;
  if (rpc_text_len (text) != 64)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "%s must be of length 64 (not %u, for '%s')", name,
                       (guint) rpc_text_len (text), text);
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
    return rpc_refuse (error, RPC_TYPE_ERROR, "JSON value of type %s is not of expected type number",
                       rpc_json_type_name (rpc_json_type (json)));
  return rpc_json_int (json, value) || rpc_refuse (error, RPC_MISC_ERROR, "JSON integer out of range");
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
  return (*value >= min && *value <= max)
         || rpc_refuse (error, RPC_INVALID_PARAMETER, "%s out of range", call->method->args[i].name);
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
