#include "gui/activity/activity_page.h"

#include "gui/activity/payment_list.h"
#include "gui/unseen_text.h"
#include "gui/widgets/stack_pages.h"
#include "gui/widgets/wrap_box.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Rows per request: more would be more work at once. */
#define PAGE_SIZE 100

struct _GuiActivityPage {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiHistoryModel *history;

  GtkWidget *box;
  GtkEditable *search;
  GtkToggleButton *chip_all;
  GtkToggleButton *chip_received;
  GtkToggleButton *chip_sent;
  GtkToggleButton *chip_mined;
  GtkStack *stack;
  GuiPaymentList *list;
  AdwStatusPage *empty;
  GtkWidget *receive_button;
};

G_DEFINE_FINAL_TYPE (GuiActivityPage, gui_activity_page, GTK_TYPE_WIDGET)

static const char *
chosen_kind (GuiActivityPage *self)
{
  if (gtk_toggle_button_get_active (self->chip_received))
    return "receive";
  if (gtk_toggle_button_get_active (self->chip_sent))
    return "send";
  if (gtk_toggle_button_get_active (self->chip_mined))
    return "generate";
  return "";
}

static void
update_stack (GuiActivityPage *self)
{
  gboolean filtered = *gtk_editable_get_text (self->search) != '\0' || *chosen_kind (self) != '\0';

  if (g_list_model_get_n_items (G_LIST_MODEL (self->history)) > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (gui_history_model_is_loaded (self->history))
    gtk_stack_set_visible_child_name (self->stack, filtered ? "nothing" : "empty");
}

static void
update_invitation (GuiActivityPage *self)
{
  const char *unseen = gui_unseen_sentence (self->session);

  adw_status_page_set_description (self->empty,
                                   unseen != NULL ? unseen : _ ("What you receive and send shows up here."));
  gtk_widget_set_visible (self->receive_button, unseen == NULL);
}

static void
on_filter_changed (GuiActivityPage *self)
{
  g_autofree char *words = g_strstrip (g_strdup (gtk_editable_get_text (self->search)));

  gui_payment_list_scroll_to_start (self->list);
  gui_history_model_set_filter (self->history, words, chosen_kind (self));
}

static void
on_show_all (GuiActivityPage *self)
{
  gtk_editable_set_text (self->search, "");
  gtk_toggle_button_set_active (self->chip_all, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
on_activity_row_activated (GuiActivityPage *self, guint position)
{
  GuiTxRow *row = gui_history_model_peek (self->history, position);

  if (row != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.payment", "@ay", gui_tx_row_get_txid (row));
}

static void
activity_wallet_changed_cb (GuiActivityPage *self)
{
  gui_payment_list_scroll_to_start (self->list);
  gui_history_model_set_wallet (self->history, gui_session_get_wallet (self->session));
}

void
gui_activity_page_search (GuiActivityPage *self)
{
  g_return_if_fail (GUI_IS_ACTIVITY_PAGE (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
gui_activity_page_dispose (GObject *object)
{
  GuiActivityPage *self = GUI_ACTIVITY_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_ACTIVITY_PAGE);
  g_clear_object (&self->history);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (gui_activity_page_parent_class)->dispose (object);
}

static void
gui_activity_page_class_init (GuiActivityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_activity_page_dispose;
  g_type_ensure (GUI_TYPE_PAYMENT_LIST);
  g_type_ensure (GUI_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/activity/activity_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, box);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, search);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, chip_all);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, chip_received);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, chip_sent);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, chip_mined);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, stack);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, list);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, empty);
  gtk_widget_class_bind_template_child (widget_class, GuiActivityPage, receive_button);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
  gtk_widget_class_bind_template_callback (widget_class, on_activity_row_activated);
}

static void
gui_activity_page_init (GuiActivityPage *self)
{
  self->history = gui_history_model_new (PAGE_SIZE);
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_stack_hide_unmapped (self->stack);
  gui_payment_list_set_model (self->list, self->history);
  g_signal_connect_object (self->history, "loaded", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  update_stack (self);
}

GtkWidget *
gui_activity_page_new (GuiSession *session)
{
  GuiActivityPage *self = g_object_new (GUI_TYPE_ACTIVITY_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (activity_wallet_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallet-updated", G_CALLBACK (update_invitation), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gui_session_get_node (session), "changed", G_CALLBACK (update_invitation), self,
                           G_CONNECT_SWAPPED);
  activity_wallet_changed_cb (self);
  update_invitation (self);
  return GTK_WIDGET (self);
}
