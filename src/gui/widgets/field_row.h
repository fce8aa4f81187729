#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* An entry row that can have a problem: a sentence that says what is wrong with its text and what to do. It is shown by
 * a GuiFieldError below, and is the accessible description of the text. A change of the text clears it.
 *
 * Property "problem" (string, NULL: none). */

#define GUI_TYPE_FIELD_ROW (gui_field_row_get_type ())
G_DECLARE_DERIVABLE_TYPE (GuiFieldRow, gui_field_row, GUI, FIELD_ROW, AdwEntryRow)

struct _GuiFieldRowClass {
  AdwEntryRowClass parent_class;
};

/* PROBLEM is translated; NULL: none. */
void gui_field_row_set_problem (GuiFieldRow *self, const char *problem);
const char *gui_field_row_get_problem (GuiFieldRow *self);

/* The row for the problem of a field, visible while there is one; put it below the field. Property "field". */
#define GUI_TYPE_FIELD_ERROR (gui_field_error_get_type ())
G_DECLARE_FINAL_TYPE (GuiFieldError, gui_field_error, GUI, FIELD_ERROR, AdwPreferencesRow)

G_END_DECLS
