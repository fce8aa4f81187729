#pragma once

#include "gui/clients/program.h"

G_BEGIN_DECLS

/* Keeps the wallet connected with the node: passes one end of a socketpair to each of two workers, or to the wallet worker
 * another connection to a node that runs by itself; and a new one when either is restarted, or reports that the connection
 * was closed. A wallet program that runs by itself connects to its node by itself. Main context. */
typedef struct _GuiLink GuiLink;

/* Both are borrowed. To be created before they are started. */
GuiLink *gui_link_new (GuiProgram *node, GuiProgram *wallet);
void gui_link_free (GuiLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiLink, gui_link_free)

G_END_DECLS
