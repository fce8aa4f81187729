#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The worker's side: the connection with the parent on fd 3, with Init1; the connection with the other worker; and
 * exiting with the parent. Main context. */

typedef struct {
  const char *role; /* "node" or "wallet" */
  const char *network;
  /* A new connection: objects are exported on it here; messages are processed after this returns. The parent's is the
   * first. */
  void (*parent_connected) (gpointer data, GDBusConnection *connection);
  void (*peer_connected) (gpointer data, const char *peer_role, GDBusConnection *connection);
  void (*peer_closed) (gpointer data, const char *peer_role);
  /* A tool inspects this program over FD (see bus_clients_add_inspector()). Takes ownership of FD. May be NULL. */
  void (*observer_connected) (gpointer data, int fd);
  /* Shut down: on request, or (PARENT_GONE) because the connection with the parent was closed. */
  void (*shutdown) (gpointer data, gboolean parent_gone);
} BusWorkerEndCallbacks;

typedef struct _BusWorkerEnd BusWorkerEnd;

/* Takes ownership of FD, makes the process exit with its parent, and starts to process messages. CALLBACKS are copied.
 * Does not wait for the connection; parent_connected is called from the main context. */
BusWorkerEnd *bus_worker_end_new (int fd, const BusWorkerEndCallbacks *callbacks, gpointer data, GError **error);
void bus_worker_end_free (BusWorkerEnd *end);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusWorkerEnd, bus_worker_end_free)

G_END_DECLS
