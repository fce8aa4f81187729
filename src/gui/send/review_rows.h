#pragma once

#include "gui/clients/draft.h"
#include "gui/prefs.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The rows of the list on Review. Each has all that it shows as its accessible name. */

/* LABEL NULL: none. */
GtkWidget *gui_review_recipient_row_new (const GuiCoin *coin, const char *label, GuiUnit unit);

/* An amount with a title; DETAIL NULL: none. */
GtkWidget *gui_review_amount_row_new (const char *title, const char *detail, gint64 sat, GuiUnit unit);

/* "740 sat · 5.25 sat/vB · 0.03 %" */
char *gui_review_fee_detail (const GuiDraft *draft, GuiUnit unit);

G_END_DECLS
