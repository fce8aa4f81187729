#include <string.h>

#include <glib/gstdio.h>

#include "rpc/auth.h"
#include "rpc/cookie.h"

static gboolean
check (RpcAuth *auth, const char *credentials)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *) credentials, strlen (credentials));
  g_autofree char *header = g_strconcat ("Basic ", encoded, NULL);
  /* A valid header is remembered, an invalid one is not. */
  gboolean first = rpc_auth_check (auth, header);
  g_assert_cmpint (rpc_auth_check (auth, header), ==, first);
  return first;
}

static void
test_password (void)
{
  g_autoptr (RpcAuth) auth = rpc_auth_new ();
  rpc_auth_add_password (auth, "user", "pa:ss");
  g_assert_true (check (auth, "user:pa:ss"));
  g_assert_false (check (auth, "user:pa"));
  g_assert_false (check (auth, "User:pa:ss"));
  g_assert_false (check (auth, "user"));
  g_assert_false (check (auth, ""));
  g_assert_false (rpc_auth_check (auth, NULL));
  g_assert_false (rpc_auth_check (auth, "Bearer abc"));
  g_assert_false (rpc_auth_check (auth, "Basic !!!!"));
}

static void
test_hashed (void)
{
  g_autoptr (RpcAuth) auth = rpc_auth_new ();
  /* HMAC-SHA-256 with the key "abcd" of "secret". */
  g_autofree char *hash = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) "abcd", 4, "secret", 6);
  g_autofree char *text = g_strdup_printf ("alice:abcd$%s", hash), *upper_hash = g_ascii_strup (hash, -1);
  g_autofree char *upper = g_strdup_printf ("bob:abcd$%s", upper_hash);
  g_assert_true (rpc_auth_add_hashed (auth, text));
  g_assert_true (check (auth, "alice:secret"));
  g_assert_false (check (auth, "alice:Secret"));
  g_assert_true (rpc_auth_check (auth, "Basic YWxpY2U6c2VjcmV0"));
  g_assert_false (rpc_auth_add_hashed (auth, "alice"));
  g_assert_true (rpc_auth_add_hashed (auth, upper)); /* compared as it is, as in the reference */
  g_assert_false (check (auth, "bob:secret"));
  g_assert_false (rpc_auth_add_hashed (auth, "alice:salt"));
  g_assert_false (rpc_auth_add_hashed (auth, "alice:sa$lt$x"));
  g_assert_false (rpc_auth_add_hashed (auth, "al:ice:salt$x"));
}

static void
test_cookie (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rpc-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, ".cookie", NULL);
  g_autofree char *first = rpc_cookie_write (path, 0600, NULL), *second = rpc_cookie_write (path, 0600, NULL),
                  *text = NULL;
  GStatBuf info;

  g_assert_cmpuint (strlen (first), ==, 64);
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  text = rpc_cookie_read (path, NULL);
  g_assert_true (g_str_has_prefix (text, "__cookie__:"));
  g_assert_cmpstr (text + strlen ("__cookie__:"), ==, second);
  rpc_cookie_remove (path, first); /* it belongs to another server now */
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  rpc_cookie_remove (path, second);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/auth/password", test_password);
  g_test_add_func ("/rpc/auth/hashed", test_hashed);
  g_test_add_func ("/rpc/cookie", test_cookie);
  return g_test_run ();
}
