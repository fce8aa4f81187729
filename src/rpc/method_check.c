#include "rpc/method_private.h"

/* Whether a result has the shape that its method declares. */

static void check_shape (const RpcShape *shape, RpcJson *json, const char *path, GString *found);

/* Adds a line about the value at PATH to FOUND. */
static void
note_mismatch (GString *found, const char *path, const char *problem)
{
  g_string_append_printf (found, "%s%s: %s", found->len > 0 ? "\n" : "", path, problem);
}

static gboolean
word_matches (const char *word, const RpcJson *json)
{
  static const struct {
    const char *word;
    RpcJsonType type;
  } types[] = { { "str", RPC_JSON_STRING },    { "hex", RPC_JSON_STRING },   { "num", RPC_JSON_NUMBER },
                { "amount", RPC_JSON_NUMBER }, { "time", RPC_JSON_NUMBER },  { "bool", RPC_JSON_BOOL },
                { "null", RPC_JSON_NULL },     { "object", RPC_JSON_OBJECT } };
  gint64 value;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (word, types[i].word))
      return rpc_json_type (json) == types[i].type;
  if (g_str_equal (word, "int"))
    return rpc_json_int (json, &value);
  if (g_str_equal (word, "false"))
    return rpc_json_type (json) == RPC_JSON_BOOL && !rpc_json_bool (json);
  return TRUE;
}

/* JSON has the shape of one of PARTS. If not, FOUND gets what is wrong by the first one. */
static void
check_alternatives (const GPtrArray *parts, RpcJson *json, const char *path, GString *found)
{
  g_autoptr (GString) first = NULL;

  for (guint i = 0; i < parts->len; i++) {
    g_autoptr (GString) tried = g_string_new (NULL);

    check_shape (g_ptr_array_index (parts, i), json, path, tried);
    if (tried->len == 0)
      return;
    if (first == NULL)
      first = g_steal_pointer (&tried);
  }
  if (first != NULL)
    g_string_append_printf (found, "%s%s", found->len > 0 ? "\n" : "", first->str);
}

static void
check_list (const RpcShape *shape, RpcJson *json, const char *path, GString *found)
{
  gsize n = rpc_json_len (json);

  if (shape->kind == RPC_SHAPE_FIXED && n != shape->parts->len) {
    note_mismatch (found, path, "the list has another length than in the documentation");
    return;
  }
  for (gsize i = 0; i < n; i++) {
    g_autofree char *place = g_strdup_printf ("%s[%" G_GSIZE_FORMAT "]", path, i);

    if (shape->kind == RPC_SHAPE_FIXED)
      check_shape (g_ptr_array_index (shape->parts, i), rpc_json_at (json, i), place, found);
    else
      check_alternatives (shape->parts, rpc_json_at (json, i), place, found);
  }
}

static void
check_fields (const RpcShape *shape, RpcJson *json, const char *path, GString *found)
{
  for (guint i = 0; i < shape->parts->len; i++) {
    const RpcShape *member = g_ptr_array_index (shape->parts, i);
    g_autofree char *place = g_strdup_printf ("%s.%s", path, member->name);
    RpcJson *value = rpc_json_get (json, member->name);

    if (value != NULL)
      check_shape (member, value, place, found);
    else if (!member->optional)
      note_mismatch (found, place, "missing, although it is not optional in the documentation");
  }
  for (gsize i = 0; i < rpc_json_len (json); i++) {
    g_autofree char *place = g_strdup_printf ("%s.%s", path, rpc_json_name_at (json, i));

    if (rpc_shape_find (shape, rpc_json_name_at (json, i)) == NULL)
      note_mismatch (found, place, "not in the documentation");
  }
}

static void
check_map (const RpcShape *shape, RpcJson *json, const char *path, GString *found)
{
  for (gsize i = 0; i < rpc_json_len (json); i++) {
    g_autofree char *place = g_strdup_printf ("%s.%s", path, rpc_json_name_at (json, i));

    check_alternatives (shape->parts, rpc_json_at (json, i), place, found);
  }
}

/* JSON is of TYPE, or else FOUND says so. */
static gboolean
check_type (RpcJson *json, RpcJsonType type, const char *path, GString *found)
{
  g_autofree char *problem = NULL;

  if (rpc_json_type (json) == type)
    return TRUE;
  problem = g_strdup_printf ("%s, but %s in the documentation", rpc_json_type_name (rpc_json_type (json)),
                             rpc_json_type_name (type));
  note_mismatch (found, path, problem);
  return FALSE;
}

static void
check_word (const RpcShape *shape, RpcJson *json, const char *path, GString *found)
{
  g_autofree char *problem = NULL;

  if (word_matches (shape->word, json))
    return;
  problem = g_strdup_printf ("%s, but %s in the documentation", rpc_json_type_name (rpc_json_type (json)), shape->word);
  note_mismatch (found, path, problem);
}

static void
check_shape (const RpcShape *shape, RpcJson *json, const char *path, GString *found)
{
  g_autoptr (RpcJson) value = rpc_json_unpack (json);

  switch (shape->kind) {
  case RPC_SHAPE_WORD:
    check_word (shape, value, path, found);
    break;
  case RPC_SHAPE_LIST:
  case RPC_SHAPE_FIXED:
    if (check_type (value, RPC_JSON_ARRAY, path, found))
      check_list (shape, value, path, found);
    break;
  case RPC_SHAPE_OBJECT:
    if (check_type (value, RPC_JSON_OBJECT, path, found))
      check_fields (shape, value, path, found);
    break;
  case RPC_SHAPE_MAP:
    if (check_type (value, RPC_JSON_OBJECT, path, found))
      check_map (shape, value, path, found);
    break;
  case RPC_SHAPE_EITHER:
    check_alternatives (shape->parts, value, path, found);
    break;
  }
}

gboolean
rpc_method_check_result (const RpcMethod *method, RpcJson *result, GError **error)
{
  g_autoptr (RpcShape) shape = rpc_shape_parse (method->result != NULL ? method->result : "null");
  g_autoptr (GString) found = g_string_new (NULL);

  g_return_val_if_fail (shape != NULL, FALSE);
  check_shape (shape, result, "result", found);
  return found->len == 0
         || rpc_refuse (error, RPC_MISC_ERROR,
                        "Internal bug detected: RPC call \"%s\" returned incorrect type:\n%s\nPlease report this bug.",
                        method->name, found->str);
}
