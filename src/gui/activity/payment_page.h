#pragma once

#include "gui/clients/wallet_client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The details of one payment. Updated with the wallet while it is shown. */

#define GUI_TYPE_PAYMENT_PAGE (gui_payment_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiPaymentPage, gui_payment_page, GUI, PAYMENT_PAGE, GtkWidget)

/* TXID: ay. */
GtkWidget *gui_payment_page_new (GuiWalletClient *wallet, GVariant *txid);

G_END_DECLS
