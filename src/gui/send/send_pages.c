#include "gui/send/send_pages.h"

#include "gui/widgets/stack_pages.h"

struct _GuiSendPages {
  GtkWidget parent_instance;

  GuiSession *session;
  GtkStack *stack; /* of GuiSendPage, by the name of the wallet */
};

G_DEFINE_FINAL_TYPE (GuiSendPages, gui_send_pages, GTK_TYPE_WIDGET)

static void
send_pages_wallet_changed_cb (GuiSendPages *self)
{
  GuiWalletClient *wallet = gui_session_get_wallet (self->session);
  const char *name = gui_wallet_client_get_name (wallet);

  if (gtk_stack_get_child_by_name (self->stack, name) == NULL) {
    GtkWidget *page = gui_send_page_new (self->session, wallet);

    gtk_stack_add_named (self->stack, page, name);
    gui_stack_hide_unmapped_page (page);
  }
  gtk_stack_set_visible_child_name (self->stack, name);
}

GuiSendPage *
gui_send_pages_get_current (GuiSendPages *self)
{
  g_return_val_if_fail (GUI_IS_SEND_PAGES (self), NULL);
  return GUI_SEND_PAGE (gtk_stack_get_visible_child (self->stack));
}

gboolean
gui_send_pages_are_filled (GuiSendPages *self)
{
  gboolean filled = FALSE;

  g_return_val_if_fail (GUI_IS_SEND_PAGES (self), FALSE);

  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (self->stack)); page != NULL;
       page = gtk_widget_get_next_sibling (page))
    filled |= gui_send_page_is_filled (GUI_SEND_PAGE (page));
  return filled;
}

static void
gui_send_pages_dispose (GObject *object)
{
  GuiSendPages *self = GUI_SEND_PAGES (object);

  g_clear_object (&self->session);
  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  G_OBJECT_CLASS (gui_send_pages_parent_class)->dispose (object);
}

static void
gui_send_pages_class_init (GuiSendPagesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_send_pages_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
gui_send_pages_init (GuiSendPages *self)
{
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_hhomogeneous (self->stack, FALSE);
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
}

GtkWidget *
gui_send_pages_new (GuiSession *session)
{
  GuiSendPages *self = g_object_new (GUI_TYPE_SEND_PAGES, NULL);

  g_return_val_if_fail (gui_session_get_wallet (session) != NULL, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (send_pages_wallet_changed_cb), self,
                           G_CONNECT_SWAPPED);
  send_pages_wallet_changed_cb (self);
  return GTK_WIDGET (self);
}
