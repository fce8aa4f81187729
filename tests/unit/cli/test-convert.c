#include <glib.h>

#include "cli/convert.h"

static void
check (const char *method, const char *words, gboolean named, const char *expected)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) params = cli_convert (method, list[0][0] != '\0' ? list : list + 1, named, &error);
  g_autofree char *text = params != NULL ? rpc_json_write (params, 0) : g_strdup (error->message);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_by_place (void)
{
  static char *none[] = { NULL };
  g_autoptr (RpcJson) empty = cli_convert ("getblockcount", none, FALSE, NULL);
  g_assert_cmpuint (rpc_json_len (empty), ==, 0);
  check ("getblock", "00 1", FALSE, "[\"00\",1]");
  check ("getblockhash", "x", FALSE, "Error parsing JSON: x");
  check ("sendtoaddress", "addr 0.10000000", FALSE, "[\"addr\",0.10000000]");
  check ("getblockstats", "00ff", FALSE, "[\"00ff\"]"); /* a hash or a height */
  check ("getblockstats", "12", FALSE, "[12]");
  check ("unknown", "1 true", FALSE, "[\"1\",\"true\"]");
}

static void
test_by_name (void)
{
  check ("getblock", "blockhash=00 verbosity=2", TRUE, "{\"blockhash\":\"00\",\"verbosity\":2}");
  check ("getblock", "00 verbosity=2", TRUE, "{\"verbosity\":2,\"args\":[\"00\"]}");
  check ("getblock", "verbosity=1 verbosity=2", TRUE, "{\"verbosity\":2}");
  check ("createwallet", "my=wallet", TRUE, "{\"args\":[\"my=wallet\"]}");
  check ("unknown", "a=b", TRUE, "{\"a\":\"b\"}");
  check ("validateaddress", "a=b", TRUE, "{\"a\":\"b\"}");
  check ("echojson", "[\"a=b\"] arg1=2", TRUE, "{\"arg1\":2,\"args\":[[\"a=b\"]]}");
  check ("unknown", "args=[1] 2", TRUE, "{\"args\":\"[1]\",\"args\":[\"2\"]}");
  check ("unknown", "=b", TRUE, "{\"\":\"b\"}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/convert/by-place", test_by_place);
  g_test_add_func ("/cli/convert/by-name", test_by_name);
  return g_test_run ();
}
