#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The worker's end: the connection on fd 3 with Init1, the connection with the other worker, and exiting with the
 * parent. Main context. */

typedef struct {
  const char *role; /* "node" or "wallet" */
  const char *network;
  /* A new connection: export objects on it; messages flow after this returns. The parent's comes first. */
  void (*parent_connected) (gpointer data, GDBusConnection *connection);
  void (*peer_connected) (gpointer data, const char *peer_role, GDBusConnection *connection);
  void (*peer_closed) (gpointer data, const char *peer_role);
  /* Shut down: by request, or (PARENT_GONE) because the parent's connection has closed. */
  void (*shutdown) (gpointer data, gboolean parent_gone);
} BusWorkerEndCallbacks;

typedef struct _BusWorkerEnd BusWorkerEnd;

/* Takes over FD, makes the process exit with its parent, and starts to answer. CALLBACKS are copied. The connection is
 * made without waiting; parent_connected comes from the main context. */
BusWorkerEnd *bus_worker_end_new (int fd, const BusWorkerEndCallbacks *callbacks, gpointer data, GError **error);
void bus_worker_end_free (BusWorkerEnd *end);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusWorkerEnd, bus_worker_end_free)

G_END_DECLS
