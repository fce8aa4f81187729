#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GTK 4.8 exposes every page of a stack to screen readers, also hidden ones. This hides them there, for all pages that
 * STACK has now. */
void gui_stack_hide_unmapped (GtkStack *stack);

/* The same for one page that was added later. */
void gui_stack_hide_unmapped_page (GtkWidget *page);

G_END_DECLS
