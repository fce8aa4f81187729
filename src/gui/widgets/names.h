#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Gives every list below ROOT the accessible NAME: lists of groups without a title have none. */
void gui_name_lists (GtkWidget *root, const char *name);

G_END_DECLS
