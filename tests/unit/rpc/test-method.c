#include <string.h>

#include "common/text.h"
#include "rpc/method.h"

static RpcJson *
run_sum (RpcCall *call, GError **error)
{
  gint64 a, b;
  if (!rpc_call_int (call, 0, 0, 0, 100, &a, error) || !rpc_call_int (call, 1, 5, G_MININT64, G_MAXINT64, &b, error))
    return NULL;
  if (rpc_call_bool (call, 2, FALSE))
    return rpc_fail (error, RPC_VERIFY_ERROR, "%s", "asked to fail");
  return rpc_json_new_int (a + b);
}

static RpcJson *
run_hash (RpcCall *call, GError **error)
{
  guint8 hash32[32];
  return rpc_call_hash (call, 0, hash32, error) ? rpc_json_new_hash (hash32) : NULL;
}

/* It can be answered inline only while its data is not set. */
static RpcJson *
run_now (RpcCall *call, GError **error)
{
  if (call->user_data != NULL && !call->may_wait)
    return NULL;
  return rpc_json_new_bool (call->may_wait);
}

/* Needs the main context, like a method that calls another process. */
static RpcJson *
run_await (RpcCall *call, GError **error)
{
  while (g_atomic_int_get ((int *) call->user_data) != 1)
    g_usleep (1000);
  return rpc_json_new_bool (TRUE);
}

/* A call that waits until the test completes it. */
static RpcCall *waiting_call;
static GTask *waiting_task;

/* The options, or null. */
static RpcJson *
run_options (RpcCall *call, GError **error)
{
  return call->args[1] != NULL ? rpc_json_ref (call->args[1]) : rpc_json_new_null ();
}

static void
wait_later (RpcCall *call, GTask *task)
{
  waiting_call = call;
  waiting_task = task;
}

static RpcJson *
run_later (RpcCall *call, GError **error)
{
  return rpc_json_ref (call->args[0]);
}

static const RpcMethod methods[] = {
  { "Util",
    "sum",
    run_sum,
    "Adds.\n\nn    (numeric) The sum",
    { { "a|first", RPC_ARG_INT, TRUE, "One" },
      { "b", RPC_ARG_INT, FALSE, "Another" },
      { "fail", RPC_ARG_BOOL, FALSE, "Fail" } } },
  { "Util", "now", run_now, "Tells whether it may wait.", .run = RPC_RUN_INLINE },
  { "hidden", "await", run_await, "Returns when the flag in its data is set.", { { NULL } } },
  { "hidden",
    "later",
    run_later,
    "Waits, and echoes.",
    { { "n", RPC_ARG_INT, TRUE, "" } },
    RPC_RUN_DEFERRED,
    wait_later },
  { "Util",
    "options",
    run_options,
    "Echoes its options.",
    { { "a", RPC_ARG_INT, FALSE, "" },
      { "options", RPC_ARG_OPTIONS, FALSE, "", "{x?: num, y?: num}" },
      { "more", RPC_ARG_OPTIONS, FALSE, "", "{z?: num}" } } },
  { "Util", "hash", run_hash, "Echoes.", { { "blockhash", RPC_ARG_HEX, TRUE, "A hash" } } },
};

typedef struct {
  GAsyncResult *result;
} Answer;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Answer *) data)->result = g_object_ref (result);
}

/* The answer as text; "CODE: message" for an error. */
static char *
call (RpcTable *table, const char *method, const char *params)
{
  Answer answer = { NULL };
  g_autoptr (RpcJson) args = rpc_json_parse (params, strlen (params)), result = NULL;
  g_autoptr (GError) error = NULL;

  rpc_handler_execute_async (RPC_HANDLER (table), method, args, NULL, NULL, on_answer, &answer);
  while (answer.result == NULL)
    g_main_context_iteration (NULL, TRUE);
  result = rpc_handler_execute_finish (RPC_HANDLER (table), answer.result, &error);
  g_object_unref (answer.result);
  return result != NULL ? rpc_json_write (result, 0) : g_strdup_printf ("%d: %s", error->code, error->message);
}

static void
check (RpcTable *table, const char *method, const char *params, const char *expected)
{
  g_autofree char *got = call (table, method, params);
  if (!g_str_has_prefix (got, expected))
    g_error ("%s %s\n got %s\n expected %s", method, params, got, expected);
}

static RpcTable *
new_table (void)
{
  RpcTable *table = rpc_table_new (NULL, 2);
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
  return table;
}

static void
test_named (void)
{
  g_autoptr (RpcTable) table = new_table ();
  check (table, "options", "{\"y\":2,\"x\":1}", "{\"x\":1,\"y\":2}");
  check (table, "options", "{\"z\":1,\"x\":1}", "{\"x\":1}");
  check (table, "options", "{\"args\":[5],\"x\":1}", "{\"x\":1}");
  check (table, "options", "{\"args\":5}", "null");
  check (table, "options", "{\"args\":5,\"c\":1}", "-8: Unknown named parameter c");
  check (table, "options", "{\"args\":[5,{}],\"x\":1}",
         "-8: Parameter options specified twice both as positional and named argument");
  check (table, "options", "{\"options\":{},\"y\":1}", "-8: Parameter options conflicts with parameter y");
  check (table, "options", "{\"a\":1,\"x\":1,\"a\":1}", "-8: Parameter a specified multiple times");
  check (table, "options", "{\"args\":[],\"args\":[]}", "-8: Parameter args specified multiple times");
  check (table, "sum", "{\"a\":1,\"first\":1}", "-8: Unknown named parameter first");
  check (table, "hash", "[\"a\\u0000\"]", "-8: blockhash must be of length 64 (not 2, for 'a" COMMON_TEXT_ZERO "')");
}

static void
test_arguments (void)
{
  g_autoptr (RpcTable) table = new_table ();
  check (table, "sum", "[1,2]", "3");
  check (table, "sum", "[1]", "6");
  check (table, "sum", "[1,null]", "6");
  check (table, "sum", "{\"b\":2,\"a\":1}", "3");
  check (table, "sum", "{\"first\":1}", "6");
  check (table, "sum", "{\"args\":[1],\"b\":3}", "4");
  check (table, "sum", "{\"args\":[1],\"a\":3}",
         "-8: Parameter a|first specified twice both as positional and named argument");
  check (table, "sum", "{\"a\":1,\"c\":3}", "-8: Unknown named parameter c");
  check (table, "sum", "[]", "-1: sum a ( b fail )\n");
  check (table, "sum", "[1,2,false,4]", "-1: sum a ( b fail )\n");
  check (table, "sum", "[\"1\"]",
         "-3: Wrong type passed:\n{\n    \"Position 1 (a|first)\": \"JSON value of type string is not of expected type "
         "number\"\n}");
  check (table, "sum", "[null]", "-3: Wrong type passed:");
  check (table, "sum", "[1.5]", "-1: JSON integer out of range");
  check (table, "sum", "[101]", "-1: JSON integer out of range");
  check (table, "sum", "[1,2,true]", "-25: asked to fail");
  check (table, "nothing", "[]", "-32601: Method not found");
  rpc_table_set_unknown (table, "It is elsewhere.");
  check (table, "nothing", "[]", "-32601: It is elsewhere.");
}

static void
test_hashes (void)
{
  g_autoptr (RpcTable) table = new_table ();
  g_autofree char *digits = g_strnfill (64, 'z'), *params = g_strdup_printf ("[\"%s\"]", digits);
  g_autofree char *expected = g_strdup_printf ("-8: blockhash must be hexadecimal string (not '%s')", digits);
  check (table, "hash", "[\"00ff\"]", "-8: blockhash must be of length 64 (not 4, for '00ff')");
  check (table, "hash", params, expected);
  check (table, "hash", "[\"00000000000000000000000000000000000000000000000000000000000000ff\"]",
         "\"00000000000000000000000000000000000000000000000000000000000000ff\"");
}

static void
test_warmup (void)
{
  g_autoptr (RpcTable) table = new_table ();
  rpc_table_set_warmup (table, "Loading");
  check (table, "sum", "[1]", "-28: Loading");
  check (table, "help", "[]",
         "\"== Control ==\\ngetopenrpcinfo ( show_hidden )\\nhelp ( \\\"command\\\" )\\nrpc.discover\\n\\n== Util "
         "==\\nhash");
  rpc_table_set_warmup (table, NULL);
  check (table, "sum", "[1]", "6");
}

static void
test_help (void)
{
  g_autoptr (RpcTable) table = new_table ();
  check (table, "help", "[\"sum\"]", "\"sum a ( b fail )\\n\\nAdds.\\n\\nArguments:\\n1. a ");
  check (table, "help", "[\"zip\"]", "\"help: unknown command: zip\"");
}

static gboolean
on_time (gpointer data)
{
  g_atomic_int_set ((int *) data, 1);
  return G_SOURCE_REMOVE;
}

/* Closing waits for running methods while the main context keeps running; queued and later ones are refused. */
static void
test_close (void)
{
  int flag = 0;
  g_autoptr (RpcTable) table = rpc_table_new (&flag, 1);
  Answer answers[3] = { { NULL } };
  g_autofree char *later = NULL;

  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    rpc_handler_execute_async (RPC_HANDLER (table), "await", NULL, NULL, NULL, on_answer, &answers[i]);
  for (g_autoptr (RpcJson) active = NULL; rpc_json_len (active) == 0; g_usleep (1000)) {
    g_clear_pointer (&active, rpc_json_unref);
    active = rpc_table_dup_active (table);
  }
  g_timeout_add (20, on_time, &flag);
  rpc_table_close (table);
  g_assert_cmpint (flag, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (RpcJson) result = NULL;
    while (answers[i].result == NULL)
      g_main_context_iteration (NULL, TRUE);
    result = rpc_handler_execute_finish (RPC_HANDLER (table), answers[i].result, &error);
    g_assert_true (i == 0 ? rpc_json_bool (result) : error->code == RPC_IN_WARMUP);
    g_object_unref (answers[i].result);
  }
  later = call (table, "hash", "[]");
  g_assert_cmpstr (later, ==, "-28: Shutting down…");
}

static void
begin_later (RpcTable *table, Answer *answer)
{
  g_autoptr (RpcJson) params = rpc_json_new_array ();

  *answer = (Answer){ NULL };
  rpc_json_append (params, rpc_json_new_int (7));
  rpc_handler_execute_async (RPC_HANDLER (table), "later", params, NULL, NULL, on_answer, answer);
  g_assert_nonnull (waiting_task);
}

/* Completes the call with ANSWER or ERROR, or makes the method return the answer. */
static void
end_later (RpcTable *table, Answer *answer, RpcJson *value, GError *problem, const char *expected)
{
  g_autoptr (RpcJson) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *got = NULL;

  if (problem != NULL)
    g_task_return_error (waiting_task, problem);
  else
    g_task_return_pointer (waiting_task, value, (GDestroyNotify) rpc_json_unref);
  g_clear_object (&waiting_task);
  while (answer->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  result = rpc_handler_execute_finish (RPC_HANDLER (table), answer->result, &error);
  got = result != NULL ? rpc_json_write (result, 0) : g_strdup (error->message);
  g_assert_cmpstr (got, ==, expected);
  g_object_unref (answer->result);
}

/* Many calls wait at the same time, and none occupies the only thread. Closing the table cancels them. */
static void
test_deferred (void)
{
  g_autoptr (RpcTable) table = rpc_table_new (NULL, 1);
  g_autoptr (RpcJson) active = NULL;
  GTask *first;
  Answer answers[2];

  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
  check (table, "later", "[]", "-1: later n");
  g_assert_null (waiting_task);
  begin_later (table, &answers[0]);
  first = waiting_task;
  begin_later (table, &answers[1]);
  active = rpc_table_dup_active (table);
  g_assert_cmpuint (rpc_json_len (active), ==, 2);
  check (table, "sum", "[1]", "6");
  end_later (table, &answers[1], NULL, NULL, "7");
  waiting_task = first;
  end_later (table, &answers[0], rpc_json_new_int (8), NULL, "8");

  begin_later (table, &answers[0]);
  g_assert_false (g_cancellable_is_cancelled (waiting_call->cancellable));
  rpc_table_stop (table);
  g_assert_true (g_cancellable_is_cancelled (waiting_call->cancellable));
  end_later (table, &answers[0], NULL, g_error_new (RPC_ERROR, RPC_MISC_ERROR, "cancelled"), "cancelled");
  rpc_table_drain (table);
  check (table, "later", "[7]", "-28: Shutting down…");
}

static char *
call_now (RpcTable *table, const char *method, RpcRun up_to)
{
  g_autoptr (RpcJson) result = NULL;
  g_autoptr (GError) error = NULL;

  if (!rpc_handler_execute_now (RPC_HANDLER (table), method, NULL, NULL, up_to, NULL, &result, &error))
    return g_strdup ("not now");
  return result != NULL ? rpc_json_write (result, 0) : g_strdup_printf ("%d: %s", error->code, error->message);
}

static void
check_now (RpcTable *table, const char *method, RpcRun up_to, const char *expected)
{
  g_autofree char *got = call_now (table, method, up_to);
  if (!g_str_has_prefix (got, expected))
    g_error ("%s\n got %s\n expected %s", method, got, expected);
}

/* Only methods that never wait run on the calling thread. */
static void
test_now (void)
{
  int flag = 1;
  g_autoptr (RpcTable) table = new_table (), other = rpc_table_new (&flag, 1);

  rpc_table_add (other, methods, G_N_ELEMENTS (methods));
  check_now (table, "now", RPC_RUN_INLINE, "false");
  check_now (table, "now", RPC_RUN_POOL, "true");
  check_now (other, "now", RPC_RUN_INLINE, "not now");
  check_now (other, "now", RPC_RUN_POOL, "true");
  check_now (table, "sum", RPC_RUN_INLINE, "not now");
  check_now (table, "sum", RPC_RUN_POOL, "-1: sum a ( b fail )");
  check_now (table, "nothing", RPC_RUN_INLINE, "-32601: Method not found");
  rpc_table_set_warmup (table, "Loading");
  check_now (table, "now", RPC_RUN_INLINE, "-28: Loading");
  rpc_table_set_warmup (table, NULL);
  rpc_table_close (table);
  check_now (table, "now", RPC_RUN_INLINE, "-28: Shutting down…");
}

static void
test_amounts (void)
{
  g_autoptr (RpcJson) json = rpc_json_parse ("[\"0.1\",21000001,-1,true,\"x\"]", 28);
  gint64 sat = 0;
  g_assert_nonnull (json);
  g_assert_true (rpc_amount_from_json (rpc_json_at (json, 0), &sat, NULL));
  g_assert_cmpint (sat, ==, 10000000);
  for (guint i = 1; i < 5; i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (rpc_amount_from_json (rpc_json_at (json, i), &sat, &error));
    g_assert_error (error, RPC_ERROR, RPC_TYPE_ERROR);
  }
}

/* Sorted by name, with hidden methods, and those of every table. */
static void
test_list (void)
{
  g_autoptr (RpcTable) table = rpc_table_new (NULL, 1);
  g_autoptr (RpcJson) list = NULL;
  g_autofree char *text = NULL;

  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
  list = rpc_handler_dup_methods (RPC_HANDLER (table));
  text = rpc_json_write (list, 0);
  g_assert_true (g_str_has_prefix (text, "[{\"name\":\"await\",\"usage\":\"await\",\"hidden\":true},"));
  g_assert_nonnull (strstr (text, "{\"name\":\"sum\",\"usage\":\"sum a ( b fail )\",\"hidden\":false}"));
  g_assert_nonnull (strstr (text, "{\"name\":\"help\","));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/method/arguments", test_arguments);
  g_test_add_func ("/rpc/method/named", test_named);
  g_test_add_func ("/rpc/method/now", test_now);
  g_test_add_func ("/rpc/method/hashes", test_hashes);
  g_test_add_func ("/rpc/method/warmup", test_warmup);
  g_test_add_func ("/rpc/method/close", test_close);
  g_test_add_func ("/rpc/method/deferred", test_deferred);
  g_test_add_func ("/rpc/method/help", test_help);
  g_test_add_func ("/rpc/method/amounts", test_amounts);
  g_test_add_func ("/rpc/method/list", test_list);
  return g_test_run ();
}
