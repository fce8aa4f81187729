#pragma once

#include "gui/send/send_page.h"

G_BEGIN_DECLS

/* The page Send. Each wallet has a payment of its own there, which stays as it is while another wallet is shown: what was
 * entered, and a payment in progress. */

#define GUI_TYPE_SEND_PAGES (gui_send_pages_get_type ())
G_DECLARE_FINAL_TYPE (GuiSendPages, gui_send_pages, GUI, SEND_PAGES, GtkWidget)

/* Shows the payment of the current wallet of SESSION, which must have one. */
GtkWidget *gui_send_pages_new (GuiSession *session);

/* The page of the current wallet; borrowed. */
GuiSendPage *gui_send_pages_get_current (GuiSendPages *self);

/* Whether something was entered, for any wallet, that was not sent. */
gboolean gui_send_pages_are_filled (GuiSendPages *self);

G_END_DECLS
