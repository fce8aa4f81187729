#include "gui/widgets/address_row.h"

#include "gui/address_text.h"

#include <glib/gi18n.h>

struct _GuiAddressRow {
  GuiFieldRow parent_instance;

  BtcNetwork network;
  gboolean replacing; /* the text is being set by the program */
};

G_DEFINE_FINAL_TYPE (GuiAddressRow, gui_address_row, GUI_TYPE_FIELD_ROW)

enum { SIGNAL_ADDRESS, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
address_row_replace (GuiAddressRow *self, const char *address)
{
  self->replacing = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self), address);
  gtk_editable_set_position (GTK_EDITABLE (self), -1);
  self->replacing = FALSE;
}

static void
address_row_changed_cb (GuiAddressRow *self)
{
  g_autoptr (GuiAddressText) text = NULL;

  if (self->replacing)
    return;
  text = gui_address_text_parse (gtk_editable_get_text (GTK_EDITABLE (self)), self->network);
  if (text->state == GUI_ADDRESS_BAD)
    gui_field_row_set_problem (GUI_FIELD_ROW (self), text->why);
  if (text->state != GUI_ADDRESS_GOOD)
    return;
  if (!g_str_equal (text->address, gtk_editable_get_text (GTK_EDITABLE (self))))
    address_row_replace (self, text->address);
  g_signal_emit (self, signals[SIGNAL_ADDRESS], 0, text->address, text->amount_sat, text->label);
}

char *
gui_address_row_read (GuiAddressRow *self)
{
  g_autoptr (GuiAddressText) text = NULL;

  g_return_val_if_fail (GUI_IS_ADDRESS_ROW (self), NULL);

  text = gui_address_text_parse (gtk_editable_get_text (GTK_EDITABLE (self)), self->network);
  if (text->state != GUI_ADDRESS_GOOD)
    gui_field_row_set_problem (GUI_FIELD_ROW (self), text->why);
  return g_steal_pointer (&text->address);
}

void
gui_address_row_set_network (GuiAddressRow *self, BtcNetwork network)
{
  g_return_if_fail (GUI_IS_ADDRESS_ROW (self));
  self->network = network;
}

static void
address_row_pasted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiAddressRow) self = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (text != NULL && gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self), text);
}

static void
address_row_paste_cb (GuiAddressRow *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, address_row_pasted_cb,
                                 g_object_ref (self));
}

static void
gui_address_row_class_init (GuiAddressRowClass *klass)
{
  signals[SIGNAL_ADDRESS] = g_signal_new ("address", GUI_TYPE_ADDRESS_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_INT64, G_TYPE_STRING);
}

static void
gui_address_row_init (GuiAddressRow *self)
{
  GtkWidget *paste = gtk_button_new_from_icon_name ("edit-paste-symbolic");

  gtk_widget_set_valign (paste, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (paste, _ ("Paste"));
  gtk_widget_add_css_class (paste, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (paste), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Paste an address"), -1);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), paste);
  adw_entry_row_set_enable_emoji_completion (ADW_ENTRY_ROW (self), FALSE);
  g_signal_connect_object (paste, "clicked", G_CALLBACK (address_row_paste_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "changed", G_CALLBACK (address_row_changed_cb), NULL);
}
