#include "dbus/worker_end.h"

#include <unistd.h>

#include "common/log.h"
#include "dbus/connection.h"
#include "dbus/export.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/peer.h"
#include "dbus/trace1.h"

struct _BusWorkerEnd {
  char *role;
  char *network;
  BusWorkerEndCallbacks callbacks;
  gpointer data;
  guint start_source; /* until it is started */
  GDBusConnection *connection;
  BusInit1Skeleton *init;
  BusTrace1Skeleton *trace;
  gulong closed_handler;
  gboolean shutting_down;
  char *peer_role;       /* of PEER; NULL: none is attached */
  guint64 peer_sequence; /* incremented when a peer is attached or lost */
  BusPeer *peer;
};

static void
shut_down (BusWorkerEnd *end, gboolean parent_gone)
{
  if (end->shutting_down)
    return;
  end->shutting_down = TRUE;
  end->callbacks.shutdown (end->data, parent_gone);
}

static void
on_parent_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  shut_down (data, TRUE);
}

static void
on_shutdown_requested (gpointer data)
{
  shut_down (data, FALSE);
}

static void
worker_end_on_peer_connected (gpointer data, GDBusConnection *connection)
{
  BusWorkerEnd *end = data;

  if (end->callbacks.peer_connected != NULL)
    end->callbacks.peer_connected (end->data, end->peer_role, connection);
}

static void
show_peer (BusWorkerEnd *end)
{
  if (end->init != NULL)
    bus_init_set_peer (BUS_INIT1 (end->init), ++end->peer_sequence, end->peer_role);
}

static void
drop_peer (BusWorkerEnd *end)
{
  g_autofree char *role = g_steal_pointer (&end->peer_role);

  if (role == NULL)
    return;
  g_clear_pointer (&end->peer, bus_peer_free);
  if (end->callbacks.peer_closed != NULL)
    end->callbacks.peer_closed (end->data, role);
}

/* The parent may attach another one. */
static void
worker_end_on_peer_lost (BusWorkerEnd *end)
{
  g_autofree char *role = g_strdup (end->peer_role);

  drop_peer (end);
  show_peer (end);
  if (end->init != NULL)
    bus_init1_emit_peer_closed (BUS_INIT1 (end->init), role);
}

static void
worker_end_on_peer_closed (gpointer data)
{
  worker_end_on_peer_lost (data);
}

static void
worker_end_add_observer (BusWorkerEnd *end, int fd)
{
  if (end->callbacks.observer_connected != NULL)
    end->callbacks.observer_connected (end->data, fd);
  else
    close (fd);
}

static void
worker_end_on_attach_peer (gpointer data, const char *role, int fd)
{
  BusWorkerEnd *end = data;
  BusPeerOptions options = { .own_role = end->role,
                             .network = end->network,
                             .connected = worker_end_on_peer_connected,
                             .closed = worker_end_on_peer_closed };
  g_autoptr (GError) error = NULL;

  if (g_str_equal (role, BUS_INIT_OBSERVER)) {
    worker_end_add_observer (end, fd);
    return;
  }
  drop_peer (end);
  end->peer_role = g_strdup (role);
  options.peer_role = end->peer_role;
  end->peer = bus_peer_new (fd, &options, end, &error);
  if (end->peer == NULL) {
    common_warn ("The connection with the %s process cannot be created: %s", role, error->message);
    worker_end_on_peer_lost (end);
    return;
  }
  show_peer (end);
}

static gboolean
on_worker_end_start (gpointer data)
{
  BusWorkerEnd *end = data;
  const BusInit init = { .role = end->role,
                         .network = end->network,
                         .attach_peer = worker_end_on_attach_peer,
                         .shutdown = on_shutdown_requested,
                         .data = end };
  g_autoptr (GError) error = NULL;

  end->start_source = 0;
  end->init = bus_init_export (end->connection, &init, &error);
  if (end->init == NULL)
    common_error ("Init1 cannot be exported: %s", error->message);
  g_clear_error (&error);
  end->trace = bus_trace1_export (end->connection, end->role, &error);
  if (end->trace == NULL)
    common_error ("Trace1 cannot be exported: %s", error->message);
  if (end->callbacks.parent_connected != NULL)
    end->callbacks.parent_connected (end->data, end->connection);
  g_dbus_connection_start_message_processing (end->connection);
  return G_SOURCE_REMOVE;
}

BusWorkerEnd *
bus_worker_end_new (int fd, const BusWorkerEndCallbacks *callbacks, gpointer data, GError **error)
{
  const BusConnectionOptions limits
      = { .peer = "parent", .owner = callbacks->role, .network = callbacks->network, .max_calls = BUS_MAX_CALLS };
  g_autoptr (GDBusConnection) connection = NULL;
  BusWorkerEnd *end;

  g_return_val_if_fail (callbacks->shutdown != NULL, NULL);

  connection = bus_connection_new (fd, &limits, error);
  if (connection == NULL)
    return NULL;
  end = g_new0 (BusWorkerEnd, 1);
  end->role = g_strdup (callbacks->role);
  end->network = g_strdup (callbacks->network);
  end->callbacks = *callbacks;
  end->data = data;
  /* Not PR_SET_PDEATHSIG: it is sent when the thread that started this process ends, even if the parent process
   * continues, and it may arrive before the program can shut down cleanly. The kernel always closes the connection of a
   * process that exits. */
  end->connection = g_steal_pointer (&connection);
  end->closed_handler = g_signal_connect (end->connection, "closed", G_CALLBACK (on_parent_closed), end);
  end->start_source = g_idle_add (on_worker_end_start, end);
  return end;
}

void
bus_worker_end_free (BusWorkerEnd *end)
{
  if (end == NULL)
    return;
  g_clear_handle_id (&end->start_source, g_source_remove);
  g_clear_pointer (&end->peer, bus_peer_free);
  g_signal_handler_disconnect (end->connection, end->closed_handler);
  if (end->init != NULL)
    bus_unexport (G_DBUS_INTERFACE_SKELETON (end->init));
  if (end->trace != NULL)
    bus_unexport (G_DBUS_INTERFACE_SKELETON (end->trace));
  g_dbus_connection_close (end->connection, NULL, NULL, NULL);
  g_clear_object (&end->init);
  g_clear_object (&end->trace);
  g_clear_object (&end->connection);
  g_free (end->peer_role);
  g_free (end->role);
  g_free (end->network);
  g_free (end);
}
