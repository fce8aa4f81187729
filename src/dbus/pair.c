#include "dbus/pair.h"

#include <errno.h>
#include <sys/socket.h>

#include "common/log.h"
#include "dbus/init.h"

/* Both ends report the same closed connection, and a worker that is exiting may report it before its exit is
 * noticed. */
#define RECONNECT_MS 200

struct _BusPair {
  BusSupervisor *node, *wallet; /* borrowed */
  guint source;
};

static void
connect_workers (BusPair *pair)
{
  GDBusConnection *node = bus_supervisor_get_connection (pair->node);
  GDBusConnection *wallet = bus_supervisor_get_connection (pair->wallet);
  int fds[2];

  g_clear_handle_id (&pair->source, g_source_remove);
  if (node == NULL || wallet == NULL)
    return;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
    common_error ("The connection between the processes cannot be created: %s", g_strerror (errno));
    return;
  }
  bus_init_attach_peer (node, "wallet", fds[0]);
  bus_init_attach_peer (wallet, "node", fds[1]);
}

static void
on_ready (BusSupervisor *supervisor, GDBusConnection *connection, BusPair *pair)
{
  connect_workers (pair);
}

static gboolean
pair_on_reconnect_time (gpointer data)
{
  BusPair *pair = data;

  pair->source = 0;
  connect_workers (pair);
  return G_SOURCE_REMOVE;
}

static void
pair_on_peer_closed (BusSupervisor *supervisor, BusPair *pair)
{
  if (pair->source == 0)
    pair->source = g_timeout_add (RECONNECT_MS, pair_on_reconnect_time, pair);
}

BusPair *
bus_pair_new (BusSupervisor *node, BusSupervisor *wallet)
{
  BusSupervisor *const both[] = { node, wallet };
  BusPair *pair;

  g_return_val_if_fail (BUS_IS_SUPERVISOR (node) && BUS_IS_SUPERVISOR (wallet), NULL);

  pair = g_new0 (BusPair, 1);
  pair->node = node;
  pair->wallet = wallet;
  for (gsize i = 0; i < G_N_ELEMENTS (both); i++) {
    g_signal_connect (both[i], "ready", G_CALLBACK (on_ready), pair);
    g_signal_connect (both[i], "peer-closed", G_CALLBACK (pair_on_peer_closed), pair);
  }
  return pair;
}

void
bus_pair_free (BusPair *pair)
{
  if (pair == NULL)
    return;
  g_clear_handle_id (&pair->source, g_source_remove);
  g_signal_handlers_disconnect_by_data (pair->node, pair);
  g_signal_handlers_disconnect_by_data (pair->wallet, pair);
  g_free (pair);
}
