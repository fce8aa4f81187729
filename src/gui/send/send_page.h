#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A payment from one wallet: the form, the review, and the outcome. If the outcome becomes known while the page is not
 * shown, the window reports it. */

#define GUI_TYPE_SEND_PAGE (gui_send_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiSendPage, gui_send_page, GUI, SEND_PAGE, GtkWidget)

GtkWidget *gui_send_page_new (GuiSession *session, GuiWalletClient *wallet);

/* Shows the form with what was entered, and moves the focus to the first field that is empty; no effect while a payment
 * is being sent. */
void gui_send_page_start (GuiSendPage *self);

/* Whether something was entered that was not sent: it would be lost with the page. */
gboolean gui_send_page_is_filled (GuiSendPage *self);

/* From Review to the form. FALSE if Review is not shown. */
gboolean gui_send_page_go_back (GuiSendPage *self);

G_END_DECLS
