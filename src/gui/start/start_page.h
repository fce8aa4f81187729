#pragma once

#include "gui/clients/session.h"
#include "gui/start/check.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the window shows before there is a wallet: that it is starting, or why it cannot start and what to do.
 * "Try again" activates the action "app.retry", and the choice of another folder "app.folder" (ay, its path). */

#define GUI_TYPE_START_PAGE (gui_start_page_get_type ())
G_DECLARE_FINAL_TYPE (GuiStartPage, gui_start_page, GUI, START_PAGE, GtkWidget)

void gui_start_page_show_starting (GuiStartPage *self);

/* STATE is not GUI_START_READY; WHERE is the path concerned. CAN_ATTACH: the user can use the node that runs there, with the
 * action "app.connection". */
void gui_start_page_show_state (GuiStartPage *self, GuiStartState state, const char *where, gboolean can_attach);

/* PROGRAM failed, or cannot be reached, before there was anything to show. CAN_LEAVE: the user can use a node of this window
 * instead, with the action "app.connection". */
void gui_start_page_show_failure (GuiStartPage *self, GuiProgram *program, gboolean can_leave);

/* The program cannot use its options, its configuration file or its log: MESSAGE says why, for Details. */
void gui_start_page_show_error (GuiStartPage *self, const char *message);

/* Whether the user can choose another network, with the action "win.choose-network". During the start this is offered only
 * if it takes long. Initially FALSE. */
void gui_start_page_set_can_choose (GuiStartPage *self, gboolean can_choose);

/* Whether one of the three is shown. */
gboolean gui_start_page_is_failed (GuiStartPage *self);

/* Moves the focus to what the user can do. */
void gui_start_page_take_focus (GuiStartPage *self);

G_END_DECLS
