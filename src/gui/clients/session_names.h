#pragma once

#include "gui/clients/program.h"

G_BEGIN_DECLS

/* -ipcsession: the application, its node and its wallet can be inspected on the session bus, as
 * org.moneyrocket.Moneyrocket, org.moneyrocket.Moneyrocket.Node and org.moneyrocket.Moneyrocket.Wallet. Nothing can be
 * changed there. A bus that is not there, or ends, is no error. */
typedef struct _GuiSessionNames GuiSessionNames;

/* NETWORK is its name (static). NODE and WALLET are borrowed; NULL: it runs by itself, and
 * has no name. */
GuiSessionNames *gui_session_names_new (const char *network, GuiProgram *node, GuiProgram *wallet);
void gui_session_names_free (GuiSessionNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiSessionNames, gui_session_names_free)

G_END_DECLS
