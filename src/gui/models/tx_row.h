#pragma once

#include "gui/clients/wallet_records.h"

G_BEGIN_DECLS

/* One payment of the history, or a placeholder for one that has not been fetched yet. Main context.
 *
 * Signals: "changed" when its state, its labels or its confirmations have changed, as far as they are shown. */

#define GUI_TYPE_TX_ROW (gui_tx_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiTxRow, gui_tx_row, GUI, TX_ROW, GObject)

GuiTxRow *gui_tx_row_new_placeholder (void);

GuiTxRow *gui_tx_row_new (const GuiHistoryRow *row); /* copies it */

/* Takes the new values of the same payment. */
void gui_tx_row_update (GuiTxRow *self, const GuiHistoryRow *row);

gboolean gui_tx_row_is_placeholder (GuiTxRow *self);
GVariant *gui_tx_row_get_txid (GuiTxRow *self);       /* ay, borrowed */
const char *gui_tx_row_get_txid_hex (GuiTxRow *self); /* in display order */
GuiTxKind gui_tx_row_get_kind (GuiTxRow *self);
gint64 gui_tx_row_get_amount_sat (GuiTxRow *self);
gint64 gui_tx_row_get_fee_sat (GuiTxRow *self);
const char *gui_tx_row_get_address (GuiTxRow *self);
const char *gui_tx_row_get_label (GuiTxRow *self);         /* of the payment; "": none */
const char *gui_tx_row_get_address_label (GuiTxRow *self); /* of its address; "": none */
guint gui_tx_row_get_n_recipients (GuiTxRow *self);        /* of a payment to several; 0: one or none */
gint64 gui_tx_row_get_time (GuiTxRow *self);
gint gui_tx_row_get_height (GuiTxRow *self); /* or GUI_HEIGHT_… */
gint gui_tx_row_get_confirmations (GuiTxRow *self);
gint gui_tx_row_get_depth (GuiTxRow *self);   /* the number of confirmations after which nothing is waited for */
gboolean gui_tx_row_is_void (GuiTxRow *self); /* abandoned, or replaced: it is not waiting for a block */

/* The title: the label of the payment, the number of its recipients if it has several, the label of its address, or else
 * the translated kind of payment. The caller owns it. */
char *gui_tx_row_dup_title (GuiTxRow *self);
char *gui_tx_row_dup_status (GuiTxRow *self); /* "Confirmed", "3 of 6 confirmations", … */
const char *gui_tx_row_get_icon (GuiTxRow *self);

G_END_DECLS
