#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GTK 4.8 exposes all pages of a stack to screen readers, including hidden ones. This hides them, for all current pages
 * of STACK. */
void gui_stack_hide_unmapped (GtkStack *stack);

/* The same for one page that was added later. */
void gui_stack_hide_unmapped_page (GtkWidget *page);

G_END_DECLS
