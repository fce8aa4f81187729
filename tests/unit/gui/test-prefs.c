#include "gui/prefs.h"

#include <glib/gstdio.h>

static void
flushed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (gui_prefs_flush_finish (GUI_PREFS (source), result, NULL));
  *(gboolean *) data = TRUE;
}

static void
flush (GuiPrefs *prefs)
{
  gboolean done = FALSE;

  gui_prefs_flush_async (prefs, flushed_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

/* Whatever was changed last is in the file when the program may exit, however many changes there were. */
static void
test_flush (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("prefs-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "sub", "gui.ini", NULL);
  g_autofree char *sub = g_path_get_dirname (path);
  g_autofree char *connection = NULL;
  GuiPrefs *prefs = gui_prefs_get_default ();
  g_autoptr (GuiPrefs) again = g_object_new (GUI_TYPE_PREFS, NULL);

  g_assert_no_error (error);
  gui_prefs_load (prefs, path);
  flush (prefs);
  for (guint i = 0; i < 100; i++)
    gui_prefs_set_unit (prefs, i % 2 == 0 ? GUI_UNIT_BTC : GUI_UNIT_SAT);
  gui_prefs_set_theme (prefs, GUI_THEME_DARK);
  gui_prefs_set_hide_amounts (prefs, TRUE);
  gui_prefs_set_connection (prefs, "signet", "unix");
  gui_prefs_set_connection (prefs, "regtest", "tls:home:1");
  gui_prefs_set_connection (prefs, "signet", NULL);
  gui_prefs_set_listen (prefs, "regtest", TRUE);
  gui_prefs_set_inspection (prefs, TRUE);
  gui_prefs_set_session_bus (prefs, TRUE);
  flush (prefs);
  gui_prefs_load (again, path);
  g_assert_cmpint (gui_prefs_get_unit (again), ==, GUI_UNIT_SAT);
  g_assert_cmpint (gui_prefs_get_theme (again), ==, GUI_THEME_DARK);
  g_assert_true (gui_prefs_get_hide_amounts (again));
  connection = gui_prefs_dup_connection (again, "regtest");
  g_assert_cmpstr (connection, ==, "tls:home:1");
  g_assert_null (gui_prefs_dup_connection (again, "signet"));
  g_assert_true (gui_prefs_get_listen (again, "regtest"));
  g_assert_false (gui_prefs_get_listen (again, "main"));
  g_assert_true (gui_prefs_get_inspection (again));
  g_assert_true (gui_prefs_get_session_bus (again));
  g_unlink (path);
  g_rmdir (sub);
  g_rmdir (folder);
}

static void
test_defaults (void)
{
  g_autoptr (GuiPrefs) prefs = g_object_new (GUI_TYPE_PREFS, NULL);

  g_assert_cmpint (gui_prefs_get_unit (prefs), ==, GUI_UNIT_BTC);
  g_assert_cmpint (gui_prefs_get_theme (prefs), ==, GUI_THEME_SYSTEM);
  g_assert_false (gui_prefs_get_hide_amounts (prefs));
  g_assert_false (gui_prefs_get_inspection (prefs));
  g_assert_false (gui_prefs_get_session_bus (prefs));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/prefs/flush", test_flush);
  g_test_add_func ("/gui/prefs/defaults", test_defaults);
  return g_test_run ();
}
