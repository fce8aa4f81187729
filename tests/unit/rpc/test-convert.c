#include <glib.h>

#include "rpc/convert.h"

static void
check (const char *method, const char *words, gboolean named, const char *expected)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (RpcJson) params = rpc_convert_words (method, list[0][0] != '\0' ? list : list + 1, named, NULL, &error);
  g_autofree char *text = params != NULL ? rpc_json_write (params, 0) : g_strdup (error->message);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_by_place (void)
{
  static char *none[] = { NULL };
  g_autoptr (RpcJson) empty = rpc_convert_words ("getblockcount", none, FALSE, NULL, NULL);
  g_assert_cmpuint (rpc_json_len (empty), ==, 0);
  check ("getblock", "00 1", FALSE, "[\"00\",1]");
  check ("getblockhash", "x", FALSE, "Error parsing JSON: x");
  check ("sendtoaddress", "addr 0.10000000", FALSE, "[\"addr\",0.10000000]");
  check ("getblockstats", "00ff", FALSE, "[\"00ff\"]"); /* a hash or a height */
  check ("getblockstats", "12", FALSE, "[12]");
  check ("unknown", "1 true", FALSE, "[\"1\",\"true\"]");
}

static void
test_wrong (void)
{
  char *words[] = { (char *) "00", (char *) "x", NULL }, *named[] = { (char *) "00", (char *) "verbosity=", NULL };
  g_autoptr (GError) error = NULL;
  guint wrong = 7;

  g_assert_null (rpc_convert_words ("getblock", words, FALSE, &wrong, &error));
  g_assert_cmpuint (wrong, ==, 1);
  wrong = 7;
  g_assert_null (rpc_convert_words ("getblock", named, TRUE, &wrong, NULL));
  g_assert_cmpuint (wrong, ==, 1);
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
  g_test_add_func ("/rpc/convert/by-place", test_by_place);
  g_test_add_func ("/rpc/convert/by-name", test_by_name);
  g_test_add_func ("/rpc/convert/wrong", test_wrong);
  return g_test_run ();
}
