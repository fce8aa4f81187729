#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The settings of the desktop's interface (org.gnome.desktop.interface), with "clock-format"; NULL if this desktop has none.
 * Borrowed. */
GSettings *gui_desktop_settings_get (void);

G_END_DECLS
