#include <string.h>

#include "rpc/method.h"

/* Named arguments, as the reference places them. */

static RpcJson *
run_echo (RpcCall *call, GError **error)
{
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < call->n_args; i++)
    rpc_json_append (list, call->args[i] != NULL ? rpc_json_ref (call->args[i]) : rpc_json_new_null ());
  return list;
}

static const RpcMethod methods[] = {
  { "Util",
    "echo",
    run_echo,
    "Echoes.",
    { { "a|first", RPC_ARG_NUMBER, TRUE, "One" },
      { "b", RPC_ARG_ANY, FALSE, "Another" },
      { "options", RPC_ARG_OPTIONS, FALSE, "More", "{x?: num, y?: bool = false}" },
      { "last", RPC_ARG_STRING, FALSE, "The last" } },
    .result = "[any]" },
  { "Util",
    "object",
    run_echo,
    "Echoes.",
    { { "request", RPC_ARG_OBJECT, FALSE, "Its fields are not named arguments", "{x?: num}" } },
    .result = "[any]" },
};

static void
check (RpcTable *table, const char *method, const char *params, const char *expected)
{
  g_autoptr (RpcJson) args = rpc_json_parse (params, strlen (params)), result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *got = NULL;

  g_assert_nonnull (args);
  result = rpc_table_call (table, method, args, NULL, &error);
  got = result != NULL ? rpc_json_write (result, 0) : g_strdup_printf ("%d: %s", error->code, error->message);
  if (!g_str_has_prefix (got, expected))
    g_error ("%s %s\n got %s\n expected %s", method, params, got, expected);
}

static RpcTable *
new_table (void)
{
  RpcTable *table = rpc_table_new (NULL, 1);

  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
  return table;
}

static void
test_named (void)
{
  g_autoptr (RpcTable) table = new_table ();

  check (table, "echo", "{\"a\":1}", "[1,null,null,null]");
  check (table, "echo", "{\"last\":\"z\",\"first\":1}", "[1,null,null,\"z\"]");
  check (table, "echo", "{\"a\":1,\"a\":1}", "-8: Parameter a specified multiple times");
  check (table, "echo", "{\"zzz\":1,\"zzz\":1}", "-8: Parameter zzz specified multiple times");
  check (table, "echo", "{\"a\":1,\"first\":2}", "-8: Unknown named parameter first");
  check (table, "echo", "{\"A\":1}", "-8: Unknown named parameter A");
  check (table, "echo", "{\"a|first\":1}", "-8: Unknown named parameter a|first");
  check (table, "echo", "{\"b\":1}", "-3: Wrong type passed");
  check (table, "echo", "{}", "-1: echo a ( b {\"x\":n,\"y\":bool,...} \"last\" )\n");
}

static void
test_positional (void)
{
  g_autoptr (RpcTable) table = new_table ();

  check (table, "echo", "{\"args\":[1,2]}", "[1,2,null,null]");
  check (table, "echo", "{\"args\":[1],\"b\":3}", "[1,3,null,null]");
  check (table, "echo", "{\"args\":[1],\"x\":3}", "[1,null,{\"x\":3},null]");
  check (table, "echo", "{\"args\":[1],\"a\":3}",
         "-8: Parameter a|first specified twice both as positional and named argument");
  check (table, "echo", "{\"args\":[1,null],\"b\":3}",
         "-8: Parameter b specified twice both as positional and named argument");
  check (table, "echo", "{\"args\":[1,2,{},\"z\",5]}", "-1: echo");
  check (table, "echo", "{\"args\":[1],\"foo\":null}", "-8: Unknown named parameter foo");
  /* What is no array is ignored. */
  check (table, "echo", "{\"args\":5,\"a\":1}", "[1,null,null,null]");
  check (table, "echo", "{\"args\":null,\"a\":1}", "[1,null,null,null]");
  check (table, "echo", "{\"args\":null}", "-1: echo");
}

static void
test_options (void)
{
  g_autoptr (RpcTable) table = new_table ();

  check (table, "echo", "{\"a\":1,\"y\":true,\"x\":2}", "[1,null,{\"x\":2,\"y\":true},null]");
  check (table, "echo", "{\"a\":1,\"x\":2,\"options\":{}}", "-8: Parameter options conflicts with parameter x");
  check (table, "echo", "{\"a\":1,\"x\":2,\"x\":3}", "-8: Parameter x specified multiple times");
  check (table, "echo", "{\"x\":2}", "-3: Wrong type passed");
  check (table, "object", "{\"x\":2}", "-8: Unknown named parameter x");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/named/names", test_named);
  g_test_add_func ("/named/positional", test_positional);
  g_test_add_func ("/named/options", test_options);
  return g_test_run ();
}
