#pragma once

#include "dbus/supervisor.h"

G_BEGIN_DECLS

/* -ipcinspect: tools such as busctl see the application, and its wallet worker, at sockets. The node listens by itself. */
typedef struct _GuiInspection GuiInspection;

/* VALUE: that of the option, NULL if it is off. NETWORK: its name. WALLET is borrowed; NULL: the wallet program runs by
 * itself, and listens by itself. A socket that cannot be used is logged. */
GuiInspection *gui_inspection_new (const char *value, const char *network, BusSupervisor *wallet);
void gui_inspection_free (GuiInspection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiInspection, gui_inspection_free)

G_END_DECLS
