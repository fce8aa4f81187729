#include "gui/console/console_history.h"
#include "gui/prefs.h"

static void
test_moving (void)
{
  g_autoptr (GuiConsoleHistory) history = gui_console_history_new ("regtest");

  g_assert_null (gui_console_history_go_back (history, "typed"));
  g_assert_null (gui_console_history_go_on (history));
  gui_console_history_add (history, "one");
  gui_console_history_add (history, "two; 2");
  gui_console_history_add (history, NULL); /* a secret */
  gui_console_history_add (history, "three");
  g_assert_cmpstr (gui_console_history_go_back (history, "typed"), ==, "three");
  g_assert_cmpstr (gui_console_history_go_back (history, "three"), ==, "two; 2");
  g_assert_cmpstr (gui_console_history_go_on (history), ==, "three");
  g_assert_cmpstr (gui_console_history_go_on (history), ==, "typed");
  g_assert_null (gui_console_history_go_on (history));
  /* What is repeated is moved to the end. */
  gui_console_history_add (history, "one");
  g_assert_cmpstr (gui_console_history_go_back (history, ""), ==, "one");
  g_assert_cmpstr (gui_console_history_go_back (history, ""), ==, "three");
  g_assert_cmpstr (gui_console_history_go_back (history, ""), ==, "two; 2");
  g_assert_null (gui_console_history_go_back (history, ""));
}

/* In the preferences, for each network; a limited number. */
static void
test_kept (void)
{
  g_autoptr (GuiConsoleHistory) again = gui_console_history_new ("regtest"), other = gui_console_history_new ("main");
  g_auto (GStrv) lines = NULL;

  g_assert_cmpstr (gui_console_history_go_back (again, ""), ==, "one");
  g_assert_null (gui_console_history_go_back (other, ""));
  for (guint i = 0; i < 150; i++) {
    g_autofree char *line = g_strdup_printf ("line %u", i);

    gui_console_history_add (other, line);
  }
  for (guint i = 0; i < 100; i++)
    g_assert_nonnull (gui_console_history_go_back (other, ""));
  g_assert_null (gui_console_history_go_back (other, ""));
  gui_console_history_clear (again);
  g_assert_null (gui_console_history_go_back (again, ""));
  lines = gui_prefs_dup_console_lines (gui_prefs_get_default (), "regtest");
  g_assert_cmpuint (g_strv_length (lines), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/console-history/moving", test_moving);
  g_test_add_func ("/gui/console-history/kept", test_kept);
  return g_test_run ();
}
