#include "dbus/connections.h"

/* Data of its connection. */
typedef struct {
  GWeakRef connection;
  guint64 number;
  const char *peer;
  gint64 since;
  char *program; /* under the lock */
} OpenConnection;

static GMutex connections_lock;
static GPtrArray *connections; /* OpenConnection, by number */
static guint64 n_connections;  /* all so far */

static G_DEFINE_QUARK (moneyrocket - open - connection, open_connection)

    static void open_connection_free (gpointer data)
{
  OpenConnection *open = data;

  g_mutex_lock (&connections_lock);
  g_ptr_array_remove (connections, open);
  g_mutex_unlock (&connections_lock);
  g_weak_ref_clear (&open->connection);
  g_free (open->program);
  g_free (open);
}

static const OpenConnection *
open_connection_get (GDBusConnection *connection)
{
  return g_object_get_qdata (G_OBJECT (connection), open_connection_quark ());
}

void
bus_connections_add (GDBusConnection *connection, const char *peer)
{
  OpenConnection *open = g_new0 (OpenConnection, 1);

  g_weak_ref_init (&open->connection, connection);
  open->peer = g_intern_string (peer);
  open->since = g_get_real_time () / G_USEC_PER_SEC;
  open->program = g_strdup ("");
  g_object_set_qdata_full (G_OBJECT (connection), open_connection_quark (), open, open_connection_free);
  g_mutex_lock (&connections_lock);
  if (connections == NULL)
    connections = g_ptr_array_new ();
  open->number = ++n_connections;
  g_ptr_array_add (connections, open);
  g_mutex_unlock (&connections_lock);
}

guint64
bus_connections_get_number (GDBusConnection *connection)
{
  return open_connection_get (connection)->number;
}

const char *
bus_connections_get_peer (GDBusConnection *connection)
{
  return open_connection_get (connection)->peer;
}

gint64
bus_connections_get_since (GDBusConnection *connection)
{
  return open_connection_get (connection)->since;
}

void
bus_connections_set_program (GDBusConnection *connection, const char *program)
{
  OpenConnection *open = (OpenConnection *) open_connection_get (connection);
  g_autofree char *old = NULL;

  g_mutex_lock (&connections_lock);
  old = open->program;
  open->program = g_strdup (program);
  g_mutex_unlock (&connections_lock);
}

char *
bus_connections_dup_program (GDBusConnection *connection)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&connections_lock);

  return g_strdup (open_connection_get (connection)->program);
}

/* A connection is never freed here, since its last reference may be the one in the list. */
GPtrArray *
bus_connections_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&connections_lock);
  for (guint i = 0; connections != NULL && i < connections->len; i++) {
    OpenConnection *open = connections->pdata[i];
    GDBusConnection *connection = g_weak_ref_get (&open->connection);

    if (connection != NULL)
      g_ptr_array_add (list, connection);
  }
  g_mutex_unlock (&connections_lock);
  for (guint i = list->len; i-- > 0;)
    if (g_dbus_connection_is_closed (list->pdata[i]))
      g_ptr_array_remove_index (list, i);
  return list;
}
