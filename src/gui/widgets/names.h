#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Sets the accessible name of all lists below ROOT to NAME: lists in groups without a title have none. */
void gui_name_lists (GtkWidget *root, const char *name);

G_END_DECLS
