#include "rpc/method_private.h"

#include <string.h>

#include "config.h"

/* The methods that describe a table: help, getopenrpcinfo. */

static int
compare_methods (gconstpointer a, gconstpointer b)
{
  const RpcMethod *first = *(const RpcMethod *const *) a, *second = *(const RpcMethod *const *) b;
  int order = strcmp (first->category, second->category);
  return order != 0 ? order : strcmp (first->name, second->name);
}

static int
compare_method_names (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const RpcMethod *const *) a)->name, (*(const RpcMethod *const *) b)->name);
}

static gboolean
is_hidden (const RpcMethod *method)
{
  return g_str_equal (method->category, "hidden");
}

static GPtrArray *
dup_sorted (GHashTable *methods, GCompareFunc compare)
{
  GPtrArray *sorted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, methods);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (sorted, value);
  g_ptr_array_sort (sorted, compare);
  return sorted;
}

static char *
dup_overview (GHashTable *methods)
{
  g_autoptr (GPtrArray) sorted = dup_sorted (methods, compare_methods);
  GString *text = g_string_new (NULL);
  const char *category = NULL;

  for (guint i = 0; i < sorted->len; i++) {
    const RpcMethod *method = g_ptr_array_index (sorted, i);
    g_autofree char *usage = rpc_method_dup_usage (method);
    if (is_hidden (method))
      continue;
    if (g_strcmp0 (category, method->category) != 0)
      g_string_append_printf (text, "%s== %s ==\n", category != NULL ? "\n" : "", method->category);
    category = method->category;
    g_string_append_printf (text, "%s\n", usage);
  }
  if (text->len > 0)
    g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}

char *
rpc_methods_dup_help (GHashTable *methods, const char *method)
{
  const RpcMethod *found;

  if (method == NULL || *method == '\0')
    return dup_overview (methods);
  found = g_hash_table_lookup (methods, method);
  return found != NULL ? rpc_method_dup_help (found) : NULL;
}

RpcJson *
rpc_methods_dup_list (GHashTable *methods)
{
  g_autoptr (GPtrArray) sorted = dup_sorted (methods, compare_method_names);
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < sorted->len; i++) {
    const RpcMethod *method = g_ptr_array_index (sorted, i);
    g_autofree char *usage = rpc_method_dup_usage (method);
    RpcJson *row = rpc_json_new_object ();

    rpc_json_set (row, "name", rpc_json_new_string (method->name));
    rpc_json_set (row, "usage", rpc_json_new_string (usage));
    rpc_json_set (row, "hidden", rpc_json_new_bool (is_hidden (method)));
    rpc_json_append (list, row);
  }
  return list;
}

/* Whether a client that has only text passes the argument on as it is, instead of as JSON. */
static gboolean
is_text (const RpcArg *arg)
{
  return arg->type == RPC_ARG_STRING || arg->type == RPC_ARG_HEX
         || (arg->type == RPC_ARG_ANY && arg->shown != NULL && *arg->shown == '"');
}

static void
append_conversion (RpcJson *list, const RpcMethod *method, guint place, const char *name, gboolean text)
{
  RpcJson *row = rpc_json_new_array ();

  rpc_json_append (row, rpc_json_new_string (method->name));
  rpc_json_append (row, rpc_json_new_int (place));
  rpc_json_append (row, rpc_json_new_string (name));
  rpc_json_append (row, rpc_json_new_bool (text));
  rpc_json_append (list, row);
}

static void
append_field_conversions (RpcJson *list, const RpcMethod *method, guint place)
{
  g_autoptr (RpcShape) shape = rpc_arg_dup_shape (&method->args[place]);

  for (guint i = 0; shape->kind == RPC_SHAPE_OBJECT && i < shape->parts->len; i++) {
    const RpcShape *field = g_ptr_array_index (shape->parts, i);
    append_conversion (list, method, place, field->name,
                       g_strcmp0 (field->word, "str") == 0 || g_strcmp0 (field->word, "hex") == 0);
  }
}

/* Each name of each argument, with its place, and whether it is a text: what a client needs to know about the methods. */
static RpcJson *
make_conversions (GHashTable *methods)
{
  g_autoptr (GPtrArray) sorted = dup_sorted (methods, compare_method_names);
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < sorted->len; i++) {
    const RpcMethod *method = g_ptr_array_index (sorted, i);
    for (guint place = 0; place < rpc_method_n_args (method); place++) {
      g_auto (GStrv) names = g_strsplit (method->args[place].name, "|", -1);
      for (guint k = 0; names[k] != NULL; k++)
        append_conversion (list, method, place, names[k], is_text (&method->args[place]));
      if (method->args[place].type == RPC_ARG_OPTIONS)
        append_field_conversions (list, method, place);
    }
  }
  return list;
}

static RpcJson *
run_help (RpcCall *call, GError **error)
{
  const char *command = rpc_call_string (call, 0);
  g_autofree char *text = NULL;

  if (g_strcmp0 (command, RPC_CONVERSIONS) == 0)
    return make_conversions (call->user_data);
  text = rpc_methods_dup_help (call->user_data, command);
  if (text == NULL)
    text = g_strdup_printf ("help: unknown command: %s", command);
  return rpc_json_new_string (text);
}

static RpcJson *
make_openrpc_info (void)
{
  RpcJson *info = rpc_json_new_object ();

  rpc_json_set (info, "title", rpc_json_new_string ("Moneyrocket JSON-RPC"));
  rpc_json_set (info, "version", rpc_json_new_string ("v" MONEYROCKET_VERSION));
  rpc_json_set (info, "description", rpc_json_new_string ("Made from the tables of Moneyrocket's RPC methods."));
  return info;
}

static RpcJson *
make_openrpc (GHashTable *methods, gboolean hidden)
{
  g_autoptr (GPtrArray) sorted = dup_sorted (methods, compare_method_names);
  RpcJson *json = rpc_json_new_object (), *list = rpc_json_new_array ();

  for (guint i = 0; i < sorted->len; i++) {
    const RpcMethod *method = g_ptr_array_index (sorted, i);
    if (hidden || !is_hidden (method))
      rpc_json_append (list, rpc_method_to_openrpc (method, hidden));
  }
  rpc_json_set (json, "openrpc", rpc_json_new_string ("1.4.1"));
  rpc_json_set (json, "info", make_openrpc_info ());
  rpc_json_set (json, "methods", list);
  return json;
}

static RpcJson *
run_getopenrpcinfo (RpcCall *call, GError **error)
{
  return make_openrpc (call->user_data, rpc_call_bool (call, 0, FALSE));
}

static RpcJson *
run_discover (RpcCall *call, GError **error)
{
  return make_openrpc (call->user_data, FALSE);
}

#define OPENRPC                                                                                                        \
  "{openrpc: str, info: {title: str, version: str, description: str}, methods: [{name: str, description: str, params:" \
  " [{name: str, required: bool, schema: any, description?: str, x-bitcoin-aliases?: [str], x-bitcoin-placeholder?:"   \
  " bool, x-bitcoin-also-positional?: bool}], result: {name: str, schema: any}, x-bitcoin-category: str}]}"

static const RpcMethod own_methods[] = {
  { "Control",
    "help",
    run_help,
    "List all methods, or explain one of them.\n\n\"text\"    (string) The help text",
    { { "command", RPC_ARG_STRING, FALSE, "The method to explain (default: all of them, one line each)" } },
    .result = "str | any" },
  { "Control",
    "getopenrpcinfo",
    run_getopenrpcinfo,
    "Describes the methods in an OpenRPC document.",
    { { "show_hidden", RPC_ARG_BOOL, FALSE, "Include hidden methods and arguments", .fallback = "false" } },
    .result = OPENRPC },
  { "Control", "rpc.discover", run_discover, "Describes the methods in an OpenRPC document.", .result = OPENRPC },
};

const RpcMethod *
rpc_own_methods (gsize *n)
{
  *n = G_N_ELEMENTS (own_methods);
  return own_methods;
}

gboolean
rpc_method_is_own (const RpcMethod *method)
{
  return method >= own_methods && method < own_methods + G_N_ELEMENTS (own_methods);
}
