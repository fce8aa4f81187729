#pragma once

#include "gui/clients/wallet_client.h"
#include "gui/models/tx_row.h"

G_BEGIN_DECLS

/* The history of a wallet as a GListModel of GuiTxRow, newest first. Its length is that of the whole history, but only
 * the rows around those that are looked at are fetched, and of these only so many are kept; others are placeholders. When
 * the wallet changes, the rows that are looked at are fetched again; a row that is the same payment as before stays the
 * same object, which emits "changed". Main context.
 *
 * Signals:
 *   "loaded"  after rows have been fetched
 *   "failed"  (const GError *error) */

#define GUI_TYPE_HISTORY_MODEL (gui_history_model_get_type ())
G_DECLARE_FINAL_TYPE (GuiHistoryModel, gui_history_model, GUI, HISTORY_MODEL, GObject)

/* PAGE_SIZE 1 to 500: rows per request. */
GuiHistoryModel *gui_history_model_new (guint page_size);

/* NULL empties it. */
void gui_history_model_set_wallet (GuiHistoryModel *self, GuiWalletClient *wallet);

/* Text to search for and kind to show as in ListHistory; NULL or "" for all. */
void gui_history_model_set_filter (GuiHistoryModel *self, const char *search, const char *kind);

/* The rows that are looked at: the first page, unless this is called. */
void gui_history_model_look_at (GuiHistoryModel *self, guint position, guint n);

gboolean gui_history_model_is_loaded (GuiHistoryModel *self);

/* The row at POSITION if it is known. Borrowed, NULL for a placeholder. */
GuiTxRow *gui_history_model_peek (GuiHistoryModel *self, guint position);

/* Whether the row at POSITION begins a day, and how many rows before it do, as far as is known. */
gboolean gui_history_model_starts_day (GuiHistoryModel *self, guint position);
guint gui_history_model_count_days (GuiHistoryModel *self, guint position);

G_END_DECLS
