#include <glib/gstdio.h>
#include <string.h>

#include "bitcoin/address/address.h"
#include "fake_chain.h"
#include "wallet/rpc/table.h"
#include "wallet/service/access.h"

typedef struct {
  FakeChain *chain;
  WalletManager *manager;
  RpcTable *table;
} World;

static void
answered (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* PARAMS is JSON. CODE 0: the call must succeed, and the caller owns the result; otherwise it must fail with that
 * code. */
static RpcJson *
call (World *world, const char *wallet, const char *method, const char *params, int code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) args = rpc_json_parse (params, strlen (params));
  RpcJson *json;

  g_assert_nonnull (args);
  rpc_handler_execute_async (RPC_HANDLER (world->table), method, args, wallet, NULL, answered, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  json = rpc_handler_execute_finish (RPC_HANDLER (world->table), result, &error);
  if (code == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, RPC_ERROR, code);
  return json;
}

static char *
call_text (World *world, const char *method, const char *params)
{
  g_autoptr (RpcJson) json = call (world, NULL, method, params, 0);

  return rpc_json_write (json, 0);
}

static void
wait_height (World *world, guint height)
{
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC, at = -1;

  while (at != height) {
    g_autoptr (RpcJson) info = call (world, NULL, "getwalletinfo", "[]", 0);
    rpc_json_int (rpc_json_get (rpc_json_get (info, "lastprocessedblock"), "height"), &at);
    g_assert_cmpint (g_get_monotonic_time (), <, limit);
  }
}

static void
test_wallets (World *world)
{
  rpc_json_unref (call (world, NULL, "createwallet", "[\"a\"]", 0));
  call (world, NULL, "createwallet", "[\"a\"]", RPC_WALLET_ERROR);
  call (world, NULL, "loadwallet", "[\"a\"]", RPC_WALLET_ALREADY_LOADED);
  call (world, NULL, "loadwallet", "[\"none\"]", RPC_WALLET_NOT_FOUND);
  call (world, "none", "getbalance", "[]", RPC_WALLET_NOT_FOUND);
  rpc_json_unref (call (world, NULL, "createwallet", "[\"b\"]", 0));
  call (world, NULL, "getbalance", "[]", RPC_WALLET_NOT_SPECIFIED);
  g_autofree char *names = call_text (world, "listwallets", "[]");
  g_assert_cmpstr (names, ==, "[\"a\",\"b\"]");
  rpc_json_unref (call (world, NULL, "unloadwallet", "[\"b\"]", 0));
  call (world, NULL, "unloadwallet", "[\"b\"]", RPC_WALLET_NOT_FOUND);
  g_autofree char *balance = call_text (world, "getbalance", "[]");
  g_assert_cmpstr (balance, ==, "0.00000000");
}

/* All unconfirmed coins have these ancestors, and there is at least one such coin. */
static void
check_ancestors (World *world, const char *count, const char *fees)
{
  g_autoptr (RpcJson) coins = call (world, NULL, "listunspent", "[0]", 0);
  guint found = 0;

  for (gsize i = 0; i < rpc_json_len (coins); i++) {
    const RpcJson *coin = rpc_json_at (coins, i);
    if (g_str_equal (rpc_json_literal (rpc_json_get (coin, "confirmations")), "0")) {
      g_assert_cmpstr (rpc_json_literal (rpc_json_get (coin, "ancestorcount")), ==, count);
      g_assert_cmpstr (rpc_json_literal (rpc_json_get (coin, "ancestorfees")), ==, fees);
      found++;
    }
  }
  g_assert_cmpuint (found, >, 0);
}

static void
test_pay (World *world)
{
  g_autoptr (RpcJson) address = call (world, NULL, "getnewaddress", "[\"shop\",\"bech32m\"]", 0);
  g_autoptr (GBytes) script = btc_address_decode (rpc_json_string (address), BTC_NETWORK_REGTEST, NULL);
  g_autofree char *too_much = g_strdup_printf ("[\"%s\", 1]", rpc_json_string (address));
  g_autofree char *send
      = g_strdup_printf ("{\"address\": \"%s\", \"amount\": \"0.4\", \"fee_rate\": 2}", rpc_json_string (address));

  g_assert_nonnull (script);
  wait_height (world, fake_chain_get_height (world->chain));
  call (world, NULL, "sendtoaddress", too_much, RPC_WALLET_INSUFFICIENT_FUNDS);
  call (world, NULL, "sendtoaddress", "[\"nonsense\", 1]", RPC_INVALID_ADDRESS_OR_KEY);
  fake_chain_mine (world->chain, script);
  fake_chain_mine_many (world->chain, NULL, 100);
  wait_height (world, fake_chain_get_height (world->chain));
  g_autofree char *balance = call_text (world, "getbalance", "[]");
  g_assert_cmpstr (balance, ==, "50.00000000");
  g_autoptr (RpcJson) txid = call (world, NULL, "sendtoaddress", send, 0);
  g_autofree char *id = g_strdup_printf ("[\"%s\"]", rpc_json_string (txid));
  g_autoptr (RpcJson) tx = call (world, NULL, "gettransaction", id, 0);
  g_assert_cmpuint (rpc_json_len (rpc_json_get (tx, "details")), ==, 2);
  g_assert_cmpstr (rpc_json_literal (rpc_json_get (tx, "confirmations")), ==, "0");
  call (world, NULL, "abandontransaction", id, RPC_INVALID_ADDRESS_OR_KEY);
  gint64 fee;
  g_assert_true (rpc_json_amount (rpc_json_get (tx, "fee"), &fee));
  g_autofree char *own = g_strdup_printf ("%" G_GINT64_FORMAT, -fee);
  check_ancestors (world, "3", "-5"); /* the node's figures */
  fake_chain_set_available (world->chain, FALSE);
  check_ancestors (world, "1", own); /* the wallet's own */
  fake_chain_set_available (world->chain, TRUE);
  g_autoptr (RpcJson) list = call (world, NULL, "listtransactions", "[]", 0);
  g_assert_cmpuint (rpc_json_len (list), ==, 3);
  g_assert_cmpstr (rpc_json_string (rpc_json_get (rpc_json_at (list, 0), "category")), ==, "generate");
  fake_chain_mine (world->chain, NULL);
  wait_height (world, fake_chain_get_height (world->chain));
  g_autoptr (RpcJson) coins = call (world, NULL, "listunspent", "[]", 0);
  g_assert_cmpuint (rpc_json_len (coins), ==, 2);
  g_autoptr (RpcJson) descriptors = call (world, NULL, "listdescriptors", "[]", 0);
  g_assert_cmpuint (rpc_json_len (rpc_json_get (descriptors, "descriptors")), ==, 8);
  g_autofree char *labels = call_text (world, "listlabels", "[]");
  g_assert_cmpstr (labels, ==, "[\"shop\"]");
  g_autofree char *which = g_strdup_printf ("[\"%s\"]", rpc_json_string (address));
  g_autoptr (RpcJson) info = call (world, NULL, "getaddressinfo", which, 0);
  g_assert_true (rpc_json_bool (rpc_json_get (info, "ismine")));
  rpc_json_unref (call (world, NULL, "rescanblockchain", "[]", 0));
  g_autoptr (RpcJson) again = call (world, NULL, "listunspent", "[]", 0);
  g_assert_cmpuint (rpc_json_len (again), ==, 2);
}

#define N_RESCANS 8

/* Eight endless rescans do not block other calls; each ends when it is aborted, or when its caller disconnects. */
static void
test_rescans (World *world)
{
  g_autoptr (GCancellable) gone = g_cancellable_new ();
  GAsyncResult *results[N_RESCANS] = { NULL };
  guint height = fake_chain_get_height (world->chain);

  for (guint i = 0; i < N_RESCANS; i++) {
    g_autofree char *params = g_strdup_printf ("[\"rescan %u\"]", i);
    rpc_json_unref (call (world, NULL, "createwallet", params, 0));
  }
  fake_chain_set_lost (world->chain, (gint) height / 2, BUS_ERROR_STORAGE);
  for (guint i = 0; i < N_RESCANS; i++) {
    g_autofree char *wallet = g_strdup_printf ("rescan %u", i);
    rpc_handler_execute_async (RPC_HANDLER (world->table), "rescanblockchain", NULL, wallet, i == 0 ? gone : NULL,
                               answered, &results[i]);
  }
  for (guint i = 0; i < N_RESCANS; i++) {
    g_autofree char *wallet = g_strdup_printf ("rescan %u", i);
    gboolean scanning = FALSE;
    while (!scanning) {
      g_autoptr (RpcJson) info = call (world, wallet, "getwalletinfo", "[]", 0);
      scanning = rpc_json_type (rpc_json_get (info, "scanning")) == RPC_JSON_OBJECT;
    }
    rpc_json_unref (call (world, wallet, "getbalance", "[]", 0));
    g_assert_null (results[i]);
  }
  call (world, "rescan 1", "rescanblockchain", "[]", RPC_WALLET_ERROR);
  g_cancellable_cancel (gone);
  for (guint i = 0; i < N_RESCANS; i++) {
    g_autofree char *wallet = g_strdup_printf ("rescan %u", i), *params = g_strdup_printf ("[\"%s\"]", wallet);
    g_autoptr (GError) error = NULL;
    if (i > 0) {
      g_autoptr (RpcJson) aborted = call (world, wallet, "abortrescan", "[]", 0);
      g_assert_true (rpc_json_bool (aborted));
    }
    while (results[i] == NULL)
      g_main_context_iteration (NULL, TRUE);
    g_assert_null (rpc_handler_execute_finish (RPC_HANDLER (world->table), results[i], &error));
    g_assert_error (error, RPC_ERROR, RPC_MISC_ERROR);
    g_object_unref (results[i]);
    rpc_json_unref (call (world, NULL, "unloadwallet", params, 0));
  }
  fake_chain_set_lost (world->chain, -1, BUS_ERROR_STORAGE);
}

/* Every method is in the access table, which permits the node none that spends, exports or writes anything. */
static void
check_access (World *world)
{
  static const char *const parts[]
      = { "send", "sign", "backup", "dump", "create", "import",  "export", "encrypt", "bump", "psbt", "desc",
          "priv", "pass", "load",   "set",  "lockun", "abandon", "refill", "restore", "scan", "stop", "migrate" };
  g_autofree char *help = rpc_table_dup_help (world->table, NULL);
  g_auto (GStrv) lines = g_strsplit (help, "\n", -1);
  guint n = 0;

  for (char **line = lines; *line != NULL; line++) {
    g_autofree char *name = g_strndup (*line, strcspn (*line, " "));
    if (*name == '\0' || *name == '=')
      continue;
    if (!wallet_access_is_listed (name))
      g_error ("%s is not in the table of access_table.c", name);
    for (gsize i = 0; i < G_N_ELEMENTS (parts) && !g_str_equal (name, "listlockunspent"); i++)
      if (strstr (name, parts[i]) != NULL && wallet_access_is_open (name))
        g_error ("The node may call %s without a client", name);
    n++;
  }
  g_assert_cmpuint (n, >=, 30);
  g_assert_false (wallet_access_is_open ("nonsense"));
}

static void
test_all (void)
{
  g_autofree char *folder = g_dir_make_tmp ("wallet-rpc-XXXXXX", NULL);
  World world = { .chain = fake_chain_new () };

  world.manager = wallet_manager_new (folder, BTC_NETWORK_REGTEST, 20, WALLET_CHAIN (world.chain));
  world.table = wallet_rpc_table_new (world.manager);
  wallet_manager_start (world.manager);
  check_access (&world);
  test_wallets (&world);
  test_pay (&world);
  test_rescans (&world);
  wallet_manager_stop (world.manager);
  g_object_unref (world.table);
  g_object_unref (world.manager);
  g_object_unref (world.chain);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wallet/rpc/all", test_all);
  return g_test_run ();
}
