#include "gui/send/recipient_editor.h"

#include "bitcoin/address/address.h"
#include "bitcoin/address/uri.h"
#include "gui/format.h"
#include "gui/widgets/unit_button.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

/* From this length on, an address is checked while it is being typed. */
#define WHOLE_ADDRESS_LEN 26

struct _GuiRecipientEditor {
  GtkWidget parent_instance;

  BtcNetwork network;
  gboolean filling; /* the fields are being set by the program */

  GtkWidget *group;
  GtkWidget *remove_button;
  GtkEditable *address_row;
  GtkWidget *address_error_row;
  GtkLabel *address_error;
  GtkEditable *amount_row;
  GtkWidget *amount_error_row;
  GtkLabel *amount_error;
  GuiUnitButton *unit_button;
  GtkToggleButton *max_button;
  GtkEditable *label_row;
};

G_DEFINE_FINAL_TYPE (GuiRecipientEditor, gui_recipient_editor, GTK_TYPE_WIDGET)

enum { SIGNAL_CHANGED, SIGNAL_REMOVE, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
recipient_set_error (GtkEditable *row, GtkWidget *error_row, GtkLabel *label, const char *sentence)
{
  gtk_widget_set_visible (error_row, sentence != NULL);
  if (sentence == NULL) {
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
    return;
  }
  gtk_label_set_text (label, sentence);
  gtk_widget_add_css_class (GTK_WIDGET (row), "error");
}

void
gui_recipient_editor_set_address_error (GuiRecipientEditor *self, const char *sentence)
{
  g_return_if_fail (GUI_IS_RECIPIENT_EDITOR (self));
  recipient_set_error (self->address_row, self->address_error_row, self->address_error, sentence);
}

void
gui_recipient_editor_set_amount_error (GuiRecipientEditor *self, const char *sentence)
{
  g_return_if_fail (GUI_IS_RECIPIENT_EDITOR (self));
  recipient_set_error (self->amount_row, self->amount_error_row, self->amount_error, sentence);
}

static gboolean
is_address (GuiRecipientEditor *self, const char *text)
{
  g_autoptr (GBytes) script = btc_address_decode (text, self->network, NULL);

  return script != NULL;
}

static void
fill_from_uri (GuiRecipientEditor *self, const BtcUri *uri)
{
  self->filling = TRUE;
  gtk_editable_set_text (self->address_row, uri->address);
  if (uri->amount_sat > 0) {
    g_autofree char *amount = NULL;

    gtk_toggle_button_set_active (self->max_button, FALSE);
    amount = gui_format_amount_bare (uri->amount_sat, gui_unit_button_get_unit (self->unit_button), FALSE);
    gtk_editable_set_text (self->amount_row, amount);
  }
  if (uri->label != NULL)
    gtk_editable_set_text (self->label_row, uri->label);
  else if (uri->message != NULL)
    gtk_editable_set_text (self->label_row, uri->message);
  self->filling = FALSE;
}

static void
on_address_changed (GuiRecipientEditor *self)
{
  g_autofree char *text = NULL;

  if (self->filling)
    return;
  text = g_strstrip (g_strdup (gtk_editable_get_text (self->address_row)));
  gui_recipient_editor_set_address_error (self, NULL);
  if (g_ascii_strncasecmp (text, "bitcoin:", 8) == 0) {
    g_autoptr (BtcUri) uri = btc_uri_parse (text, self->network);

    if (uri != NULL)
      fill_from_uri (self, uri);
    else
      gui_recipient_editor_set_address_error (
          self, _ ("This payment link is not for this network, or asks for something that is not known here."));
  } else if (strlen (text) >= WHOLE_ADDRESS_LEN && !is_address (self, text)) {
    gui_recipient_editor_set_address_error (self,
                                            _ ("This is not an address of this network. Check it for typing errors."));
  }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_amount_changed (GuiRecipientEditor *self)
{
  if (self->filling)
    return;
  gui_recipient_editor_set_amount_error (self, NULL);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_label_changed (GuiRecipientEditor *self)
{
  if (!self->filling)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_max_toggled (GuiRecipientEditor *self)
{
  gboolean max = gtk_toggle_button_get_active (self->max_button);

  self->filling = TRUE;
  if (max)
    gtk_editable_set_text (self->amount_row, "");
  self->filling = FALSE;
  gtk_editable_set_editable (self->amount_row, !max);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->amount_row),
                                 max ? _ ("The whole balance, minus the fee") : _ ("Amount"));
  gui_recipient_editor_set_amount_error (self, NULL);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
pasted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiRecipientEditor) self = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (text != NULL && self->address_row != NULL)
    gtk_editable_set_text (self->address_row, g_strstrip (text));
}

static void
on_paste (GuiRecipientEditor *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, pasted_cb, g_object_ref (self));
}

static void
on_remove (GuiRecipientEditor *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

gboolean
gui_recipient_editor_read (GuiRecipientEditor *self, GuiRecipient *recipient)
{
  const char *why = NULL;
  gboolean good = TRUE;

  g_return_val_if_fail (GUI_IS_RECIPIENT_EDITOR (self), FALSE);
  g_return_val_if_fail (recipient != NULL, FALSE);

  *recipient = (GuiRecipient){
    .address = gtk_editable_get_text (self->address_row),
    .label = gtk_editable_get_text (self->label_row),
    .everything = gtk_toggle_button_get_active (self->max_button),
  };
  while (g_ascii_isspace (*recipient->address))
    recipient->address++;
  if (*recipient->address == '\0') {
    gui_recipient_editor_set_address_error (self, _ ("Enter the address of the recipient."));
    good = FALSE;
  } else if (!is_address (self, recipient->address)) {
    gui_recipient_editor_set_address_error (self,
                                            _ ("This is not an address of this network. Check it for typing errors."));
    good = FALSE;
  }
  if (!recipient->everything
      && !gui_parse_amount (gtk_editable_get_text (self->amount_row), gui_unit_button_get_unit (self->unit_button),
                            &recipient->amount_sat, &why)) {
    gui_recipient_editor_set_amount_error (self, why);
    good = FALSE;
  }
  return good;
}

void
gui_recipient_editor_set_alone (GuiRecipientEditor *self, gboolean alone)
{
  g_return_if_fail (GUI_IS_RECIPIENT_EDITOR (self));

  gtk_widget_set_visible (self->remove_button, !alone);
  gtk_widget_set_visible (GTK_WIDGET (self->max_button), alone);
  if (!alone)
    gtk_toggle_button_set_active (self->max_button, FALSE);
}

void
gui_recipient_editor_clear (GuiRecipientEditor *self)
{
  g_return_if_fail (GUI_IS_RECIPIENT_EDITOR (self));

  self->filling = TRUE;
  gtk_toggle_button_set_active (self->max_button, FALSE);
  gtk_editable_set_text (self->address_row, "");
  gtk_editable_set_text (self->amount_row, "");
  gtk_editable_set_text (self->label_row, "");
  self->filling = FALSE;
  gui_recipient_editor_set_address_error (self, NULL);
  gui_recipient_editor_set_amount_error (self, NULL);
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
gui_recipient_editor_class_init (GuiRecipientEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = GUI_TYPE_RECIPIENT_EDITOR;

  G_OBJECT_CLASS (klass)->dispose = gui_recipient_editor_dispose;
  widget_class->grab_focus = gui_recipient_editor_grab_focus;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_REMOVE] = g_signal_new ("remove", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GUI_TYPE_UNIT_BUTTON);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/send/recipient_editor.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, group);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, remove_button);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, address_row);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, address_error_row);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, address_error);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, amount_row);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, amount_error_row);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, amount_error);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, unit_button);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, max_button);
  gtk_widget_class_bind_template_child (widget_class, GuiRecipientEditor, label_row);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_bind_template_callback (widget_class, on_address_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_paste);
  gtk_widget_class_bind_template_callback (widget_class, on_amount_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_max_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_label_changed);
}

static void
gui_recipient_editor_init (GuiRecipientEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gui_recipient_editor_new (BtcNetwork network)
{
  GuiRecipientEditor *self = g_object_new (GUI_TYPE_RECIPIENT_EDITOR, NULL);

  self->network = network;
  return GTK_WIDGET (self);
}
