#include <sys/socket.h>

#include <glib/gstdio.h>

#include "common/log.h"
#include "dbus/connection.h"

static GDBusConnection *ends[2];

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  *(gboolean *) data = TRUE;
}

/* Only GDBus itself replies, with an error: enough to see both directions. */
static void
execute (const char *method, const char *params)
{
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);
  gboolean done = FALSE;

  g_variant_dict_insert (&options, "passphrase", "s", "hidden option");
  g_variant_dict_insert (&options, "wallet", "s", "savings");
  g_dbus_connection_call (ends[0], NULL, "/org/moneyrocket/Rpc", "org.moneyrocket.Rpc1", "Execute",
                          g_variant_new ("(ss@a{sv})", method, params, g_variant_dict_end (&options)), NULL,
                          G_DBUS_CALL_FLAGS_NONE, 10000, NULL, on_answer, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_lines (void)
{
  g_autofree char *folder = g_dir_make_tmp ("trace-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "log", NULL);
  g_autofree char *text = NULL;
  const CommonLogOptions options = { .file = file };
  int fds[2];

  g_assert_true (common_log_open (&options, NULL));
  g_assert_true (common_log_enable ("ipc", TRUE));
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  for (int i = 0; i < 2; i++) {
    const BusConnectionOptions limits = { .peer = i == 0 ? "wallet" : "node", .max_calls = 1 };

    ends[i] = bus_connection_new (fds[i], &limits, NULL);
    g_assert_nonnull (ends[i]);
    g_dbus_connection_start_message_processing (ends[i]);
  }

  execute ("getblockhash", "[17]");
  execute ("walletpassphrase", "[\"correct horse\",60]");
  execute ("encryptwallet", "[\"correct horse\"]");
  execute ("createwallet", "{\"passphrase\":\"correct horse\"}");
  execute ("importdescriptors", "[\"correct horse\"]");
  execute ("signrawtransactionwithkey", "[\"correct horse\"]");
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_true (g_regex_match_simple (
      "to wallet: call \\d+ Rpc1.Execute \\(\"getblockhash\", \\[17\\], \"savings\"\\)", text, 0, 0));
  g_assert_true (g_regex_match_simple ("from wallet: error \\d+ Rpc1.Execute .* after \\d+\\.\\d{3} ms", text, 0, 0));
  g_assert_nonnull (strstr (text, "(\"walletpassphrase\", params omitted"));
  g_assert_null (strstr (text, "horse"));
  g_assert_null (strstr (text, "hidden option"));
  g_unlink (file);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/trace/lines", test_lines);
  return g_test_run ();
}
