#include "rpc/shape.h"

/* Shapes in the texts of `help`. */

/* The placeholder of a value called NAME (NULL: of a member) in a line of help; strings are quoted. */
static void
append_word_in_line (GString *text, const char *word, const char *name)
{
  if (g_str_equal (word, "str") || g_str_equal (word, "hex"))
    g_string_append_printf (text, "\"%s\"", name != NULL ? name : word);
  else if (name != NULL)
    g_string_append (text, name);
  else if (g_str_equal (word, "num") || g_str_equal (word, "int"))
    g_string_append_c (text, 'n');
  else
    g_string_append (text, g_str_equal (word, "range") ? "n or [n,n]" : word);
}

static void
append_member_in_line (GString *text, const RpcShape *member)
{
  g_string_append_printf (text, "\"%s\":", member->name);
  rpc_shape_append_line (text, member, NULL);
}

void
rpc_shape_append_line (GString *text, const RpcShape *shape, const char *name)
{
  switch (shape->kind) {
  case RPC_SHAPE_WORD:
    append_word_in_line (text, shape->word, name);
    break;
  case RPC_SHAPE_LIST:
  case RPC_SHAPE_FIXED:
    g_string_append_c (text, '[');
    for (guint i = 0; i < shape->parts->len; i++) {
      rpc_shape_append_line (text, g_ptr_array_index (shape->parts, i), name);
      g_string_append_c (text, ',');
    }
    g_string_append (text, "...]");
    break;
  case RPC_SHAPE_OBJECT:
    g_string_append_c (text, '{');
    for (guint i = 0; i < shape->parts->len; i++) {
      if (i > 0)
        g_string_append_c (text, ',');
      append_member_in_line (text, g_ptr_array_index (shape->parts, i));
    }
    g_string_append_c (text, '}');
    break;
  case RPC_SHAPE_MAP:
    g_string_append (text, "{");
    for (guint i = 0; i < shape->parts->len; i++)
      rpc_shape_append_line (text, g_ptr_array_index (shape->parts, i), NULL);
    g_string_append (text, ",...}");
    break;
  case RPC_SHAPE_EITHER:
    rpc_shape_append_line (text, g_ptr_array_index (shape->parts, 0), name);
    break;
  }
}

static const char *
word_in_page (const char *word)
{
  static const struct {
    const char *word, *text;
  } words[] = { { "str", "\"...\"  (string)" },
                { "hex", "\"hex\"  (string)" },
                { "num", "n  (numeric)" },
                { "int", "n  (numeric)" },
                { "amount", "n.nnnnnnnn  (numeric)" },
                { "time", "n  (numeric, seconds since 1970)" },
                { "bool", "true|false  (boolean)" },
                { "false", "false" },
                { "null", "null" } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (word, words[i].word))
      return words[i].text;
  return "...";
}

static void append_in_page (GString *text, const RpcShape *shape, guint indent);

static void
append_parts_in_page (GString *text, const RpcShape *shape, const char *brackets, gboolean more, guint indent)
{
  if (shape->parts->len == 0) {
    g_string_append_printf (text, "%c%c", brackets[0], brackets[1]);
    return;
  }
  g_string_append_printf (text, "%c\n", brackets[0]);
  for (guint i = 0; i < shape->parts->len; i++) {
    const RpcShape *part = g_ptr_array_index (shape->parts, i);
    g_string_append_printf (text, "%*s", (int) indent + 2, "");
    if (part->name != NULL)
      g_string_append_printf (text, "\"%s\": ", part->name);
    else if (shape->kind == RPC_SHAPE_MAP)
      g_string_append (text, "\"...\": ");
    append_in_page (text, part, indent + 2);
    g_string_append (text, part->optional ? "  (optional)\n" : "\n");
  }
  if (more)
    g_string_append_printf (text, "%*s...\n", (int) indent + 2, "");
  g_string_append_printf (text, "%*s%c", (int) indent, "", brackets[1]);
}

static void
append_in_page (GString *text, const RpcShape *shape, guint indent)
{
  switch (shape->kind) {
  case RPC_SHAPE_WORD:
    g_string_append (text, word_in_page (shape->word));
    break;
  case RPC_SHAPE_LIST:
    append_parts_in_page (text, shape, "[]", TRUE, indent);
    break;
  case RPC_SHAPE_FIXED:
    append_parts_in_page (text, shape, "[]", FALSE, indent);
    break;
  case RPC_SHAPE_OBJECT:
    append_parts_in_page (text, shape, "{}", FALSE, indent);
    break;
  case RPC_SHAPE_MAP:
    append_parts_in_page (text, shape, "{}", TRUE, indent);
    break;
  case RPC_SHAPE_EITHER:
    for (guint i = 0; i < shape->parts->len; i++) {
      if (i > 0)
        g_string_append_printf (text, "\n%*sor ", (int) indent, "");
      append_in_page (text, g_ptr_array_index (shape->parts, i), indent);
    }
    break;
  }
}

void
rpc_shape_append_page (GString *text, const RpcShape *shape)
{
  append_in_page (text, shape, 0);
}
