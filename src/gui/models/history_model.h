#pragma once

#include "gui/clients/wallet_client.h"

G_BEGIN_DECLS

/* The history of a wallet as a GListModel of GuiTxRow. Its length is that of the whole history, but only pages that are
 * shown are fetched and cached. Rows that have not been fetched yet are placeholders. It updates itself when the wallet
 * changes. Main context.
 *
 * Signals:
 *   "loaded"  after the first page has been fetched, and after each later refresh
 *   "failed"  (const GError *error) */

#define GUI_TYPE_HISTORY_MODEL (gui_history_model_get_type ())
G_DECLARE_FINAL_TYPE (GuiHistoryModel, gui_history_model, GUI, HISTORY_MODEL, GObject)

/* PAGE_SIZE 1 to 500: rows per request. */
GuiHistoryModel *gui_history_model_new (guint page_size);

/* NULL empties it. */
void gui_history_model_set_wallet (GuiHistoryModel *self, GuiWalletClient *wallet);

/* Text to search for and kind to show as in ListHistory; NULL or "" for all. */
void gui_history_model_set_filter (GuiHistoryModel *self, const char *search, const char *kind);

gboolean gui_history_model_is_loaded (GuiHistoryModel *self);

/* The row at POSITION if it has been fetched already. Borrowed, NULL for a placeholder. */
gpointer gui_history_model_peek (GuiHistoryModel *self, guint position);

G_END_DECLS
