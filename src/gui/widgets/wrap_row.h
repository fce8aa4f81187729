#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A row of a list: a title and other texts at the start, and what belongs to them, such as an amount or a button, at the
 * end, or below them where there is no room side by side. Texts wrap and are never cut. Its accessible name is the title and
 * the subtitle until another one is set. In a template, children stand at the end.
 *
 * Properties: "title" of AdwPreferencesRow, never markup; "subtitle". */

#define GUI_TYPE_WRAP_ROW (gui_wrap_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiWrapRow, gui_wrap_row, GUI, WRAP_ROW, AdwPreferencesRow)

/* TITLE, SUBTITLE: NULL for none. */
GtkWidget *gui_wrap_row_new (const char *title, const char *subtitle);

/* NULL: none. */
void gui_wrap_row_set_subtitle (GuiWrapRow *self, const char *subtitle);

/* TEXT stands below the title, and above the subtitle. */
void gui_wrap_row_add_text (GuiWrapRow *self, GtkWidget *text);

void gui_wrap_row_add_end (GuiWrapRow *self, GtkWidget *child);

G_END_DECLS
