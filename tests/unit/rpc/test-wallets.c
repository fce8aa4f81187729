#include "rpc/wallets.h"

/* A handler that returns its own name. */
#define TEST_TYPE_PROGRAM (test_program_get_type ())
G_DECLARE_FINAL_TYPE (TestProgram, test_program, TEST, PROGRAM, GObject)

struct _TestProgram {
  GObject parent;
  const char *name;
};

static void test_program_iface_init (RpcHandlerInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (TestProgram,
                               test_program,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RPC_TYPE_HANDLER, test_program_iface_init))

static gboolean
program_has_method (RpcHandler *handler, const char *method)
{
  return g_str_equal (method, "getbalance");
}

static void
program_execute_async (RpcHandler *handler,
                       const char *method,
                       RpcJson *params,
                       const char *wallet,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_autoptr (GTask) task = g_task_new (handler, cancellable, callback, data);

  g_task_return_pointer (task, rpc_json_new_string (TEST_PROGRAM (handler)->name), (GDestroyNotify) rpc_json_unref);
}

static RpcJson *
program_execute_finish (RpcHandler *handler, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_program_iface_init (RpcHandlerInterface *iface)
{
  iface->has_method = program_has_method;
  iface->execute_async = program_execute_async;
  iface->execute_finish = program_execute_finish;
}

static void
test_program_class_init (TestProgramClass *klass)
{
}

static void
test_program_init (TestProgram *self)
{
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* The reply as text, or the code of the error. */
static char *
execute (RpcWallets *wallets, const char *method, const char *params, const char *wallet)
{
  g_autoptr (RpcJson) json = rpc_json_parse (params, strlen (params)), value = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  rpc_handler_execute_async (RPC_HANDLER (wallets), method, json, wallet, NULL, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  value = rpc_handler_execute_finish (RPC_HANDLER (wallets), result, &error);
  return value != NULL ? rpc_json_write (value, 0) : g_strdup_printf ("%d", error->code);
}

static void
check (RpcWallets *wallets, const char *method, const char *params, const char *wallet, const char *expected)
{
  g_autofree char *actual = execute (wallets, method, params, wallet);

  g_assert_cmpstr (actual, ==, expected);
}

static guint
add (RpcWallets *wallets, const char *name)
{
  g_autoptr (TestProgram) program = g_object_new (TEST_TYPE_PROGRAM, NULL);

  program->name = name;
  return rpc_wallets_add (wallets, RPC_HANDLER (program));
}

static void
test_choice (void)
{
  g_autoptr (RpcWallets) wallets = rpc_wallets_new ();
  const char *const one[] = { "one", NULL }, *const two[] = { "two", "third", NULL }, *const none[] = { NULL };
  const char *taken;
  guint a, b;

  g_assert_false (rpc_handler_has_method (RPC_HANDLER (wallets), "getbalance"));
  check (wallets, "getbalance", "[]", NULL, "-32601");
  a = add (wallets, "A");
  check (wallets, "getbalance", "[]", "any", "\"A\"");
  b = add (wallets, "B");
  g_assert_true (rpc_handler_has_method (RPC_HANDLER (wallets), "getbalance"));
  check (wallets, "getbalance", "[]", NULL, "\"A\""); /* which replies that there is no wallet */
  g_assert_true (rpc_wallets_set_names (wallets, b, two, &taken));
  check (wallets, "getbalance", "[]", NULL, "-19");
  check (wallets, "unloadwallet", "[\"third\"]", NULL, "\"B\"");
  check (wallets, "unloadwallet", "{\"wallet_name\":\"two\"}", NULL, "\"B\"");
  check (wallets, "createwallet", "[\"two\"]", NULL, "-4");
  check (wallets, "loadwallet", "[\"two\"]", NULL, "-35");
  check (wallets, "createwallet", "{\"wallet_name\":\"two\"}", NULL, "-4");
  check (wallets, "createwallet", "[\"new\"]", NULL, "\"A\"");
  g_assert_true (rpc_wallets_set_names (wallets, a, one, &taken));
  check (wallets, "getbalance", "[]", "two", "\"B\"");
  check (wallets, "getbalance", "[]", "one", "\"A\"");
  check (wallets, "listwallets", "[]", NULL, "[\"one\",\"two\",\"third\"]");
  g_assert_true (rpc_wallets_set_names (wallets, a, none, &taken));
  g_assert_true (rpc_wallets_set_names (wallets, b, two + 1, &taken));
  check (wallets, "getbalance", "[]", NULL, "\"B\"");
  rpc_wallets_remove (wallets, a);
  check (wallets, "createwallet", "[\"x\"]", NULL, "\"B\"");
  rpc_wallets_remove (wallets, b);
  g_assert_false (rpc_handler_has_method (RPC_HANDLER (wallets), "getbalance"));
}

/* A name belongs to the program that had it first. */
static void
test_taken (void)
{
  g_autoptr (RpcWallets) wallets = rpc_wallets_new ();
  const char *const both[] = { "one", "two", NULL }, *const two[] = { "two", NULL }, *const none[] = { NULL };
  guint a = add (wallets, "A"), b = add (wallets, "B");
  const char *taken = NULL;

  g_assert_true (rpc_wallets_set_names (wallets, a, two, &taken));
  g_assert_true (rpc_wallets_set_names (wallets, a, two, &taken));
  g_assert_false (rpc_wallets_set_names (wallets, b, both, &taken));
  g_assert_cmpstr (taken, ==, "two");
  check (wallets, "listwallets", "[]", NULL, "[\"two\"]");
  g_assert_true (rpc_wallets_set_names (wallets, a, none, &taken));
  g_assert_true (rpc_wallets_set_names (wallets, b, both, &taken));
  check (wallets, "getbalance", "[]", "two", "\"B\"");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/wallets/choice", test_choice);
  g_test_add_func ("/rpc/wallets/taken", test_taken);
  return g_test_run ();
}
