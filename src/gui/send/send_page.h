#pragma once

#include "gui/clients/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A payment: the form, the review, and the outcome. */

#define GUI_TYPE_SEND_PAGE (gui_send_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiSendPage, gui_send_page, GUI, SEND_PAGE, GtkWidget)

GtkWidget *gui_send_page_new (GuiSession *session);

/* Empties the form and shows it, unless a payment is being sent. */
void gui_send_page_start (GuiSendPage *self);

/* Shows the form as it was left; after a payment, an empty one. */
void gui_send_page_resume (GuiSendPage *self);

/* From the review back to the form, which is kept. FALSE if there is nothing to go back to. */
gboolean gui_send_page_go_back (GuiSendPage *self);

G_END_DECLS
