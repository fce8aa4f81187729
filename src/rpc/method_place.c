#include "rpc/method_private.h"

#include <string.h>

/* Puts the arguments of a request, positional or named, into the order of the method's table, and checks their number
 * and types. */

typedef struct {
  const RpcMethod *method;
  const RpcJson *params; /* an object */
  gboolean *used;        /* for each of its members */
  GPtrArray *placed;     /* borrowed values; NULL where an argument before a named one was left out */
  guint gap;             /* arguments left out since the last named one */
  guint first_gap;       /* those before the first named one */
  const char *first;     /* its name in the table; NULL: none was named */
} Placing;

/* The index of the unused member of PARAMS called one of NAMES ("a|b"); -1: there is none. */
static gssize
find_named (const Placing *placing, const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, "|", -1);

  for (guint n = 0; list[n] != NULL; n++)
    for (gsize i = 0; i < rpc_json_len (placing->params); i++)
      if (!placing->used[i] && g_str_equal (rpc_json_name_at (placing->params, i), list[n]))
        return (gssize) i;
  return -1;
}

static gboolean
check_repetition (const RpcJson *params, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < rpc_json_len (params); i++)
    if (!g_hash_table_add (names, (gpointer) rpc_json_name_at (params, i)))
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Parameter %s specified multiple times",
                         rpc_json_name_at (params, i));
  return TRUE;
}

/* An object of those named arguments that are fields of the options ARG; NULL: there are none. */
static RpcJson *
gather_options (Placing *placing, const RpcArg *arg)
{
  g_autoptr (RpcShape) shape = arg->type == RPC_ARG_OPTIONS ? rpc_shape_parse (arg->shape) : NULL;
  RpcJson *options = NULL;

  for (guint i = 0; shape != NULL && i < shape->parts->len; i++) {
    const RpcShape *field = g_ptr_array_index (shape->parts, i);
    gssize at = find_named (placing, field->name);
    if (at < 0)
      continue;
    if (options == NULL)
      options = rpc_json_new_object ();
    rpc_json_set (options, field->name, rpc_json_ref (rpc_json_at (placing->params, (gsize) at)));
    placing->used[at] = TRUE;
  }
  return options;
}

/* Options that were given by name are appended to *OPTIONS. */
static gboolean
place_argument (Placing *placing, const RpcArg *arg, RpcJson **options, GError **error)
{
  g_autoptr (RpcJson) gathered = gather_options (placing, arg);
  gssize at = find_named (placing, arg->name);

  if (gathered == NULL && at < 0) {
    placing->gap++;
    if (placing->placed->len == 0)
      placing->first_gap = placing->gap;
    return TRUE;
  }
  if (gathered != NULL && at >= 0)
    return rpc_refuse (error, RPC_INVALID_PARAMETER, "Parameter %s conflicts with parameter %s", arg->name,
                       rpc_json_name_at (gathered, 0));
  for (; placing->gap > 0; placing->gap--)
    g_ptr_array_add (placing->placed, NULL);
  if (placing->first == NULL)
    placing->first = arg->name;
  if (at >= 0) {
    placing->used[at] = TRUE;
    g_ptr_array_add (placing->placed, rpc_json_at (placing->params, (gsize) at));
    return TRUE;
  }
  g_ptr_array_add (placing->placed, gathered);
  if (*options == NULL)
    *options = rpc_json_new_array ();
  rpc_json_append (*options, g_steal_pointer (&gathered));
  return TRUE;
}

/* "args", unless the method has such a parameter, holds positional arguments, which come first. If it is no array it
 * is ignored, as in the reference. */
static gboolean
place_positional (Placing *placing, GError **error)
{
  gssize at = find_named (placing, "args");
  const RpcJson *list = at >= 0 ? rpc_json_at (placing->params, (gsize) at) : NULL;
  g_autoptr (GPtrArray) all = NULL;

  if (at >= 0)
    placing->used[at] = TRUE;
  if (rpc_json_type (list) != RPC_JSON_ARRAY)
    return TRUE;
  if (placing->first_gap < rpc_json_len (list) && placing->first != NULL)
    return rpc_refuse (error, RPC_INVALID_PARAMETER,
                       "Parameter %s specified twice both as positional and named argument", placing->first);
  all = g_ptr_array_new ();
  for (gsize i = 0; i < rpc_json_len (list); i++)
    g_ptr_array_add (all, rpc_json_at (list, i));
  for (guint i = all->len; i < placing->placed->len; i++)
    g_ptr_array_add (all, g_ptr_array_index (placing->placed, i));
  g_ptr_array_unref (placing->placed);
  placing->placed = g_steal_pointer (&all);
  return TRUE;
}

static gboolean
check_unknown (const Placing *placing, GError **error)
{
  for (gsize i = 0; i < rpc_json_len (placing->params); i++)
    if (!placing->used[i])
      return rpc_refuse (error, RPC_INVALID_PARAMETER, "Unknown named parameter %s",
                         rpc_json_name_at (placing->params, i));
  return TRUE;
}

static gboolean
place_named (const RpcMethod *method, const RpcJson *params, GPtrArray **placed, RpcJson **options, GError **error)
{
  g_autofree gboolean *used = g_new0 (gboolean, rpc_json_len (params) + 1);
  Placing placing = { method, params, used, g_ptr_array_new (), 0, 0, NULL };
  gboolean good = check_repetition (params, error);

  for (guint i = 0; good && i < rpc_method_n_args (method); i++)
    good = place_argument (&placing, &method->args[i], options, error);
  good = good && place_positional (&placing, error) && check_unknown (&placing, error);
  *placed = placing.placed;
  return good;
}

/* One argument too many is enough to be refused. */
static GPtrArray *
place_list (const RpcMethod *method, const RpcJson *params)
{
  GPtrArray *placed = g_ptr_array_new ();

  for (gsize i = 0; i < rpc_json_len (params) && i <= rpc_method_n_args (method); i++)
    g_ptr_array_add (placed, rpc_json_at (params, i));
  return placed;
}

static GPtrArray *
place_args (const RpcMethod *method, const RpcJson *params, RpcJson **options, GError **error)
{
  g_autoptr (GPtrArray) placed = NULL;

  if (rpc_json_type (params) != RPC_JSON_OBJECT)
    return place_list (method, params);
  return place_named (method, params, &placed, options, error) ? g_steal_pointer (&placed) : NULL;
}

/* ---- checking their number and types ---- */

/* FALSE: any type is accepted. */
static gboolean
expected_type (RpcArgType type, RpcJsonType *expected)
{
  switch (type) {
  case RPC_ARG_ANY:
  case RPC_ARG_AMOUNT: /* a number or a string: checked when it is read */
  case RPC_ARG_RANGE:  /* a number or an array */
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
  case RPC_ARG_OPTIONS:
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

gboolean
rpc_method_check_args (const RpcMethod *method,
                       const RpcJson *params,
                       RpcJson **args,
                       guint *n_given,
                       RpcJson **options,
                       GError **error)
{
  g_autoptr (GPtrArray) placed = place_args (method, params, options, error);
  guint n = rpc_method_n_args (method), required = 0;

  if (placed == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (method->args[i].required)
      required = i + 1;
  if (placed->len < required || placed->len > n)
    return refuse_count (method, error);
  *n_given = placed->len;
  for (guint i = 0; i < placed->len; i++)
    args[i] = g_ptr_array_index (placed, i);
  if (!check_types (method, n, args, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (rpc_json_type (args[i]) == RPC_JSON_NULL)
      args[i] = NULL;
  return TRUE;
}
