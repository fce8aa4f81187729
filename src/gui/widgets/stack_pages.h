#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GTK 4.8 tells a screen reader of every page of a stack, also of those that are not on show. This keeps the hidden
 * ones from it, for all pages that STACK has now. */
void gui_stack_hide_unmapped (GtkStack *stack);

/* The same for one page that was added later. */
void gui_stack_hide_unmapped_page (GtkWidget *page);

G_END_DECLS
