#include "rpc/method_private.h"

/* Whether a result has the shape that its method declares. */

/* Where a value is in the result: written only where something is wrong. */
typedef struct _Place Place;
struct _Place {
  const Place *parent; /* NULL: it is the result itself */
  const char *name;    /* NULL: it is in a list */
  gsize index;
};

typedef struct {
  guint n;
  GString *lines; /* NULL: they are only counted */
} Mismatches;

static void check_shape (const RpcShape *shape, RpcJson *json, const Place *place, Mismatches *found);

static void
append_place (GString *text, const Place *place)
{
  if (place->parent == NULL) {
    g_string_append (text, "result");
    return;
  }
  append_place (text, place->parent);
  if (place->name != NULL)
    g_string_append_printf (text, ".%s", place->name);
  else
    g_string_append_printf (text, "[%" G_GSIZE_FORMAT "]", place->index);
}

static void note_mismatch (Mismatches *found, const Place *place, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
note_mismatch (Mismatches *found, const Place *place, const char *format, ...)
{
  va_list args;

  found->n++;
  if (found->lines == NULL)
    return;
  if (found->lines->len > 0)
    g_string_append_c (found->lines, '\n');
  append_place (found->lines, place);
  g_string_append (found->lines, ": ");
  va_start (args, format);
  g_string_append_vprintf (found->lines, format, args);
  va_end (args);
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
check_alternatives (const GPtrArray *parts, RpcJson *json, const Place *place, Mismatches *found)
{
  if (parts->len == 0)
    return;
  for (guint i = 0; parts->len > 1 && i < parts->len; i++) {
    Mismatches tried = { 0 };

    check_shape (g_ptr_array_index (parts, i), json, place, &tried);
    if (tried.n == 0)
      return;
  }
  check_shape (g_ptr_array_index (parts, 0), json, place, found);
}

static void
check_list (const RpcShape *shape, RpcJson *json, const Place *place, Mismatches *found)
{
  gsize n = rpc_json_len (json);

  if (shape->kind == RPC_SHAPE_FIXED && n != shape->parts->len) {
    note_mismatch (found, place, "the list has another length than in the documentation");
    return;
  }
  for (gsize i = 0; i < n; i++) {
    const Place item = { .parent = place, .index = i };

    if (shape->kind == RPC_SHAPE_FIXED)
      check_shape (g_ptr_array_index (shape->parts, i), rpc_json_at (json, i), &item, found);
    else
      check_alternatives (shape->parts, rpc_json_at (json, i), &item, found);
  }
}

static void
check_fields (const RpcShape *shape, RpcJson *json, const Place *place, Mismatches *found)
{
  for (guint i = 0; i < shape->parts->len; i++) {
    const RpcShape *member = g_ptr_array_index (shape->parts, i);
    const Place field = { .parent = place, .name = member->name };
    RpcJson *value = rpc_json_get (json, member->name);

    if (value != NULL)
      check_shape (member, value, &field, found);
    else if (!member->optional)
      note_mismatch (found, &field, "missing, although it is not optional in the documentation");
  }
  for (gsize i = 0; i < rpc_json_len (json); i++) {
    const Place field = { .parent = place, .name = rpc_json_name_at (json, i) };

    if (rpc_shape_find (shape, field.name) == NULL)
      note_mismatch (found, &field, "not in the documentation");
  }
}

static void
check_map (const RpcShape *shape, RpcJson *json, const Place *place, Mismatches *found)
{
  for (gsize i = 0; i < rpc_json_len (json); i++) {
    const Place field = { .parent = place, .name = rpc_json_name_at (json, i) };

    check_alternatives (shape->parts, rpc_json_at (json, i), &field, found);
  }
}

/* JSON is of TYPE, or else FOUND says so. */
static gboolean
check_type (RpcJson *json, RpcJsonType type, const Place *place, Mismatches *found)
{
  if (rpc_json_type (json) == type)
    return TRUE;
  note_mismatch (found, place, "%s, but %s in the documentation", rpc_json_type_name (rpc_json_type (json)),
                 rpc_json_type_name (type));
  return FALSE;
}

static void
check_word (const RpcShape *shape, RpcJson *json, const Place *place, Mismatches *found)
{
  if (!word_matches (shape->word, json))
    note_mismatch (found, place, "%s, but %s in the documentation", rpc_json_type_name (rpc_json_type (json)),
                   shape->word);
}

static void
check_shape (const RpcShape *shape, RpcJson *json, const Place *place, Mismatches *found)
{
  g_autoptr (RpcJson) value = rpc_json_unpack (json);

  switch (shape->kind) {
  case RPC_SHAPE_WORD:
    check_word (shape, value, place, found);
    break;
  case RPC_SHAPE_LIST:
  case RPC_SHAPE_FIXED:
    if (check_type (value, RPC_JSON_ARRAY, place, found))
      check_list (shape, value, place, found);
    break;
  case RPC_SHAPE_OBJECT:
    if (check_type (value, RPC_JSON_OBJECT, place, found))
      check_fields (shape, value, place, found);
    break;
  case RPC_SHAPE_MAP:
    if (check_type (value, RPC_JSON_OBJECT, place, found))
      check_map (shape, value, place, found);
    break;
  case RPC_SHAPE_EITHER:
    check_alternatives (shape->parts, value, place, found);
    break;
  }
}

gboolean
rpc_method_check_result (const RpcMethod *method, RpcJson *result, GError **error)
{
  g_autoptr (RpcShape) shape = rpc_shape_parse (method->result != NULL ? method->result : "null");
  g_autoptr (GString) lines = g_string_new (NULL);
  Mismatches found = { .lines = lines };
  const Place all = { .parent = NULL };

  g_return_val_if_fail (shape != NULL, FALSE);
  check_shape (shape, result, &all, &found);
  return found.n == 0
         || rpc_refuse (error, RPC_MISC_ERROR,
                        "Internal bug detected: RPC call \"%s\" returned incorrect type:\n%s\nPlease report this bug.",
                        method->name, lines->str);
}
