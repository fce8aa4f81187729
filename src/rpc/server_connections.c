#include "rpc/server_connections.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"

/* A request without valid credentials must be received completely within this time. */
#define REQUEST_TIME_US (10 * G_USEC_PER_SEC)
#define NEVER G_MAXINT64
#define EVENTS 64

struct _RpcServerConnection {
  guint64 serial;
  int fd;
  gint64 due_us; /* when its request must have been read; NEVER: libmicrohttpd's time-out is enough */
  gboolean authenticated;
  gboolean shut; /* by us: libmicrohttpd closes it when it next reads from it */
  gboolean hung_up;
  GCancellable *call; /* the running call; NULL: none */
};

struct _RpcServerConnections {
  guint max;
  int epoll_fd;
  int wake_fd; /* an event with the serial 0 */
  GThread *thread;
  GMutex lock;  /* guards what follows; no other lock is taken while it is held */
  GQueue *open; /* of RpcServerConnection, oldest first */
  guint64 last_serial;
  gint64 wake_us; /* until when the thread waits */
  gboolean ending;
};

static void
connection_free (RpcServerConnection *connection)
{
  g_clear_object (&connection->call);
  g_free (connection);
}

/* libmicrohttpd then reads the end of the stream and closes the connection. */
static void
shut_connection (RpcServerConnection *connection)
{
  connection->shut = TRUE;
  connection->due_us = NEVER;
  shutdown (connection->fd, SHUT_RDWR);
}

/* All deadlines have the same duration, so the thread must be woken only when it is waiting for none. */
static void
set_deadline (RpcServerConnections *connections, RpcServerConnection *connection)
{
  const guint64 one = 1;

  if (connection->shut)
    return;
  connection->due_us = g_get_monotonic_time () + REQUEST_TIME_US;
  if (connections->wake_us != NEVER)
    return;
  connections->wake_us = connection->due_us;
  if (write (connections->wake_fd, &one, sizeof one) < 0)
    g_warn_if_reached ();
}

/* ---- the thread ---- */

/* Closes overdue connections. Returns when the next one is due. */
static gint64
close_overdue (RpcServerConnections *connections)
{
  gint64 now_us = g_get_monotonic_time (), next_us = NEVER;
  guint n = 0;

  for (GList *l = connections->open->head; l != NULL; l = l->next) {
    RpcServerConnection *connection = l->data;

    if (connection->due_us <= now_us) {
      shut_connection (connection);
      n++;
    }
    next_us = MIN (next_us, connection->due_us);
  }
  if (n > 0)
    common_debug (COMMON_LOG_HTTP, "%u connections were closed: their requests were not complete in time", n);
  return next_us;
}

static void
take_hang_up (RpcServerConnections *connections, guint64 serial)
{
  g_autoptr (GCancellable) call = NULL;

  g_mutex_lock (&connections->lock);
  for (GList *l = connections->open->head; l != NULL; l = l->next) {
    RpcServerConnection *connection = l->data;

    if (connection->serial != serial)
      continue;
    connection->hung_up = TRUE;
    call = g_steal_pointer (&connection->call);
    break;
  }
  g_mutex_unlock (&connections->lock);
  if (call != NULL) {
    common_debug (COMMON_LOG_HTTP, "A client disconnected before its call had ended; the call is cancelled");
    g_cancellable_cancel (call);
  }
}

static void
take_wake_up (RpcServerConnections *connections)
{
  guint64 count;

  if (read (connections->wake_fd, &count, sizeof count) < 0)
    g_warn_if_reached ();
}

/* How long the thread may wait: milliseconds, -1 without limit. *ENDING: it must exit. */
static int
prepare_wait (RpcServerConnections *connections, gboolean *ending)
{
  gint64 until_us;

  g_mutex_lock (&connections->lock);
  until_us = connections->wake_us = close_overdue (connections);
  *ending = connections->ending;
  g_mutex_unlock (&connections->lock);
  return until_us == NEVER ? -1 : (int) (MAX (until_us - g_get_monotonic_time (), 0) / 1000 + 1);
}

static gpointer
watch_thread (gpointer data)
{
  RpcServerConnections *connections = data;
  struct epoll_event events[EVENTS];
  gboolean ending;
  int wait_ms = prepare_wait (connections, &ending);

  while (!ending) {
    int n = epoll_wait (connections->epoll_fd, events, EVENTS, wait_ms);

    for (int i = 0; i < n; i++)
      if (events[i].data.u64 == 0)
        take_wake_up (connections);
      else
        take_hang_up (connections, events[i].data.u64);
    wait_ms = prepare_wait (connections, &ending);
  }
  return NULL;
}

/* ---- any thread ---- */

RpcServerConnections *
rpc_server_connections_new (guint max)
{
  RpcServerConnections *connections = g_new0 (RpcServerConnections, 1);
  struct epoll_event wake = { .events = EPOLLIN };

  connections->max = max;
  connections->wake_us = NEVER;
  connections->open = g_queue_new ();
  g_mutex_init (&connections->lock);
  connections->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  connections->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (epoll_ctl (connections->epoll_fd, EPOLL_CTL_ADD, connections->wake_fd, &wake) == 0)
    connections->thread = g_thread_new ("http-watch", watch_thread, connections);
  else
    g_clear_pointer (&connections, rpc_server_connections_free);
  return connections;
}

void
rpc_server_connections_free (RpcServerConnections *connections)
{
  const guint64 one = 1;

  if (connections == NULL)
    return;
  g_mutex_lock (&connections->lock);
  connections->ending = TRUE;
  g_mutex_unlock (&connections->lock);
  if (connections->thread != NULL && write (connections->wake_fd, &one, sizeof one) > 0)
    g_thread_join (connections->thread);
  if (connections->epoll_fd >= 0)
    close (connections->epoll_fd);
  if (connections->wake_fd >= 0)
    close (connections->wake_fd);
  g_queue_free_full (connections->open, (GDestroyNotify) connection_free);
  g_mutex_clear (&connections->lock);
  g_free (connections);
}

/* A suspended connection is closed when its reply is ready, so that the delay of wrong passwords cannot be avoided. */
static void
close_oldest (RpcServerConnections *connections)
{
  if (g_queue_get_length (connections->open) <= connections->max)
    return;
  for (GList *l = connections->open->head; l->next != NULL; l = l->next) {
    RpcServerConnection *connection = l->data;

    if (connection->authenticated || connection->shut)
      continue;
    shut_connection (connection);
    return;
  }
}

RpcServerConnection *
rpc_server_connections_add (RpcServerConnections *connections, int fd)
{
  RpcServerConnection *connection = g_new0 (RpcServerConnection, 1);
  /* Edge-triggered: there is a single event, which is remembered until a call is running. */
  struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET };

  connection->fd = fd;
  g_mutex_lock (&connections->lock);
  event.data.u64 = connection->serial = ++connections->last_serial;
  g_queue_push_tail (connections->open, connection);
  set_deadline (connections, connection);
  close_oldest (connections);
  if (epoll_ctl (connections->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    g_warn_if_reached ();
  g_mutex_unlock (&connections->lock);
  return connection;
}

void
rpc_server_connections_remove (RpcServerConnections *connections, RpcServerConnection *connection)
{
  g_mutex_lock (&connections->lock);
  epoll_ctl (connections->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
  g_queue_remove (connections->open, connection);
  g_mutex_unlock (&connections->lock);
  connection_free (connection);
}

void
rpc_server_connections_set_authenticated (RpcServerConnections *connections,
                                          RpcServerConnection *connection,
                                          gboolean authenticated)
{
  g_mutex_lock (&connections->lock);
  connection->authenticated = authenticated;
  if (authenticated)
    connection->due_us = NEVER;
  else if (connection->due_us == NEVER)
    set_deadline (connections, connection);
  g_mutex_unlock (&connections->lock);
}

void
rpc_server_connections_set_running (RpcServerConnections *connections,
                                    RpcServerConnection *connection,
                                    GCancellable *call)
{
  gboolean hung_up;

  g_mutex_lock (&connections->lock);
  connection->due_us = NEVER;
  hung_up = connection->hung_up;
  if (!hung_up)
    g_set_object (&connection->call, call);
  g_mutex_unlock (&connections->lock);
  if (hung_up && call != NULL)
    g_cancellable_cancel (call);
}

void
rpc_server_connections_set_done (RpcServerConnections *connections, RpcServerConnection *connection)
{
  g_mutex_lock (&connections->lock);
  g_clear_object (&connection->call);
  g_mutex_unlock (&connections->lock);
}

void
rpc_server_connections_set_waiting (RpcServerConnections *connections, RpcServerConnection *connection)
{
  g_mutex_lock (&connections->lock);
  if (!connection->authenticated)
    set_deadline (connections, connection);
  g_mutex_unlock (&connections->lock);
}
