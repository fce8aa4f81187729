#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* An address as it is shown everywhere: whole, in groups of four, from left to right in every language, on as many lines as
 * it needs. A button copies it, without the spaces; without the button the text can be selected, and is copied without them,
 * too.
 *
 * Properties: "address"; "with-button": initially TRUE; "centered". */

#define GUI_TYPE_ADDRESS_LABEL (gui_address_label_get_type ())
G_DECLARE_FINAL_TYPE (GuiAddressLabel, gui_address_label, GUI, ADDRESS_LABEL, GtkWidget)

GtkWidget *gui_address_label_new (const char *address);

/* NULL: none. */
void gui_address_label_set_address (GuiAddressLabel *self, const char *address);

G_END_DECLS
