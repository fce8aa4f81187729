#include "gui/widgets/stack_pages.h"

static void
mapped_cb (GtkWidget *page, gpointer data)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (page), GTK_ACCESSIBLE_STATE_HIDDEN, FALSE, -1);
}

static void
unmapped_cb (GtkWidget *page, gpointer data)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (page), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
}

void
gui_stack_hide_unmapped_page (GtkWidget *page)
{
  g_return_if_fail (GTK_IS_WIDGET (page));

  g_signal_handlers_disconnect_by_func (page, mapped_cb, NULL);
  g_signal_handlers_disconnect_by_func (page, unmapped_cb, NULL);
  g_signal_connect (page, "map", G_CALLBACK (mapped_cb), NULL);
  g_signal_connect (page, "unmap", G_CALLBACK (unmapped_cb), NULL);
  if (!gtk_widget_get_mapped (page))
    unmapped_cb (page, NULL);
}

static void
realized_cb (GtkWidget *stack, gpointer data)
{
  for (GtkWidget *page = gtk_widget_get_first_child (stack); page != NULL; page = gtk_widget_get_next_sibling (page))
    gui_stack_hide_unmapped_page (page);
}

void
gui_stack_hide_unmapped (GtkStack *stack)
{
  g_return_if_fail (GTK_IS_STACK (stack));

  /* The pages of a template are mapped and unmapped until it has a window. */
  if (gtk_widget_get_realized (GTK_WIDGET (stack)))
    realized_cb (GTK_WIDGET (stack), NULL);
  else
    g_signal_connect (stack, "realize", G_CALLBACK (realized_cb), NULL);
}
