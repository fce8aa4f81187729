#pragma once

#include "common/program.h"
#include "dbus/supervisor.h"

G_BEGIN_DECLS

/* The sockets at which tools such as busctl inspect our programs (-ipcinspect). A program that starts another one listens
 * for it, too, and passes each connection to it. Main context. */

/* The socket for the program ROLE ("node", "wallet", "gui") as the options of PROGRAM say; NULL: inspection is off. The
 * caller owns it. */
char *bus_inspector_dup_path (const CommonProgram *program, const char *role);

/* The same without options: in the user's runtime folder. */
char *bus_inspector_dup_default_path (const char *network, const char *role);

typedef struct _BusInspector BusInspector;

/* Listens at PATH for WORKER (borrowed), while it runs. */
BusInspector *bus_inspector_new (const char *path, BusSupervisor *worker, GError **error);
void bus_inspector_free (BusInspector *inspector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusInspector, bus_inspector_free)

G_END_DECLS
