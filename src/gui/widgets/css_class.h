#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds the style class NAME to WIDGET, or removes it. */
void gui_set_css_class (GtkWidget *widget, const char *name, gboolean set);

G_END_DECLS
