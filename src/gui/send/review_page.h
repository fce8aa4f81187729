#pragma once

#include "gui/clients/spend_client.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A payment before it is sent: who gets what, the fee, what remains, and where the coins go.
 *
 * Signals: "back", "send". */

#define GUI_TYPE_REVIEW_PAGE (gui_review_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiReviewPage, gui_review_page, GUI, REVIEW_PAGE, GtkWidget)

void gui_review_page_set_draft (GuiReviewPage *self, const GuiDraft *draft);

/* While it is being sent nothing can be clicked. */
void gui_review_page_set_busy (GuiReviewPage *self, gboolean busy);

/* Shows under the buttons why it was not sent. NULL takes that away. */
void gui_review_page_set_error (GuiReviewPage *self, const GError *error);

G_END_DECLS
