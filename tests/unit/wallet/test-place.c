#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "dbus/errors.h"
#include "../files.h"
#include "wallet/wallets/place.h"

/* Writes SIZE bytes to FOLDER/NAME: the magic of SQLite and NETWORK's, or that of Berkeley DB, or noise. */
static void
write_file (const char *folder, const char *name, WalletFileKind kind, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *parent = g_path_get_dirname (path);
  g_autofree guint8 *bytes = g_malloc0 (size + 72);
  static const guint8 legacy[4] = { 0x62, 0x31, 0x05, 0 };

  memset (bytes, 'x', size);
  if (kind == WALLET_FILE_SQLITE || kind == WALLET_FILE_OTHER_NETWORK) {
    memcpy (bytes, "SQLite format 3", 16);
    memcpy (bytes + 68, btc_network_info (kind == WALLET_FILE_SQLITE ? BTC_NETWORK_REGTEST : BTC_NETWORK_MAIN)->magic,
            4);
  } else if (kind == WALLET_FILE_LEGACY) {
    memcpy (bytes + 12, legacy, 4);
  }
  g_assert_true (common_file_make_folder (parent, NULL));
  g_assert_true (g_file_set_contents (path, (const char *) bytes, (gssize) size, NULL));
}

static void
assert_kind (const char *folder, const char *name, WalletFileKind expected)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  WalletFileKind kind;

  g_assert_true (wallet_file_read_kind (path, BTC_NETWORK_REGTEST, &kind, &error));
  g_assert_no_error (error);
  g_assert_cmpint (kind, ==, expected);
}

static void
test_kinds (void)
{
  g_autofree char *folder = g_dir_make_tmp ("place-XXXXXX", NULL);
  g_autofree char *pipe_path = g_build_filename (folder, "pipe", NULL), *loop = g_build_filename (folder, "loop", NULL);
  g_autoptr (GError) error = NULL;
  WalletFileKind kind;

  write_file (folder, "ours", WALLET_FILE_SQLITE, 512);
  write_file (folder, "short", WALLET_FILE_SQLITE, 511);
  write_file (folder, "tiny", WALLET_FILE_SQLITE, 20);
  write_file (folder, "other", WALLET_FILE_OTHER_NETWORK, 8192);
  write_file (folder, "old", WALLET_FILE_LEGACY, 4096);
  write_file (folder, "short-old", WALLET_FILE_LEGACY, 4095);
  write_file (folder, "noise", WALLET_FILE_UNKNOWN, 8192);
  write_file (folder, "empty", WALLET_FILE_UNKNOWN, 0);
  assert_kind (folder, "ours", WALLET_FILE_SQLITE);
  assert_kind (folder, "short", WALLET_FILE_UNKNOWN);
  assert_kind (folder, "tiny", WALLET_FILE_UNKNOWN);
  assert_kind (folder, "other", WALLET_FILE_OTHER_NETWORK);
  assert_kind (folder, "old", WALLET_FILE_LEGACY);
  assert_kind (folder, "short-old", WALLET_FILE_UNKNOWN);
  assert_kind (folder, "noise", WALLET_FILE_UNKNOWN);
  assert_kind (folder, "empty", WALLET_FILE_UNKNOWN);
  assert_kind (folder, "nothing", WALLET_FILE_ABSENT);
  assert_kind (folder, "ours/wallet.dat", WALLET_FILE_ABSENT);
  assert_kind (folder, "", WALLET_FILE_ABSENT);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  assert_kind (folder, "pipe", WALLET_FILE_ABSENT);
  g_assert_cmpint (symlink ("loop", loop), ==, 0);
  g_assert_false (wallet_file_read_kind (loop, BTC_NETWORK_REGTEST, &kind, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_LOOP);
  remove_tree (folder);
}

static void
test_names (void)
{
  static const struct {
    const char *name, *folder; /* NULL: refused */
  } names[] = {
    { "", "" },
    { "w", "/w" },
    { "a/b", "/a/b" },
    { "w/", "/w/" },
    { "a//b", "/a//b" },
    { "...", "/..." },
    { ".hidden", "/.hidden" },
    { "a..b/.c", "/a..b/.c" },
    { ".", NULL },
    { "..", NULL },
    { "./", NULL },
    { "../", NULL },
    { "./w", NULL },
    { "../w", NULL },
    { "../../w", NULL },
    { "a/.", NULL },
    { "a/..", NULL },
    { "a/./b", NULL },
    { "a/../b", NULL },
    { "../a/../b", NULL },
    { "/", NULL },
    { "//", NULL },
    { "/a/../b", NULL },
    { "/..", NULL },
    { "/a/./b", NULL },
  };
  g_autofree char *wallets = g_dir_make_tmp ("place-XXXXXX", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *folder = wallet_place_dup_folder (wallets, names[i].name, &error);
    g_autofree char *expected = names[i].folder != NULL ? g_strconcat (wallets, names[i].folder, NULL) : NULL;

    g_assert_cmpstr (folder, ==, expected);
    if (expected == NULL)
      g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_NAME);
  }
  remove_tree (wallets);
}

/* Whether the wallet NAME has a folder. */
static gboolean
is_possible (const char *wallets, const char *name)
{
  g_autofree char *folder = wallet_place_dup_folder (wallets, name, NULL);

  return folder != NULL;
}

static void
test_links (void)
{
  g_autofree char *wallets = g_dir_make_tmp ("place-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (wallets, "link", NULL),
                  *nowhere = g_build_filename (wallets, "nowhere", NULL);
  g_autofree char *to_file = g_build_filename (wallets, "to-file", NULL);
  g_autofree char *dangling = g_build_filename (wallets, "empty", "wallet.dat", NULL);
  g_autofree char *empty = g_build_filename (wallets, "empty", NULL), *inner = NULL, *file = NULL;
  g_autoptr (GError) error = NULL;

  write_file (wallets, "w/wallet.dat", WALLET_FILE_SQLITE, 8192);
  write_file (wallets, "plain", WALLET_FILE_LEGACY, 8192);
  g_assert_cmpint (symlink ("w", link), ==, 0);
  g_assert_cmpint (symlink ("none", nowhere), ==, 0);
  g_assert_cmpint (symlink ("plain", to_file), ==, 0);
  g_assert_true (is_possible (wallets, "w"));
  g_assert_true (is_possible (wallets, "link"));
  g_assert_true (is_possible (wallets, "plain"));
  g_assert_true (is_possible (wallets, "new/one"));
  g_assert_false (is_possible (wallets, "nowhere"));
  g_assert_false (is_possible (wallets, "to-file"));
  inner = g_strconcat (wallets, "/plain", NULL);
  g_assert_false (is_possible (wallets, inner)); /* a file is possible by its name only */
  file = wallet_place_dup_file (link, BTC_NETWORK_REGTEST, &error);
  g_assert_no_error (error);
  g_assert_nonnull (file);
  /* Nothing is created where a dangling link leads. */
  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  g_assert_cmpint (symlink ("../../elsewhere", dangling), ==, 0);
  g_assert_null (wallet_place_dup_new_file (empty, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_NAME);
  remove_tree (wallets);
}

static void
test_files (void)
{
  static const struct {
    const char *name;
    WalletFileKind kind;
    int code; /* -1: it can be loaded */
  } cases[] = {
    { "ours", WALLET_FILE_SQLITE, -1 },
    { "old", WALLET_FILE_LEGACY, BUS_ERROR_WALLET_LEGACY },
    { "other", WALLET_FILE_OTHER_NETWORK, BUS_ERROR_WALLET_OTHER_NETWORK },
    { "noise", WALLET_FILE_UNKNOWN, BUS_ERROR_WALLET_UNKNOWN },
    { "none", WALLET_FILE_ABSENT, BUS_ERROR_WALLET_NOT_FOUND },
  };
  g_autofree char *wallets = g_dir_make_tmp ("place-XXXXXX", NULL), *empty = g_build_filename (wallets, "empty", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *folder = g_build_filename (wallets, cases[i].name, NULL), *file = NULL;
    g_autoptr (GError) problem = NULL;

    if (cases[i].kind != WALLET_FILE_ABSENT)
      write_file (folder, "wallet.dat", cases[i].kind, 8192);
    file = wallet_place_dup_file (folder, BTC_NETWORK_REGTEST, &problem);
    g_assert_cmpint (file != NULL ? -1 : problem->code, ==, cases[i].code);
  }
  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  g_assert_null (wallet_place_dup_file (empty, BTC_NETWORK_REGTEST, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_WALLET_UNKNOWN);
  remove_tree (wallets);
}

static void
test_list (void)
{
  static const struct {
    const char *name;
    WalletFileKind kind;
  } expected[] = {
    { "", WALLET_FILE_SQLITE },       { "a/b", WALLET_FILE_SQLITE },     { "link", WALLET_FILE_SQLITE },
    { "noise", WALLET_FILE_UNKNOWN }, { "old", WALLET_FILE_LEGACY },     { "old-plain", WALLET_FILE_LEGACY },
    { "w", WALLET_FILE_SQLITE },      { "w/inner", WALLET_FILE_SQLITE },
  };
  g_autofree char *wallets = g_dir_make_tmp ("place-XXXXXX", NULL), *link = g_build_filename (wallets, "link", NULL);
  g_autofree char *circle = g_build_filename (wallets, "a", "circle", NULL);
  g_autofree char *self = g_build_filename (wallets, "self", "wallet.dat", NULL), *none = NULL;
  g_autoptr (GPtrArray) places = NULL, nothing = NULL;

  write_file (wallets, "wallet.dat", WALLET_FILE_SQLITE, 8192);
  write_file (wallets, "a/b/wallet.dat", WALLET_FILE_SQLITE, 8192);
  write_file (wallets, "a/wallet.dat.bak", WALLET_FILE_SQLITE, 8192);
  write_file (wallets, "noise/wallet.dat", WALLET_FILE_UNKNOWN, 8192);
  write_file (wallets, "old/wallet.dat", WALLET_FILE_LEGACY, 8192);
  write_file (wallets, "old-plain", WALLET_FILE_LEGACY, 8192);
  write_file (wallets, "old.bak", WALLET_FILE_LEGACY, 8192);
  write_file (wallets, "plain", WALLET_FILE_SQLITE, 8192);
  write_file (wallets, "w/wallet.dat", WALLET_FILE_SQLITE, 8192);
  write_file (wallets, "w/inner/wallet.dat", WALLET_FILE_SQLITE, 8192);
  write_file (wallets, "self/note", WALLET_FILE_UNKNOWN, 1);
  g_assert_cmpint (symlink ("w", link), ==, 0);
  g_assert_cmpint (symlink ("..", circle), ==, 0);
  g_assert_cmpint (symlink ("wallet.dat", self), ==, 0);
  places = wallet_place_list (wallets, BTC_NETWORK_REGTEST);
  /* The link to the folder itself leads to the unnamed wallet again, as any other link would. */
  g_assert_cmpuint (places->len, ==, G_N_ELEMENTS (expected) + 1);
  for (guint i = 0, k = 0; i < places->len; i++) {
    const WalletPlace *place = g_ptr_array_index (places, i);

    if (g_str_equal (place->name, "a/circle"))
      continue;
    g_assert_cmpstr (place->name, ==, expected[k].name);
    g_assert_cmpint (place->kind, ==, expected[k++].kind);
  }
  none = g_build_filename (wallets, "none", NULL);
  nothing = wallet_place_list (none, BTC_NETWORK_REGTEST);
  g_assert_cmpuint (nothing->len, ==, 0);
  remove_tree (wallets);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wallet/place/kinds", test_kinds);
  g_test_add_func ("/wallet/place/names", test_names);
  g_test_add_func ("/wallet/place/links", test_links);
  g_test_add_func ("/wallet/place/files", test_files);
  g_test_add_func ("/wallet/place/list", test_list);
  return g_test_run ();
}
