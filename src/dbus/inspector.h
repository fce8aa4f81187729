#pragma once

#include "common/program.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* The sockets at which tools such as busctl inspect our programs (-ipcinspect). A program that starts another one listens
 * for it, too, and passes each connection to it. Main context. */

/* The value of the option: "" for the default folder, else an absolute path. NULL: inspection is off. The caller owns
 * it. */
char *bus_inspector_dup_value (const CommonProgram *program);

/* The socket for the program ROLE ("node", "wallet", "gui") on NETWORK, with that value. The caller owns it. */
char *bus_inspector_dup_socket (const char *value, const char *network, const char *role);

/* Both, for the network of PROGRAM; NULL: inspection is off. The caller owns it. */
char *bus_inspector_dup_path (const CommonProgram *program, const char *role);

typedef struct _BusInspector BusInspector;

/* Listens at PATH for a worker, whose connection GET_CONNECTION (DATA) returns, borrowed; NULL: it does not run. */
BusInspector *
bus_inspector_new (const char *path, GDBusConnection *(*get_connection) (gpointer data), gpointer data, GError **error);
void bus_inspector_free (BusInspector *inspector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusInspector, bus_inspector_free)

G_END_DECLS
