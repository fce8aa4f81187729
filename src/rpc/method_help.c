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
  case RPC_ARG_STRING:
  case RPC_ARG_HEX:
    return "string";
  case RPC_ARG_ARRAY:
    return "json array";
  case RPC_ARG_OBJECT:
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

  if (arg->shown != NULL) {
    g_string_append_printf (text, " %s", arg->shown);
    return;
  }
  switch (arg->type) {
  case RPC_ARG_STRING:
  case RPC_ARG_HEX:
    g_string_append_printf (text, " \"%s\"", name);
    break;
  case RPC_ARG_ARRAY:
    g_string_append_printf (text, " [%s,...]", name);
    break;
  case RPC_ARG_OBJECT:
    g_string_append_printf (text, " {%s}", name);
    break;
  case RPC_ARG_ANY:
  case RPC_ARG_BOOL:
  case RPC_ARG_INT:
  case RPC_ARG_NUMBER:
  case RPC_ARG_AMOUNT:
    g_string_append_printf (text, " %s", name);
    break;
  }
}

char *
rpc_method_dup_usage (const RpcMethod *method)
{
  GString *text = g_string_new (method->name);
  guint n = rpc_method_n_args (method);
  gboolean optional = FALSE;

  for (guint i = 0; i < n; i++) {
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

char *
rpc_method_dup_help (const RpcMethod *method)
{
  g_autofree char *usage = rpc_method_dup_usage (method);
  const char *result = strstr (method->help, "\n\n");
  gsize about = result != NULL ? (gsize) (result - method->help) : strlen (method->help);
  GString *text = g_string_new (usage);
  guint n = rpc_method_n_args (method);

  g_string_append (text, "\n\n");
  g_string_append_len (text, method->help, (gssize) about);
  g_string_append (text, "\n");
  if (n > 0)
    g_string_append (text, "\nArguments:\n");
  for (guint i = 0; i < n; i++) {
    const RpcArg *arg = &method->args[i];
    g_autofree char *name = help_dup_arg_name (arg);
    g_string_append_printf (text, "%u. %-14s (%s, %s) %s\n", i + 1, name, type_text (arg->type),
                            arg->required ? "required" : "optional", arg->help != NULL ? arg->help : "");
  }
  if (result != NULL)
    g_string_append_printf (text, "\nResult:\n%s\n", result + 2);
  return g_string_free (text, FALSE);
}
