#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds actions for tests, only while MONEYROCKET_GUI_TESTS is set in the environment: "screenshot" (s, a path: the
 * window as a PNG file), "resize" ((ii)), "color-scheme" (s: "light" or "dark"), "direction" (s: "ltr" or "rtl"),
 * "scroll-bar" (s, a path: the place of the visible scroll bar, the length of its page and of the whole), "scroll-to" (d:
 * a fraction of the whole), and forwards "page" (s) and "preferences". */
void gui_test_actions_add (GApplication *app, GtkWindow *window);

G_END_DECLS
