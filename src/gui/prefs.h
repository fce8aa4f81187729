#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The preferences of the user, stored in a key file: the unit of amounts, whether amounts are hidden, the theme, the size
 * of the window, the wallet and the network that were used last, the node of each network, the console. One object per
 * process. Main context.
 *
 * Signals: "changed" when the unit, the theme, whether amounts are hidden, or the clock of the desktop has changed. */

#define GUI_TYPE_PREFS (gui_prefs_get_type ())
G_DECLARE_FINAL_TYPE (GuiPrefs, gui_prefs, GUI, PREFS, GObject)

typedef enum {
  GUI_UNIT_BTC,
  GUI_UNIT_SAT,
} GuiUnit;

typedef enum {
  GUI_THEME_SYSTEM, /* as the desktop's */
  GUI_THEME_LIGHT,
  GUI_THEME_DARK,
} GuiTheme;

/* The program's preferences; held in memory only until gui_prefs_load(). Borrowed. */
GuiPrefs *gui_prefs_get_default (void);

/* Reads PATH (if missing: the defaults), and saves each change to it at once from now on. */
void gui_prefs_load (GuiPrefs *self, const char *path);

/* Waits until all changes are in the file, or could not be saved, which is logged. One call at a time. */
void gui_prefs_flush_async (GuiPrefs *self, GAsyncReadyCallback callback, gpointer data);
gboolean gui_prefs_flush_finish (GuiPrefs *self, GAsyncResult *result, GError **error);

GuiUnit gui_prefs_get_unit (GuiPrefs *self);
void gui_prefs_set_unit (GuiPrefs *self, GuiUnit unit);

gboolean gui_prefs_get_hide_amounts (GuiPrefs *self);
void gui_prefs_set_hide_amounts (GuiPrefs *self, gboolean hide);

GuiTheme gui_prefs_get_theme (GuiPrefs *self);
void gui_prefs_set_theme (GuiPrefs *self, GuiTheme theme);

/* Whether tools may inspect the programs (see inspection.h). */
gboolean gui_prefs_get_inspection (GuiPrefs *self);
void gui_prefs_set_inspection (GuiPrefs *self, gboolean inspection);

/* The same on the session bus (see session_names.h). */
gboolean gui_prefs_get_session_bus (GuiPrefs *self);
void gui_prefs_set_session_bus (GuiPrefs *self, gboolean session_bus);

void gui_prefs_get_window (GuiPrefs *self, int *width, int *height, gboolean *maximized);
void gui_prefs_set_window (GuiPrefs *self, int width, int height, gboolean maximized);

/* NULL if there is none. The caller owns it. */
char *gui_prefs_dup_network (GuiPrefs *self);
void gui_prefs_set_network (GuiPrefs *self, const char *name);
char *gui_prefs_dup_wallet (GuiPrefs *self, const char *network);
void gui_prefs_set_wallet (GuiPrefs *self, const char *network, const char *wallet);

/* The console: whether its warning was read, the size of its text in per cent, and the lines to be typed again on the network
 * NETWORK, the oldest first, which hold no secrets. */
gboolean gui_prefs_get_console_warned (GuiPrefs *self);
void gui_prefs_set_console_warned (GuiPrefs *self);
int gui_prefs_get_console_size (GuiPrefs *self);
void gui_prefs_set_console_size (GuiPrefs *self, int percent);
char **gui_prefs_dup_console_lines (GuiPrefs *self, const char *network);
void gui_prefs_set_console_lines (GuiPrefs *self, const char *network, const char *const *lines);

/* The node that is used on NETWORK: an address as of gui_attachment_parse(); NULL: one that the application starts. The caller
 * owns it. */
char *gui_prefs_dup_connection (GuiPrefs *self, const char *network);
void gui_prefs_set_connection (GuiPrefs *self, const char *network, const char *address);

/* Whether the node that the application starts on NETWORK lets other computers connect. */
gboolean gui_prefs_get_listen (GuiPrefs *self, const char *network);
void gui_prefs_set_listen (GuiPrefs *self, const char *network, gboolean listen);

G_END_DECLS
