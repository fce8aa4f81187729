#pragma once

#include "gui/clients/wallet_records.h"

G_BEGIN_DECLS

/* One payment of the history. Immutable, except that a placeholder, for a page that has not been fetched yet, is filled
 * once. Main context. */

#define GUI_TYPE_TX_ROW (gui_tx_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiTxRow, gui_tx_row, GUI, TX_ROW, GObject)

#define GUI_CONFIRMED_DEPTH 6
#define GUI_MATURE_DEPTH 100 /* mined coins mature after this many blocks */

GuiTxRow *gui_tx_row_new_placeholder (void);

GuiTxRow *gui_tx_row_new (const GuiHistoryRow *row); /* copies it */

gboolean gui_tx_row_is_placeholder (GuiTxRow *self);
GVariant *gui_tx_row_get_txid (GuiTxRow *self);       /* ay, borrowed */
const char *gui_tx_row_get_txid_hex (GuiTxRow *self); /* in display order */
GuiTxKind gui_tx_row_get_kind (GuiTxRow *self);
gint64 gui_tx_row_get_amount_sat (GuiTxRow *self);
gint64 gui_tx_row_get_fee_sat (GuiTxRow *self);
const char *gui_tx_row_get_address (GuiTxRow *self);
const char *gui_tx_row_get_label (GuiTxRow *self);
gint64 gui_tx_row_get_time (GuiTxRow *self);
gint gui_tx_row_get_height (GuiTxRow *self); /* or GUI_HEIGHT_… */
gint gui_tx_row_get_confirmations (GuiTxRow *self);
gboolean gui_tx_row_is_void (GuiTxRow *self); /* abandoned, or replaced: it is not waiting for a block */

/* The label, or else the translated kind of payment. The caller owns it. */
char *gui_tx_row_dup_title (GuiTxRow *self);
char *gui_tx_row_dup_status (GuiTxRow *self); /* "Confirmed", "3 of 6 confirmations", … */
const char *gui_tx_row_get_icon (GuiTxRow *self);

G_END_DECLS
