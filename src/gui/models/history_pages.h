#pragma once

#include "gui/models/tx_row.h"

G_BEGIN_DECLS

/* The rows of a history of which only a part is known, and which of them begin a day. A place counts from the oldest row,
 * so that it does not change when newer ones are added. Only so many rows are kept: the least recently used are dropped,
 * but not whether they begin a day. Pure. */

typedef struct _GuiHistoryPages GuiHistoryPages;

GuiHistoryPages *gui_history_pages_new (void);
void gui_history_pages_free (GuiHistoryPages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiHistoryPages, gui_history_pages_free)

/* Forgets all rows. */
void gui_history_pages_clear (GuiHistoryPages *self);

/* The row at PLACE, NULL if it is not known. Borrowed. */
GuiTxRow *gui_history_pages_get (GuiHistoryPages *self, guint place);

/* Sets the row at PLACE, with a reference of its own, and whether it begins a day: if the next newer row is known, or
 * PLACE is NEWEST. The same for the next older row. */
void gui_history_pages_set (GuiHistoryPages *self, guint place, guint newest, GuiTxRow *row);

/* When PLACE was last asked for: 0 if never. */
guint gui_history_pages_get_version (GuiHistoryPages *self, guint place);
void gui_history_pages_set_version (GuiHistoryPages *self, guint place, guint version);

/* Whether the row at PLACE is known to begin a day, and how many rows do from PLACE on. */
gboolean gui_history_pages_starts_day (GuiHistoryPages *self, guint place);
guint gui_history_pages_count_days (GuiHistoryPages *self, guint place);

G_END_DECLS
