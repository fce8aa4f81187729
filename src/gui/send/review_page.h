#pragma once

#include "gui/clients/spend_client.h"
#include "gui/fee_options.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A payment before it is sent: recipients and amounts, the fee, the remaining balance, warnings, and a diagram of the
 * coins. All amounts are in the preferred unit, and are shown even if amounts are hidden elsewhere. Escape goes back,
 * as does win.back.
 *
 * Signals: "back", "send". */

#define GUI_TYPE_REVIEW_PAGE (gui_review_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiReviewPage, gui_review_page, GUI, REVIEW_PAGE, GtkWidget)

/* LABELS: address → label, one line. */
void gui_review_page_set_draft (GuiReviewPage *self,
                                const GuiDraft *draft,
                                GHashTable *labels,
                                const GuiFeeEstimates *estimates);

/* Send was pressed: disables all buttons; Send remains disabled for this draft. */
void gui_review_page_set_sending (GuiReviewPage *self);

/* Shows why nothing was sent. Only Back is enabled. */
void gui_review_page_set_failed (GuiReviewPage *self, const GError *error);

/* Emits "back" unless a payment is being sent. */
void gui_review_page_go_back (GuiReviewPage *self);

G_END_DECLS
