#pragma once

#include "gui/clients/program.h"

G_BEGIN_DECLS

/* -ipcinspect, or the switch in the preferences: tools such as busctl see the application and its workers at sockets, one
 * for each. */
typedef struct _GuiInspection GuiInspection;

/* VALUE: that of the option, NULL if it is off. NETWORK: its name. NODE and WALLET are borrowed; NULL: that program listens
 * by itself, or was not started by this one. A socket that cannot be used is logged, and the others are offered. */
GuiInspection *gui_inspection_new (const char *value, const char *network, GuiProgram *node, GuiProgram *wallet);
void gui_inspection_free (GuiInspection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiInspection, gui_inspection_free)

/* Whether all of its sockets are offered. */
gboolean gui_inspection_is_complete (GuiInspection *self);

G_END_DECLS
