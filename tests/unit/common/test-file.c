#include "common/file.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static void
test_replace (void)
{
  g_autofree char *path = g_build_filename (folder, "replaced", NULL);
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_true (common_file_replace (path, "one", 3, 0600, &error));
  g_assert_true (common_file_replace (path, "two!", 4, 0600, &error));
  g_assert_no_error (error);

  g_autoptr (GBytes) bytes = common_file_read (path, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "two!", 4);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

/* A file that exists is not touched. */
static void
test_create (void)
{
  g_autofree char *path = g_build_filename (folder, "created", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  struct stat status;

  g_assert_true (common_file_create (path, "one", 3, 0600, &error));
  g_assert_no_error (error);
  g_assert_false (common_file_create (path, "two!", 4, 0600, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  bytes = common_file_read (path, 100, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "one", 3);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_replace_fails (void)
{
  g_autofree char *path = g_build_filename (folder, "missing", "file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (common_file_replace (path, "x", 1, 0600, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* A full device: the old content is kept, and no temporary file is left behind. */
static void
test_disk_full (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (common_file_replace ("/dev/full/x", "x", 1, 0600, &error));
  g_assert_nonnull (error);
}

static void
test_read_limit (void)
{
  g_autofree char *path = g_build_filename (folder, "long", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (common_file_replace (path, "12345", 5, 0600, NULL));
  g_assert_null (common_file_read (path, 4, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
}

static void
test_lock (void)
{
  g_autofree char *path = g_build_filename (folder, ".lock", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CommonFileLock) lock = common_file_lock_new (path, &error);

  g_assert_no_error (error);

  /* POSIX locks belong to a process, so only another process is blocked by it. */
  pid_t child = fork ();
  if (child == 0) {
    g_autoptr (GError) refused = NULL;
    CommonFileLock *second = common_file_lock_new (path, &refused);

    _exit (second == NULL && g_error_matches (refused, G_FILE_ERROR, G_FILE_ERROR_AGAIN) ? 0 : 1);
  }

  int status;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

static gpointer
make_one (gpointer path)
{
  g_autofree char *sub = g_build_filename (path, "wallets", NULL);

  while (!g_file_test (path, G_FILE_TEST_IS_DIR))
    g_assert_true (common_file_make_folder_with (path, "wallets", NULL));
  g_assert_true (g_file_test (sub, G_FILE_TEST_IS_DIR));
  return NULL;
}

/* Programs that start at the same time never see the folder without the other one in it. */
static void
test_make_folder_with (void)
{
  for (int round = 0; round < 200; round++) {
    g_autofree char *parent = g_strdup_printf ("%s/round-%d", folder, round);
    g_autofree char *path = g_build_filename (parent, "regtest", NULL);
    g_autofree char *sub = g_build_filename (path, "wallets", NULL);
    g_autoptr (GDir) dir = NULL;
    GThread *threads[4];

    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      threads[i] = g_thread_new ("make", make_one, path);
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
      g_thread_join (threads[i]);
    dir = g_dir_open (parent, 0, NULL);
    g_assert_cmpstr (g_dir_read_name (dir), ==, "regtest");
    g_assert_null (g_dir_read_name (dir)); /* no drafts are left */
    g_assert_cmpint (g_rmdir (sub), ==, 0);
    g_assert_cmpint (g_rmdir (path), ==, 0);
    g_assert_cmpint (g_rmdir (parent), ==, 0);
  }
}

/* A link to a disk that is not there is an error, and stays. */
static void
test_make_folder_with_link (void)
{
  g_autofree char *path = g_build_filename (folder, "data", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink ("/nonexistent/disk", path), ==, 0);
  g_assert_false (common_file_make_folder_with (path, "wallets", &error));
  g_assert_nonnull (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("test-file-XXXXXX", NULL);
  g_test_add_func ("/file/replace", test_replace);
  g_test_add_func ("/file/create", test_create);
  g_test_add_func ("/file/replace-fails", test_replace_fails);
  g_test_add_func ("/file/disk-full", test_disk_full);
  g_test_add_func ("/file/read-limit", test_read_limit);
  g_test_add_func ("/file/lock", test_lock);
  g_test_add_func ("/file/make-folder-with", test_make_folder_with);
  g_test_add_func ("/file/make-folder-with-link", test_make_folder_with_link);

  int result = g_test_run ();
  const char *const names[] = { "replaced", "created", "long", ".lock" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (folder, names[i], NULL);
    g_unlink (path);
  }
  /* Fails when a test has left a temporary file. */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  return result;
}
