#include "gui/receive/address_type_row.h"

#include "gui/widgets/names.h"

#include <glib/gi18n.h>

struct _GuiAddressTypeRow {
  AdwComboRow parent_instance;

  GuiAddressType usual; /* of -addresstype */
};

G_DEFINE_FINAL_TYPE (GuiAddressTypeRow, gui_address_type_row, ADW_TYPE_COMBO_ROW)

static const char *
type_row_title (GuiAddressType type)
{
  switch (type) {
  case GUI_ADDRESS_TYPE_SEGWIT:
    return _ ("Segwit");
  case GUI_ADDRESS_TYPE_TAPROOT:
    return _ ("Taproot");
  case GUI_ADDRESS_TYPE_NESTED:
    return _ ("Nested segwit");
  case GUI_ADDRESS_TYPE_LEGACY:
    return _ ("Legacy");
  case GUI_N_ADDRESS_TYPES:
    break;
  }
  g_return_val_if_reached (NULL);
}

static void
type_row_list (GuiAddressTypeRow *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (GuiAddressType type = 0; type <= GUI_ADDRESS_TYPE_TAPROOT; type++)
    gtk_string_list_append (titles, type_row_title (type));
  if (self->usual > GUI_ADDRESS_TYPE_TAPROOT)
    gtk_string_list_append (titles, type_row_title (self->usual));
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (titles));
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), MIN (self->usual, GUI_ADDRESS_TYPE_TAPROOT + 1));
}

void
gui_address_type_row_set_default (GuiAddressTypeRow *self, GuiAddressType type)
{
  g_return_if_fail (GUI_IS_ADDRESS_TYPE_ROW (self));
  g_return_if_fail (type < GUI_N_ADDRESS_TYPES);

  if (self->usual == type)
    return;
  self->usual = type;
  type_row_list (self);
}

GuiAddressType
gui_address_type_row_get_chosen (GuiAddressTypeRow *self)
{
  guint selected;

  g_return_val_if_fail (GUI_IS_ADDRESS_TYPE_ROW (self), GUI_ADDRESS_TYPE_SEGWIT);

  selected = adw_combo_row_get_selected (ADW_COMBO_ROW (self));
  return selected <= GUI_ADDRESS_TYPE_TAPROOT ? (GuiAddressType) selected : self->usual;
}

static void
gui_address_type_row_class_init (GuiAddressTypeRowClass *klass)
{
}

static void
gui_address_type_row_init (GuiAddressTypeRow *self)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("Type of address"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), _ ("Takes effect with the next new address"));
  gui_name_combo (ADW_COMBO_ROW (self));
  type_row_list (self);
}
