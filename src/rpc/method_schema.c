#include "rpc/method_private.h"

#include <string.h>

/* A method of the table in an OpenRPC document. */

static const char *
shape_of_type (RpcArgType type)
{
  switch (type) {
  case RPC_ARG_ANY:
    return "any";
  case RPC_ARG_BOOL:
    return "bool";
  case RPC_ARG_INT:
  case RPC_ARG_NUMBER:
    return "num";
  case RPC_ARG_AMOUNT:
    return "amount";
  case RPC_ARG_RANGE:
    return "range";
  case RPC_ARG_STRING:
    return "str";
  case RPC_ARG_HEX:
    return "hex";
  case RPC_ARG_ARRAY:
    return "[any]";
  case RPC_ARG_OBJECT:
  case RPC_ARG_OPTIONS:
    return "{*: any}";
  }
  return "any";
}

RpcShape *
rpc_arg_dup_shape (const RpcArg *arg)
{
  RpcShape *shape = rpc_shape_parse (arg->shape != NULL ? arg->shape : shape_of_type (arg->type));

  g_assert (shape != NULL);
  return shape;
}

static RpcJson *
param_to_openrpc (const RpcArg *arg)
{
  g_auto (GStrv) names = g_strsplit (arg->name, "|", -1);
  g_autoptr (RpcShape) shape = rpc_arg_dup_shape (arg);
  RpcJson *param = rpc_json_new_object (), *schema = rpc_shape_to_schema (shape, TRUE);

  if (arg->fallback != NULL)
    rpc_json_set (schema, "default", rpc_json_parse (arg->fallback, strlen (arg->fallback)));
  rpc_json_set (param, "name", rpc_json_new_string (names[0]));
  rpc_json_set (param, "required", rpc_json_new_bool (arg->required));
  rpc_json_set (param, "schema", schema);
  if (names[1] != NULL) {
    RpcJson *aliases = rpc_json_new_array ();
    for (guint i = 1; names[i] != NULL; i++)
      rpc_json_append (aliases, rpc_json_new_string (names[i]));
    rpc_json_set (param, "x-bitcoin-aliases", aliases);
  }
  if (arg->help != NULL && *arg->help != '\0')
    rpc_json_set (param, "description", rpc_json_new_string (arg->help));
  return param;
}

RpcJson *
rpc_method_to_openrpc (const RpcMethod *method, gboolean hidden)
{
  g_autofree char *category = g_ascii_strdown (method->category, -1);
  g_autofree char *about = g_strndup (method->help, strcspn (method->help, "\n"));
  g_autoptr (RpcShape) shape = rpc_shape_parse (method->result != NULL ? method->result : "null");
  RpcJson *json = rpc_json_new_object (), *params = rpc_json_new_array (), *result = rpc_json_new_object ();

  g_assert (shape != NULL);
  for (guint i = 0; i < rpc_method_n_args (method); i++)
    if (hidden || !method->args[i].hidden)
      rpc_json_append (params, param_to_openrpc (&method->args[i]));
  rpc_json_set (result, "name", rpc_json_new_string ("result"));
  rpc_json_set (result, "schema", rpc_shape_to_schema (shape, FALSE));
  rpc_json_set (json, "name", rpc_json_new_string (method->name));
  rpc_json_set (json, "description", rpc_json_new_string (about));
  rpc_json_set (json, "params", params);
  rpc_json_set (json, "result", result);
  rpc_json_set (json, "x-bitcoin-category", rpc_json_new_string (category));
  return json;
}
