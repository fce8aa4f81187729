#pragma once

#include "gui/models/tx_row.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A row of the list of payments: a button with one payment, and above it the heading of the day if it begins one. */

#define GUI_TYPE_PAYMENT_ROW (gui_payment_row_get_type ())
G_DECLARE_FINAL_TYPE (GuiPaymentRow, gui_payment_row, GUI, PAYMENT_ROW, GtkButton)

GtkWidget *gui_payment_row_new (void);

/* Shows TX, the payment at POSITION. */
void gui_payment_row_show (GuiPaymentRow *self, guint position, GuiTxRow *tx);

/* Whether TX begins a day. */
void gui_payment_row_set_heading (GuiPaymentRow *self, gboolean starts_day);

guint gui_payment_row_get_position (GuiPaymentRow *self);
void gui_payment_row_set_position (GuiPaymentRow *self, guint position);

/* The heights of the two parts at WIDTH. */
int gui_payment_row_measure_payment (GuiPaymentRow *self, int width);
int gui_payment_row_measure_heading (GuiPaymentRow *self, int width);

G_END_DECLS
