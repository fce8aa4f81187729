#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Sets the accessible name of all lists below ROOT to NAME: lists in groups without a title have none. */
void gui_name_lists (GtkWidget *root, const char *name);

/* Names each button below ROOT after its label alone: AdwMessageDialog labels its buttons twice. */
void gui_name_buttons (GtkWidget *root);

/* Names COMBO after its title and the chosen item ("Type of address: Segwit"), now and after each choice, and each row
 * of its popover after the text in it. Called once. */
void gui_name_combo (AdwComboRow *combo);

/* Names ROW, whose title is shorter than what it means. */
void gui_name_field (AdwEntryRow *row, const char *name);

/* An icon that says nothing by itself, such as the arrow of a row, and that a screen reader passes over. */
GtkWidget *gui_new_decoration (const char *icon_name);

G_END_DECLS
