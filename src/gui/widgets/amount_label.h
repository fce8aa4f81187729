#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* An amount in the preferred unit, in tabular digits; hidden when amounts are hidden, unless the property "always-shown"
 * is set, as on pages where the user confirms an amount. With the property "can-shrink" the text shrinks to fit, down to
 * half its size. */

#define GUI_TYPE_AMOUNT_LABEL (gui_amount_label_get_type ())
G_DECLARE_FINAL_TYPE (GuiAmountLabel, gui_amount_label, GUI, AMOUNT_LABEL, GtkWidget)

GtkWidget *gui_amount_label_new (gint64 sat);
void gui_amount_label_set_amount (GuiAmountLabel *self, gint64 sat);

/* Whether the amount is known; otherwise there is a placeholder in its place. Initially TRUE. */
void gui_amount_label_set_known (GuiAmountLabel *self, gboolean known);

/* Whether positive amounts have a plus sign. */
void gui_amount_label_set_with_sign (GuiAmountLabel *self, gboolean with_sign);

/* FORMAT, translated, with one %s for the amount; NULL: only the amount. */
void gui_amount_label_set_format (GuiAmountLabel *self, const char *format);

/* Aligned to the start instead of centred. */
void gui_amount_label_align_start (GuiAmountLabel *self);

/* The current text. Borrowed. */
const char *gui_amount_label_get_text (GuiAmountLabel *self);

/* TEXT with wider spaces between groups of digits, which would vanish in small type. The caller owns it. */
char *gui_amount_dup_for_small_type (const char *text);

/* SAT as shown in such a label, with or without the unit. The caller owns it. */
char *gui_amount_label_dup_text (gint64 sat, gboolean with_unit);

G_END_DECLS
