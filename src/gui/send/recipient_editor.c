#include "gui/send/recipient_editor.h"

#include "gui/clients/bounds.h"
#include "gui/widgets/address_row.h"
#include "gui/widgets/amount_row.h"
#include "gui/widgets/names.h"

#include <glib/gi18n.h>

/* The wallet accepts labels of up to 1,024 bytes. */
#define MAX_LABEL_CHARS 256

struct _GuiRecipientEditor {
  GtkWidget parent_instance;

  char *address; /* as it was read */

  /* What was taken from the last link. */
  char *link_address;
  gint64 link_amount_sat; /* -1: none */
  char *link_label;

  GtkWidget *group;
  GtkWidget *remove_button;
  GuiAddressRow *address_row;
  GuiAmountRow *amount_row;
  GtkEditable *label_row;
};

G_DEFINE_FINAL_TYPE (GuiRecipientEditor, gui_recipient_editor, GTK_TYPE_WIDGET)

enum { SIGNAL_CHANGED, SIGNAL_ACTIVATE, SIGNAL_REMOVE, N_SIGNALS };

static guint signals[N_SIGNALS];

void
gui_recipient_editor_set_address_error (GuiRecipientEditor *self, const char *sentence)
{
  g_return_if_fail (GUI_IS_RECIPIENT_EDITOR (self));
  gui_field_row_set_problem (GUI_FIELD_ROW (self->address_row), sentence);
}

void
gui_recipient_editor_set_amount_error (GuiRecipientEditor *self, const char *sentence)
{
  g_return_if_fail (GUI_IS_RECIPIENT_EDITOR (self));
  gui_field_row_set_problem (GUI_FIELD_ROW (self->amount_row), sentence);
}

void
gui_recipient_editor_clear_problems (GuiRecipientEditor *self)
{
  g_return_if_fail (GUI_IS_RECIPIENT_EDITOR (self));
  gui_field_row_set_problem (GUI_FIELD_ROW (self->address_row), NULL);
  gui_field_row_set_problem (GUI_FIELD_ROW (self->amount_row), NULL);
}

/* What came from a link for another recipient, and was not changed, does not belong to this one. */
static void
recipient_drop_link (GuiRecipientEditor *self)
{
  gint64 sat;

  if (self->link_amount_sat >= 0 && gui_amount_row_peek (self->amount_row, &sat) && sat == self->link_amount_sat)
    gui_amount_row_set_amount (self->amount_row, -1);
  if (g_strcmp0 (self->link_label, gtk_editable_get_text (self->label_row)) == 0)
    gtk_editable_set_text (self->label_row, "");
  self->link_amount_sat = -1;
  g_clear_pointer (&self->link_label, g_free);
}

static void
on_address (GuiRecipientEditor *self, const char *address, gint64 amount_sat, const char *label)
{
  if (g_strcmp0 (address, self->link_address) != 0)
    recipient_drop_link (self);
  g_free (self->link_address);
  self->link_address = g_strdup (address);
  if (amount_sat >= 0) {
    gui_amount_row_set_amount (self->amount_row, amount_sat);
    self->link_amount_sat = amount_sat;
  }
  if (label != NULL) {
    g_free (self->link_label);
    self->link_label = gui_bounds_dup_line (label, MAX_LABEL_CHARS);
    gtk_editable_set_text (self->label_row, self->link_label);
  }
}

static void
on_recipient_changed (GuiRecipientEditor *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_recipient_activated (GuiRecipientEditor *self)
{
  g_signal_emit (self, signals[SIGNAL_ACTIVATE], 0);
}

static void
on_remove (GuiRecipientEditor *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

gboolean
gui_recipient_editor_read (GuiRecipientEditor *self, GuiRecipient *recipient)
{
  gboolean good;

  g_return_val_if_fail (GUI_IS_RECIPIENT_EDITOR (self), FALSE);
  g_return_val_if_fail (recipient != NULL, FALSE);

  g_free (self->address);
  self->address = gui_address_row_read (self->address_row);
  *recipient = (GuiRecipient){
    .address = self->address,
    .label = gtk_editable_get_text (self->label_row),
    .everything = gui_amount_row_get_max (self->amount_row),
  };
  good = recipient->everything || gui_amount_row_read (self->amount_row, &recipient->amount_sat);
  return good && self->address != NULL;
}

void
gui_recipient_editor_set_number (GuiRecipientEditor *self, guint number)
{
  /* Translators: %u is the number of a recipient. */
  g_autofree char *title = number > 0 ? g_strdup_printf (_ ("Recipient %u"), number) : g_strdup (_ ("Recipient"));
  g_autofree char *remove = g_strdup_printf (_ ("Remove recipient %u"), number);

  g_return_if_fail (GUI_IS_RECIPIENT_EDITOR (self));

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->group), title);
  gui_name_lists (self->group, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
  gtk_widget_set_visible (self->remove_button, number > 0);
  gui_amount_row_set_with_max (self->amount_row, number == 0);
}

void
gui_recipient_editor_clear (GuiRecipientEditor *self)
{
  g_return_if_fail (GUI_IS_RECIPIENT_EDITOR (self));

  gtk_editable_set_text (GTK_EDITABLE (self->address_row), "");
  gui_amount_row_set_amount (self->amount_row, -1);
  gtk_editable_set_text (self->label_row, "");
  g_clear_pointer (&self->link_address, g_free);
  g_clear_pointer (&self->link_label, g_free);
  self->link_amount_sat = -1;
  gui_recipient_editor_clear_problems (self);
}

gboolean
gui_recipient_editor_is_filled (GuiRecipientEditor *self)
{
  GtkEditable *rows[] = { GTK_EDITABLE (self->address_row), GTK_EDITABLE (self->amount_row), self->label_row };
  gboolean filled = FALSE;

  g_return_val_if_fail (GUI_IS_RECIPIENT_EDITOR (self), FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    filled |= *gtk_editable_get_text (rows[i]) != '\0';
  return filled;
}

static gboolean
recipient_needs_text (GuiRecipientEditor *self, GtkEditable *row)
{
  gboolean unneeded = row == GTK_EDITABLE (self->amount_row) && gui_amount_row_get_max (self->amount_row);

  return !unneeded && *gtk_editable_get_text (row) == '\0';
}

gboolean
gui_recipient_editor_focus_open (GuiRecipientEditor *self)
{
  GtkEditable *rows[] = { GTK_EDITABLE (self->address_row), GTK_EDITABLE (self->amount_row) };

  g_return_val_if_fail (GUI_IS_RECIPIENT_EDITOR (self), FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (gui_field_row_get_problem (GUI_FIELD_ROW (rows[i])) != NULL)
      return gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (recipient_needs_text (self, rows[i]))
      return gtk_widget_grab_focus (GTK_WIDGET (rows[i]));
  return FALSE;
}

static gboolean
gui_recipient_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (GUI_RECIPIENT_EDITOR (widget)->address_row));
}

static void
gui_recipient_editor_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_RECIPIENT_EDITOR);
  G_OBJECT_CLASS (gui_recipient_editor_parent_class)->dispose (object);
}

static void
gui_recipient_editor_finalize (GObject *object)
{
  GuiRecipientEditor *self = GUI_RECIPIENT_EDITOR (object);

  g_free (self->address);
  g_free (self->link_address);
  g_free (self->link_label);
  G_OBJECT_CLASS (gui_recipient_editor_parent_class)->finalize (object);
}

static void
gui_recipient_editor_class_init (GuiRecipientEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = GUI_TYPE_RECIPIENT_EDITOR;

  G_OBJECT_CLASS (klass)->dispose = gui_recipient_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_recipient_editor_finalize;
  widget_class->grab_focus = gui_recipient_editor_grab_focus;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ACTIVATE] = g_signal_new ("activate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REMOVE] = g_signal_new ("remove", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GUI_TYPE_ADDRESS_ROW);
  g_type_ensure (GUI_TYPE_AMOUNT_ROW);
  g_type_ensure (GUI_TYPE_FIELD_ERROR);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/send/recipient_editor.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, group);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, remove_button);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, address_row);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, amount_row);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, label_row);
  gtk_widget_class_bind_template_callback (widget_class, on_address);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_bind_template_callback (widget_class, on_recipient_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_recipient_activated);
}

static void
gui_recipient_editor_init (GuiRecipientEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_name_field (ADW_ENTRY_ROW (self->address_row), _ ("Address or payment link"));
  self->link_amount_sat = -1;
  gtk_text_set_max_length (GTK_TEXT (gtk_editable_get_delegate (self->label_row)), MAX_LABEL_CHARS);
}

GtkWidget *
gui_recipient_editor_new (BtcNetwork network)
{
  GuiRecipientEditor *self = g_object_new (GUI_TYPE_RECIPIENT_EDITOR, NULL);

  gui_address_row_set_network (self->address_row, network);
  return GTK_WIDGET (self);
}
