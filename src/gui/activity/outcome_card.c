#include "gui/activity/outcome_card.h"

#include "gui/error_text.h"
#include "gui/outcome_text.h"
#include "gui/widgets/busy_button.h"
#include "gui/widgets/wrap_box.h"

struct _GuiOutcomeCard {
  GtkWidget parent_instance;

  GuiWalletClient *wallet; /* NULL: no payment */
  GVariant *txid;
  GuiOutcome outcome;
  char *reason; /* the reject reason */
  gint64 paid_sat;
  char *to;
  gboolean confirming; /* the card asks whether to abandon it; only if it was refused */

  GtkWidget *box;
  GtkLabel *title;
  GtkLabel *text;
  GuiBusyButton *abandon_button;
  GtkWidget *answers;
  GtkWidget *keep_button;
};

G_DEFINE_FINAL_TYPE (GuiOutcomeCard, gui_outcome_card, GTK_TYPE_WIDGET)

static void
card_update (GuiOutcomeCard *self)
{
  g_autofree char *text = self->confirming ? gui_outcome_dup_abandon_text (self->paid_sat, self->to)
                                           : gui_outcome_dup_text (self->outcome, self->reason);

  gtk_label_set_text (self->title, self->confirming ? gui_outcome_abandon_title () : gui_outcome_title (self->outcome));
  gtk_label_set_text (self->text, text);
  gtk_widget_set_visible (GTK_WIDGET (self->abandon_button), self->outcome == GUI_OUTCOME_REFUSED && !self->confirming);
  gtk_widget_set_visible (self->answers, self->confirming);
  gtk_widget_set_visible (GTK_WIDGET (self),
                          self->outcome == GUI_OUTCOME_REFUSED || self->outcome == GUI_OUTCOME_ABANDONED);
}

void
gui_outcome_card_set_payment (GuiOutcomeCard *self, gint64 sat, const char *to)
{
  g_return_if_fail (GUI_IS_OUTCOME_CARD (self));

  self->paid_sat = sat;
  g_free (self->to);
  self->to = g_strdup (to);
}

void
gui_outcome_card_show (GuiOutcomeCard *self,
                       GuiWalletClient *wallet,
                       GVariant *txid,
                       GuiOutcome outcome,
                       const char *reason)
{
  g_return_if_fail (GUI_IS_OUTCOME_CARD (self));

  g_set_object (&self->wallet, wallet);
  g_variant_ref (txid);
  g_clear_pointer (&self->txid, g_variant_unref);
  self->txid = txid;
  self->outcome = outcome;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  self->confirming = self->confirming && outcome == GUI_OUTCOME_REFUSED;
  card_update (self);
}

/* The page is updated by the change of the wallet. */
static void
card_abandoned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiOutcomeCard) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = gui_spend_client_abandon_finish (GUI_SPEND_CLIENT (source), result, &error);

  /* The page may have been closed in the meantime. */
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gui_busy_button_set_busy (self->abandon_button, FALSE);
  if (!done)
    gui_error_present (GTK_WIDGET (self), error, GUI_DOING_ABANDON);
}

/* A button that is activated by the keyboard is clicked a little later, when the card may show something else: here and
 * below. */
static void
on_card_abandon (GuiOutcomeCard *self)
{
  if (self->outcome != GUI_OUTCOME_REFUSED)
    return;
  self->confirming = TRUE;
  card_update (self);
  gtk_widget_grab_focus (self->keep_button);
}

static void
on_card_keep (GuiOutcomeCard *self)
{
  if (!self->confirming)
    return;
  self->confirming = FALSE;
  card_update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->abandon_button));
}

/* Escape leaves the page only when nothing is asked. */
static gboolean
card_escape (GtkWidget *widget, GVariant *args, gpointer data)
{
  gboolean confirming = GUI_OUTCOME_CARD (widget)->confirming;

  on_card_keep (GUI_OUTCOME_CARD (widget));
  return confirming;
}

static void
on_card_confirm (GuiOutcomeCard *self)
{
  if (!self->confirming)
    return;
  self->confirming = FALSE;
  card_update (self);
  gui_busy_button_set_busy (self->abandon_button, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->abandon_button));
  gui_spend_client_abandon_async (gui_wallet_client_get_spend (self->wallet), self->txid, card_abandoned_cb,
                                  g_object_ref (self));
}

static void
gui_outcome_card_dispose (GObject *object)
{
  GuiOutcomeCard *self = GUI_OUTCOME_CARD (object);

  g_clear_object (&self->wallet);
  g_clear_pointer (&self->txid, g_variant_unref);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->to, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_OUTCOME_CARD);

  G_OBJECT_CLASS (gui_outcome_card_parent_class)->dispose (object);
}

static void
gui_outcome_card_class_init (GuiOutcomeCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_outcome_card_dispose;
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, card_escape, NULL);
  g_type_ensure (GUI_TYPE_BUSY_BUTTON);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  g_type_ensure (GUI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/activity/outcome_card.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomeCard, box);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomeCard, title);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomeCard, text);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomeCard, abandon_button);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomeCard, answers);
  gtk_widget_class_bind_template_child (widget_class, GuiOutcomeCard, keep_button);
  gtk_widget_class_bind_template_callback (widget_class, on_card_abandon);
  gtk_widget_class_bind_template_callback (widget_class, on_card_keep);
  gtk_widget_class_bind_template_callback (widget_class, on_card_confirm);
}

static void
gui_outcome_card_init (GuiOutcomeCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
