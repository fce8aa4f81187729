#include "common/log.h"

#include <glib/gstdio.h>
#include <string.h>

static char *path;

static char *
read_log (void)
{
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
open_log (void)
{
  g_unlink (path);
  g_assert_true (common_log_open (&(CommonLogOptions){ .file = path }, NULL));
}

static void
test_categories (void)
{
  open_log ();
  g_assert_true (common_log_enable ("ipc", TRUE));
  common_debug (COMMON_LOG_IPC, "seen %d", 1);
  common_debug (COMMON_LOG_RPC, "unseen");
  g_assert_true (common_log_enable ("ipc", FALSE));
  common_debug (COMMON_LOG_IPC, "unseen");
  common_warn ("careful");
  g_assert_false (common_log_enable ("nonsense", TRUE));

  g_autofree char *text = read_log ();
  g_assert_cmpstr (text, ==, "[ipc] seen 1\n[warning] careful\n");
}

static void
test_all_have_names (void)
{
  for (guint i = 0; i < COMMON_LOG_N_CATEGORIES; i++) {
    g_assert_nonnull (common_log_category_name (i));
    g_assert_true (common_log_enable (common_log_category_name (i), TRUE));
    g_assert_true (common_log_enabled (i));
  }
  g_assert_true (common_log_enable ("all", FALSE));
  g_assert_false (common_log_enable ("none", TRUE));
  g_assert_false (common_log_enable ("nothing", TRUE));
  g_assert_true (common_log_enable ("libevent", TRUE));
  g_assert_false (common_log_enabled (COMMON_LOG_IPC));
}

static void
test_forged_line (void)
{
  open_log ();
  common_info ("peer says %s", "hello\n2026-01-01T00:00:00Z forged\x1b[2J");

  g_autofree char *text = read_log ();
  g_assert_cmpstr (text, ==, "peer says hello\\x0a2026-01-01T00:00:00Z forged\\x1b[2J\n");
}

static void
test_reopen (void)
{
  g_autofree char *moved = g_strconcat (path, ".1", NULL);

  open_log ();
  common_info ("before");
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  common_log_reopen ();
  common_info ("after");

  g_autofree char *text = read_log ();
  g_assert_cmpstr (text, ==, "after\n");
  g_unlink (moved);
}

static void
test_cannot_open (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (common_log_open (&(CommonLogOptions){ .file = "/nonexistent/folder/log" }, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

static guint
count_lines (const char *text, const char *part)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, part)) != NULL; at += strlen (part))
    n++;
  return n;
}

/* One place in the source reaches its limit of 1 MiB; other places, and categories, are not affected. */
static void
test_limit_of_place (void)
{
  g_autofree char *filler = g_strnfill (1023, 'a'), *text = NULL;

  g_unlink (path);
  g_assert_true (common_log_open (&(CommonLogOptions){ .file = path, .limited = TRUE }, NULL));
  g_assert_true (common_log_enable ("ipc", TRUE));
  for (guint i = 0; i < 3000; i++) {
    common_info ("%s", filler);
    common_debug (COMMON_LOG_IPC, "%s", filler);
  }
  common_info ("%s", "another place");
  g_assert_true (common_log_enable ("ipc", FALSE));

  text = read_log ();
  g_assert_cmpuint (count_lines (text, "\naaa"), ==,
                    1024); /* the first has no line before it, and the last exceeds the limit */
  g_assert_cmpuint (count_lines (text, "\n[ipc] aaa"), ==, 3000);
  g_assert_cmpuint (count_lines (text, "More than 1048576 bytes were logged within an hour by test-log.c:"), ==, 1);
  g_assert_cmpuint (count_lines (text, "another place"), ==, 1);
}

static void
test_limit_ends (void)
{
  CommonLogLimit *limit = common_log_limit_new ();
  const CommonLogSite site = { "folder/x.c", 7, "speak" };
  const gint64 start_us = 5;
  g_auto (GStrv) lines = NULL;

  g_assert_cmpint (common_log_limit_add (limit, &site, COMMON_LOG_LIMIT_BYTES, start_us), ==, COMMON_LOG_LIMIT_WRITE);
  g_assert_cmpint (common_log_limit_add (limit, &site, 10, start_us), ==, COMMON_LOG_LIMIT_WRITE_LAST);
  g_assert_cmpint (common_log_limit_add (limit, &site, 10, start_us), ==, COMMON_LOG_LIMIT_DROP);
  g_assert_null (common_log_limit_renew (limit, start_us + COMMON_LOG_LIMIT_WINDOW_US - 1));
  lines = common_log_limit_renew (limit, start_us + COMMON_LOG_LIMIT_WINDOW_US);
  g_assert_cmpstr (lines[0], ==,
                   "Messages from x.c:7 (speak) are written again: 10 bytes were dropped within the last hour");
  g_assert_null (lines[1]);
  g_assert_cmpint (common_log_limit_add (limit, &site, 10, start_us + COMMON_LOG_LIMIT_WINDOW_US), ==,
                   COMMON_LOG_LIMIT_WRITE);
  common_log_limit_free (limit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *folder = g_dir_make_tmp ("test-log-XXXXXX", NULL);
  path = g_build_filename (folder, "debug.log", NULL);
  g_test_add_func ("/log/categories", test_categories);
  g_test_add_func ("/log/all-have-names", test_all_have_names);
  g_test_add_func ("/log/forged-line", test_forged_line);
  g_test_add_func ("/log/reopen", test_reopen);
  g_test_add_func ("/log/limit-of-place", test_limit_of_place);
  g_test_add_func ("/log/limit-ends", test_limit_ends);
  g_test_add_func ("/log/cannot-open", test_cannot_open);

  int result = g_test_run ();
  g_unlink (path);
  g_rmdir (folder);
  g_free (path);
  return result;
}
