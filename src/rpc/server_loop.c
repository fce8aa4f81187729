#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "rpc/server_clients.h"

/* The HTTP thread: it accepts connections, and waits for them and for the other threads. Nothing in it blocks. */

#define MAX_CONNECTIONS 200
/* Beyond the limit: new connections are accepted while the oldest ones are being closed. */
#define SPARE_CONNECTIONS 56
#define EVENTS 64
/* For replies that are being sent when the server ends. */
#define END_TIME_US (2 * G_USEC_PER_SEC)
#define ACCEPT_PAUSE_US (G_USEC_PER_SEC / 10)
/* In the data of an event: 0 is the wake-up, an odd number a listening socket, anything else a client. */
#define SOCKET_TAG(fd) ((guint64) (fd) << 1 | 1)

typedef struct {
  RpcServer *server;
  RpcClients clients;
  gint64 accept_us; /* no connections are accepted before; 0: they are */
  gint64 end_us;    /* 0: it does not end yet */
} Loop;

static void
watch_sockets (Loop *loop, gboolean watch)
{
  for (guint i = 0; i < loop->server->sockets->len; i++) {
    int fd = g_array_index (loop->server->sockets, int, i);
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = SOCKET_TAG (fd) };

    if (epoll_ctl (loop->server->epoll_fd, watch ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd, &event) < 0)
      g_warn_if_reached ();
  }
  loop->accept_us = watch ? 0 : loop->clients.now_us + ACCEPT_PAUSE_US;
}

static void
add_client (Loop *loop, int fd, GSocketAddress *address)
{
  const int on = 1;
  RpcClient *client;
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET };

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  client = rpc_clients_add (&loop->clients, fd, address);
  /* Edge-triggered: what there is to do is remembered in the connection. */
  event.data.ptr = client;
  if (epoll_ctl (loop->server->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    rpc_clients_drop (&loop->clients, client);
  if (loop->clients.open.length > MAX_CONNECTIONS)
    rpc_clients_close_oldest (&loop->clients);
}

/* The process has no descriptor left. Half of the connections at most are closed, so that the latest ones have the time
 * to show their credentials. */
static void
close_for_room (Loop *loop)
{
  for (guint n = loop->clients.open.length / 2; n > 0; n--)
    rpc_clients_close_oldest (&loop->clients);
  watch_sockets (loop, FALSE);
}

/* FALSE: there is nobody else, or no room. */
static gboolean
accept_one (Loop *loop, int listener)
{
  struct sockaddr_storage native;
  socklen_t len = sizeof native;
  g_autoptr (GSocketAddress) address = NULL;
  int fd = accept4 (listener, (struct sockaddr *) &native, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd < 0) {
    gboolean full = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    gboolean more = errno == ECONNABORTED || errno == EINTR;

    if (full)
      close_for_room (loop);
    return more;
  }
  address = g_socket_address_new_from_native (&native, len);
  if (rpc_server_is_allowed (loop->server, address)) {
    add_client (loop, fd, address);
    return TRUE;
  }
  common_debug (COMMON_LOG_HTTP, "A connection from an address that -rpcallowip does not permit was dropped");
  close (fd);
  return TRUE;
}

static void
accept_clients (Loop *loop, int listener)
{
  for (guint i = 0; i < EVENTS && loop->accept_us == 0; i++) {
    if (loop->clients.open.length >= MAX_CONNECTIONS + SPARE_CONNECTIONS)
      watch_sockets (loop, FALSE);
    else if (!accept_one (loop, listener))
      return;
  }
}

static void
take_wake_up (Loop *loop)
{
  guint64 count;

  if (read (loop->server->wake_fd, &count, sizeof count) < 0 && errno != EAGAIN)
    g_warn_if_reached ();
  rpc_clients_take_finished (&loop->clients);
}

static void
handle_event (Loop *loop, const struct epoll_event *event)
{
  if (event->data.u64 == 0)
    take_wake_up (loop);
  else if ((event->data.u64 & 1) != 0)
    accept_clients (loop, (int) (event->data.u64 >> 1));
  else
    rpc_clients_on_event (&loop->clients, event->data.ptr, event->events);
}

/* Whether the thread ends: no request is running any more, and replies are sent, or are not read in time. */
static gboolean
check_end (Loop *loop)
{
  gboolean ending;

  g_mutex_lock (&loop->server->lock);
  ending = loop->server->ending && g_queue_is_empty (&loop->server->finished);
  g_mutex_unlock (&loop->server->lock);
  if (!ending)
    return FALSE;
  if (loop->end_us == 0)
    loop->end_us = loop->clients.now_us + END_TIME_US;
  return loop->clients.now_us >= loop->end_us || !rpc_clients_are_sending (&loop->clients);
}

static int
get_wait_ms (const Loop *loop)
{
  gint64 until_us = loop->clients.due_us;

  if (!g_queue_is_empty ((GQueue *) &loop->clients.again))
    return 0;
  if (loop->accept_us != 0)
    until_us = MIN (until_us, loop->accept_us);
  if (loop->end_us != 0)
    until_us = MIN (until_us, loop->end_us);
  return until_us == G_MAXINT64 ? -1 : (int) CLAMP ((until_us - loop->clients.now_us) / 1000 + 1, 0, G_MAXINT);
}

gpointer
rpc_server_loop (gpointer data)
{
  RpcServer *server = data;
  Loop loop = { .server = server };
  struct epoll_event events[EVENTS];

  rpc_clients_init (&loop.clients, server);
  watch_sockets (&loop, TRUE);
  while (!check_end (&loop)) {
    int n = epoll_wait (server->epoll_fd, events, EVENTS, get_wait_ms (&loop));

    loop.clients.now_us = g_get_monotonic_time ();
    for (int i = 0; i < n; i++)
      handle_event (&loop, &events[i]);
    rpc_clients_limit_unread (&loop.clients);
    rpc_clients_end_turn (&loop.clients);
    if (loop.accept_us != 0 && loop.clients.now_us >= loop.accept_us)
      watch_sockets (&loop, TRUE);
  }
  rpc_clients_clear (&loop.clients);
  return NULL;
}
