#include <string.h>

#include "rpc/method.h"

/* Results that are compared with the shapes that their methods declare. */

/* Returns its argument. */
static RpcJson *
run_return (RpcCall *call, GError **error)
{
  return call->args[0] != NULL ? rpc_json_ref (call->args[0]) : rpc_json_new_null ();
}

/* The error of a method of shape RESULT that returns VALUE; NULL: none. The caller owns it. */
static char *
dup_problem (const char *result, const char *value, gboolean check, gboolean packed)
{
  const RpcMethod method
      = { "Test", "return", run_return, "Test.", { { "value", RPC_ARG_ANY, TRUE, "" } }, .result = result };
  g_autoptr (RpcTable) table = rpc_table_new (NULL, 1);
  g_autoptr (RpcJson) params = rpc_json_new_array (), answer = NULL;
  RpcJson *json = rpc_json_parse (value, strlen (value));
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (json);
  rpc_json_append (params, packed ? rpc_json_pack (json) : json);
  rpc_table_set_check_results (table, check);
  rpc_table_add (table, &method, 1);
  answer = rpc_table_call (table, "return", params, NULL, &error);
  if (answer != NULL) {
    g_assert_no_error (error);
    return NULL;
  }
  g_assert_error (error, RPC_ERROR, RPC_MISC_ERROR);
  return g_strdup (error->message);
}

static void
check_problem (const char *result, const char *value, const char *expected)
{
  g_autofree char *problem = dup_problem (result, value, TRUE, FALSE);
  g_autofree char *unchecked = dup_problem (result, value, FALSE, FALSE);
  g_autofree char *message = g_strdup_printf (
      "Internal bug detected: RPC call \"return\" returned incorrect type:\n%s\nPlease report this bug.", expected);

  g_assert_cmpstr (problem, ==, expected != NULL ? message : NULL);
  g_assert_null (unchecked);
}

static void
test_words (void)
{
  check_problem ("num", "1.5", NULL);
  check_problem ("int", "1.5", "result: number, but int in the documentation");
  check_problem ("hex", "\"\"", NULL);
  check_problem ("str", "1", "result: number, but str in the documentation");
  check_problem ("amount", "\"1\"", "result: string, but amount in the documentation");
  check_problem ("false", "true", "result: bool, but false in the documentation");
  check_problem ("any", "{\"a\": 1}", NULL);
  check_problem (NULL, "null", NULL);
  check_problem (NULL, "true", "result: bool, but null in the documentation");
}

static void
test_lists (void)
{
  check_problem ("[num]", "[]", NULL);
  check_problem ("[num]", "{}", "result: object, but array in the documentation");
  check_problem ("[num]", "[1, \"2\"]", "result[1]: string, but num in the documentation");
  check_problem ("[num, str]", "[1, \"2\"]", NULL);
  check_problem ("[num, str]", "[1, true]", "result[1]: bool, but num in the documentation");
  check_problem ("(num, str)", "[1, \"2\"]", NULL);
  check_problem ("(num, str)", "[1]", "result: the list has another length than in the documentation");
}

static void
test_objects (void)
{
  check_problem ("{a: num, b?: str}", "{\"a\": 1}", NULL);
  check_problem ("{a: num, b?: str}", "{\"b\": 1, \"c\": 2}",
                 "result.a: missing, although it is not optional in the documentation\n"
                 "result.b: number, but str in the documentation\nresult.c: not in the documentation");
  check_problem ("{*: {a: num}}", "{\"x\": {\"a\": 1}, \"y\": {\"a\": \"\"}}",
                 "result.y.a: string, but num in the documentation");
  check_problem ("str | {a: num}", "{\"a\": 1}", NULL);
  check_problem ("str | {a: num}", "{\"a\": \"1\"}", "result: object, but str in the documentation");
}

/* A part that is kept as text is checked like any other. */
static void
test_packed (void)
{
  g_autofree char *good = dup_problem ("{a: num}", "{\"a\": 1}", TRUE, TRUE);
  g_autofree char *bad = dup_problem ("{a: num}", "{\"a\": true}", TRUE, TRUE);

  g_assert_null (good);
  g_assert_nonnull (strstr (bad, "result.a: bool, but num in the documentation"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/method-check/words", test_words);
  g_test_add_func ("/method-check/lists", test_lists);
  g_test_add_func ("/method-check/objects", test_objects);
  g_test_add_func ("/method-check/packed", test_packed);
  return g_test_run ();
}
