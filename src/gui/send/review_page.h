#pragma once

#include "gui/clients/spend_client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A payment before it is sent: recipients and amounts, the fee, the remaining balance, and a diagram of the coins.
 *
 * Signals: "back", "send". */

#define GUI_TYPE_REVIEW_PAGE (gui_review_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiReviewPage, gui_review_page, GUI, REVIEW_PAGE, GtkWidget)

void gui_review_page_set_draft (GuiReviewPage *self, const GuiDraft *draft);

/* Send was pressed: disables all buttons; Send remains disabled for this draft. */
void gui_review_page_set_sending (GuiReviewPage *self);

/* Shows why nothing was sent. Only Back is enabled. */
void gui_review_page_set_failed (GuiReviewPage *self, const GError *error);

G_END_DECLS
