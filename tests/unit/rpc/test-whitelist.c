#include "rpc/whitelist.h"

static void
test_lists (void)
{
  static const char *const lists[] = { "a:x,y z", "a:y,w", "b", "c:x", "c", NULL };
  RpcWhitelist *whitelist = rpc_whitelist_new (lists, FALSE);

  g_assert_true (rpc_whitelist_allows (whitelist, "a", "y"));
  g_assert_false (rpc_whitelist_allows (whitelist, "a", "x"));
  g_assert_false (rpc_whitelist_allows (whitelist, "a", "w"));
  g_assert_false (rpc_whitelist_allows (whitelist, "b", "x"));
  g_assert_true (rpc_whitelist_allows (whitelist, "c", "x"));
  g_assert_true (rpc_whitelist_allows (whitelist, "d", "x"));
  g_assert_true (rpc_whitelist_restricts (whitelist, "b"));
  g_assert_false (rpc_whitelist_restricts (whitelist, "d"));
  rpc_whitelist_free (whitelist);
}

static void
test_others (void)
{
  static const char *const lists[] = { "a:x", NULL };
  RpcWhitelist *strict = rpc_whitelist_new (lists, TRUE), *none = rpc_whitelist_new (NULL, FALSE);

  g_assert_true (rpc_whitelist_allows (strict, "a", "x"));
  g_assert_false (rpc_whitelist_allows (strict, "b", "x"));
  g_assert_true (rpc_whitelist_restricts (strict, "b"));
  g_assert_false (rpc_whitelist_restricts (none, "a"));
  rpc_whitelist_free (strict);
  rpc_whitelist_free (none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/whitelist/lists", test_lists);
  g_test_add_func ("/rpc/whitelist/others", test_others);
  return g_test_run ();
}
