#include "rpc/method_private.h"

#include <string.h>

/* The text of `help METHOD`. */

static const char *
type_text (RpcArgType type)
{
  switch (type) {
  case RPC_ARG_ANY:
    return "any";
  case RPC_ARG_BOOL:
    return "boolean";
  case RPC_ARG_INT:
  case RPC_ARG_NUMBER:
    return "numeric";
  case RPC_ARG_AMOUNT:
    return "numeric or string";
  case RPC_ARG_RANGE:
    return "numeric or array";
  case RPC_ARG_STRING:
  case RPC_ARG_HEX:
    return "string";
  case RPC_ARG_ARRAY:
    return "json array";
  case RPC_ARG_OBJECT:
  case RPC_ARG_OPTIONS:
    return "json object";
  }
  return "any";
}

/* The first name of ARG. */
static char *
help_dup_arg_name (const RpcArg *arg)
{
  return g_strndup (arg->name, strcspn (arg->name, "|"));
}

static void
append_word (GString *text, const RpcArg *arg)
{
  g_autofree char *name = help_dup_arg_name (arg);
  g_autoptr (RpcShape) shape = rpc_arg_dup_shape (arg);

  g_string_append_c (text, ' ');
  if (arg->shown != NULL)
    g_string_append (text, arg->shown);
  else if (arg->type == RPC_ARG_ANY)
    g_string_append (text, name);
  else
    rpc_shape_append_line (text, shape, name);
  if (arg->shown == NULL && arg->type == RPC_ARG_OPTIONS) {
    g_string_truncate (text, text->len - 1);
    g_string_append (text, ",...}");
  }
}

char *
rpc_method_dup_usage (const RpcMethod *method)
{
  GString *text = g_string_new (method->name);
  guint n = rpc_method_n_args (method);
  gboolean optional = FALSE;

  for (guint i = 0; i < n && !method->args[i].hidden; i++) {
    if (method->args[i].required && optional)
      g_string_append (text, " )");
    else if (!method->args[i].required && !optional)
      g_string_append (text, " (");
    optional = !method->args[i].required;
    append_word (text, &method->args[i]);
  }
  if (optional)
    g_string_append (text, " )");
  return g_string_free (text, FALSE);
}

/* ABOUT explains the result: it takes the place of a shape that is only a word. */
static void
append_result (GString *text, const RpcMethod *method, const char *about)
{
  g_autoptr (RpcShape) shape = method->result != NULL ? rpc_shape_parse (method->result) : NULL;

  if (about == NULL && (shape == NULL || g_str_equal (method->result, "any")))
    return;
  g_string_append (text, "\nResult:\n");
  if (shape != NULL && (about == NULL || shape->kind != RPC_SHAPE_WORD)) {
    rpc_shape_append_page (text, shape);
    g_string_append_c (text, '\n');
  }
  if (about != NULL)
    g_string_append_printf (text, "%s\n", about);
}

char *
rpc_method_dup_help (const RpcMethod *method)
{
  g_autofree char *usage = rpc_method_dup_usage (method);
  const char *result = strstr (method->help, "\n\n");
  gsize about = result != NULL ? (gsize) (result - method->help) : strlen (method->help);
  GString *text = g_string_new (usage);
  guint n = rpc_method_n_args (method);

  while (n > 0 && method->args[n - 1].hidden)
    n--;
  g_string_append (text, "\n\n");
  g_string_append_len (text, method->help, (gssize) about);
  g_string_append (text, "\n");
  if (n > 0)
    g_string_append (text, "\nArguments:\n");
  for (guint i = 0; i < n; i++) {
    const RpcArg *arg = &method->args[i];
    g_autofree char *name = help_dup_arg_name (arg);
    g_string_append_printf (text, "%u. %-14s (%s, %s%s%s) %s\n", i + 1, name, type_text (arg->type),
                            arg->required ? "required" : "optional", arg->fallback != NULL ? ", default=" : "",
                            arg->fallback != NULL ? arg->fallback : "", arg->help != NULL ? arg->help : "");
  }
  append_result (text, method, result != NULL ? result + 2 : NULL);
  return g_string_free (text, FALSE);
}
