#include "rpc/server_clients.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "common/log.h"

/* Requests of a connection are read, started and answered in order. */

/* Requests of one connection that are processed before the others have their turn. */
#define MAX_TURN 32
/* A request without valid credentials must be received completely within this time. */
#define REQUEST_TIME_US (10 * G_USEC_PER_SEC)
#define WRONG_PASSWORD_DELAY_US (G_USEC_PER_SEC / 4)
/* How long a client that is still sending is listened to after the last reply, which it would lose otherwise. */
#define LINGER_US (G_USEC_PER_SEC)
#define NEVER G_MAXINT64

/* ---- time ---- */

/* When something must be done about CLIENT. */
static gint64
get_due (const RpcClients *clients, const RpcClient *client)
{
  gint64 timeout_us = clients->server->timeout_us, idle_us = timeout_us > 0 ? client->active_us + timeout_us : NEVER;

  switch (client->state) {
  case RPC_CLIENT_READING:
    return client->authenticated ? idle_us : MIN (idle_us, client->since_us + REQUEST_TIME_US);
  case RPC_CLIENT_DELAYED:
    return client->since_us + WRONG_PASSWORD_DELAY_US;
  case RPC_CLIENT_SENDING:
    return idle_us;
  case RPC_CLIENT_LINGERING:
    return client->since_us + LINGER_US;
  case RPC_CLIENT_RUNNING:
  case RPC_CLIENT_DEAD:
    return NEVER;
  }
  return NEVER;
}

static void
set_state (RpcClients *clients, RpcClient *client, RpcClientState state)
{
  client->state = state;
  client->since_us = clients->now_us;
  clients->due_us = MIN (clients->due_us, get_due (clients, client));
}

/* ---- replies ---- */

static void
client_free (RpcClient *client)
{
  rpc_http_connection_clear (&client->http);
  rpc_server_request_free (client->request);
  g_free (client->address);
  g_free (client);
}

/* A client whose request is running is freed when that has finished. */
void
rpc_clients_drop (RpcClients *clients, RpcClient *client)
{
  if (client->state == RPC_CLIENT_RUNNING) {
    rpc_server_request_cancel (client->request);
    return;
  }
  if (client->state == RPC_CLIENT_DEAD)
    return;
  client->state = RPC_CLIENT_DEAD;
  g_queue_unlink (&clients->open, &client->link);
  g_queue_push_tail (&clients->dead, client);
}

/* There is more to do for CLIENT, when the others have had their turn. */
static void
yield_turn (RpcClients *clients, RpcClient *client)
{
  if (client->yielded)
    return;
  client->yielded = TRUE;
  g_queue_push_tail (&clients->again, client);
}

static void
discard_input (RpcClients *clients, RpcClient *client)
{
  rpc_http_connection_discard (&client->http);
  if (client->http.ended)
    rpc_clients_drop (clients, client);
  else if (client->http.readable)
    yield_turn (clients, client);
}

/* After the last reply. What the client still sends would reset the connection, and the reply be lost. */
static void
linger (RpcClients *clients, RpcClient *client)
{
  shutdown (client->http.fd, SHUT_WR);
  set_state (clients, client, RPC_CLIENT_LINGERING);
  discard_input (clients, client);
}

/* Sends what is left of a reply. TRUE: the next request can be read. */
static gboolean
send_rest (RpcClients *clients, RpcClient *client)
{
  if (rpc_http_connection_send (&client->http))
    client->active_us = clients->now_us;
  if (client->http.ended) {
    rpc_clients_drop (clients, client);
    return FALSE;
  }
  if (rpc_http_connection_is_sending (&client->http))
    return FALSE;
  if (client->http.closing) {
    linger (clients, client);
    return FALSE;
  }
  rpc_http_connection_next (&client->http);
  set_state (clients, client, RPC_CLIENT_READING);
  return TRUE;
}

static gboolean
send_reply (RpcClients *clients, RpcClient *client, const RpcHttpReply *reply)
{
  rpc_http_connection_reply (&client->http, reply);
  g_clear_pointer (&client->request, rpc_server_request_free);
  set_state (clients, client, RPC_CLIENT_SENDING);
  return send_rest (clients, client);
}

static void
refuse_request (RpcClients *clients, RpcClient *client)
{
  RpcHttpReply reply = { .status = client->http.parser.failure, .cache_control = "no-store" };

  common_debug (COMMON_LOG_HTTP, "A malformed or too long request from %s was refused", client->address);
  send_reply (clients, client, &reply);
}

/* The whole of a request was read. TRUE: the next one can be read. */
static gboolean
start_request (RpcClients *clients, RpcClient *client)
{
  switch (rpc_server_request_start (client->request, &client->http.parser)) {
  case RPC_SERVER_REPLIES:
    return send_reply (clients, client, &client->request->reply);
  case RPC_SERVER_DELAYS:
    set_state (clients, client, RPC_CLIENT_DELAYED);
    return FALSE;
  case RPC_SERVER_RUNS:
    set_state (clients, client, RPC_CLIENT_RUNNING);
    if (client->http.half_closed)
      rpc_server_request_cancel (client->request);
    return FALSE;
  }
  return FALSE;
}

static void
take_head (RpcClients *clients, RpcClient *client)
{
  RpcHttpParser *parser = &client->http.parser;
  gboolean asks = parser->expects_continue && parser->minor > 0 && client->http.input->len == 0;

  client->request = rpc_server_request_new (clients->server, parser, client);
  client->authenticated = rpc_server_request_is_authorized (client->request);
  clients->due_us = MIN (clients->due_us, get_due (clients, client));
  if (client->request->wrong_password) {
    rpc_clients_note_password (clients, client);
    client->kept_until_us = clients->now_us + WRONG_PASSWORD_DELAY_US;
  }
  if (asks && parser->state != RPC_HTTP_FAILED && parser->state != RPC_HTTP_COMPLETE)
    rpc_http_connection_continue (&client->http);
}

/* Receives what there is. FALSE: nothing else can be done for CLIENT now. */
static gboolean
client_read_step (RpcClients *clients, RpcClient *client)
{
  if (rpc_http_connection_receive (&client->http))
    client->active_us = clients->now_us;
  switch (client->http.parser.state) {
  case RPC_HTTP_HEAD_READ:
    take_head (clients, client);
    return TRUE;
  case RPC_HTTP_COMPLETE:
    return start_request (clients, client);
  case RPC_HTTP_FAILED:
    refuse_request (clients, client);
    return FALSE;
  case RPC_HTTP_REQUEST_LINE:
  case RPC_HTTP_HEADERS:
  case RPC_HTTP_BODY:
  case RPC_HTTP_CHUNK_SIZE:
  case RPC_HTTP_CHUNK:
  case RPC_HTTP_CHUNK_END:
  case RPC_HTTP_TRAILERS:
    if (client->http.ended)
      rpc_clients_drop (clients, client);
    else if (client->http.readable)
      yield_turn (clients, client);
    return FALSE;
  }
  return FALSE;
}

static void
serve_client (RpcClients *clients, RpcClient *client)
{
  for (guint i = 0; i < 2 * MAX_TURN; i++)
    if (client->state != RPC_CLIENT_READING || !client_read_step (clients, client))
      return;
  yield_turn (clients, client);
}

/* ---- events ---- */

void
rpc_clients_on_event (RpcClients *clients, RpcClient *client, guint32 events)
{
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    client->http.half_closed = TRUE;
  if ((events & ~(guint32) EPOLLOUT) != 0)
    client->http.readable = TRUE;
  switch (client->state) {
  case RPC_CLIENT_READING:
    serve_client (clients, client);
    break;
  case RPC_CLIENT_RUNNING:
    if (client->http.half_closed) {
      common_debug (COMMON_LOG_HTTP, "A client disconnected before its call had ended; the call is cancelled");
      rpc_server_request_cancel (client->request);
    }
    break;
  case RPC_CLIENT_SENDING:
    if (send_rest (clients, client))
      serve_client (clients, client);
    break;
  case RPC_CLIENT_LINGERING:
    discard_input (clients, client);
    break;
  case RPC_CLIENT_DELAYED:
  case RPC_CLIENT_DEAD:
    break;
  }
}

void
rpc_clients_take_finished (RpcClients *clients)
{
  RpcServer *server = clients->server;
  RpcServerRequest *request;

  for (;;) {
    RpcClient *client;

    g_mutex_lock (&server->lock);
    request = g_queue_pop_head (&server->finished);
    g_mutex_unlock (&server->lock);
    if (request == NULL)
      return;
    client = request->client;
    if (send_reply (clients, client, &request->reply))
      serve_client (clients, client);
  }
}

/* ---- turns ---- */

static void
handle_due (RpcClients *clients, RpcClient *client)
{
  if (client->state == RPC_CLIENT_DELAYED) {
    if (send_reply (clients, client, &client->request->reply))
      serve_client (clients, client);
    return;
  }
  if (client->state == RPC_CLIENT_READING && client->http.parser.state != RPC_HTTP_REQUEST_LINE)
    common_debug (COMMON_LOG_HTTP, "The connection of %s was closed: its request was not complete in time",
                  client->address);
  rpc_clients_drop (clients, client);
}

static void
check_due (RpcClients *clients)
{
  if (clients->now_us < clients->due_us)
    return;
  clients->due_us = NEVER;
  for (GList *l = clients->open.head, *next; l != NULL; l = next) {
    RpcClient *client = l->data;

    next = l->next;
    if (get_due (clients, client) <= clients->now_us)
      handle_due (clients, client);
    clients->due_us = MIN (clients->due_us, get_due (clients, client));
  }
}

static void
serve_again (RpcClients *clients)
{
  for (guint n = clients->again.length; n > 0; n--) {
    RpcClient *client = g_queue_pop_head (&clients->again);

    client->yielded = FALSE;
    if (client->state == RPC_CLIENT_LINGERING)
      discard_input (clients, client);
    else
      serve_client (clients, client);
  }
}

static void
free_dead (RpcClients *clients)
{
  RpcClient *client;

  while ((client = g_queue_pop_head (&clients->dead)) != NULL) {
    if (client->yielded)
      g_queue_remove (&clients->again, client);
    client_free (client);
  }
}

void
rpc_clients_init (RpcClients *clients, RpcServer *server)
{
  *clients = (RpcClients){ .server = server, .now_us = g_get_monotonic_time (), .due_us = NEVER };
}

void
rpc_clients_clear (RpcClients *clients)
{
  GList *next;

  for (GList *l = clients->open.head; l != NULL; l = next) {
    next = l->next;
    client_free (l->data);
  }
  g_queue_clear (&clients->again);
}

RpcClient *
rpc_clients_add (RpcClients *clients, int fd, GSocketAddress *address)
{
  RpcClient *client = g_new0 (RpcClient, 1);

  rpc_http_connection_init (&client->http, fd);
  client->address = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
  client->link.data = client;
  client->active_us = clients->now_us;
  g_queue_push_tail_link (&clients->open, &client->link);
  set_state (clients, client, RPC_CLIENT_READING);
  return client;
}

gboolean
rpc_clients_are_sending (const RpcClients *clients)
{
  for (GList *l = clients->open.head; l != NULL; l = l->next)
    if (((RpcClient *) l->data)->state == RPC_CLIENT_SENDING)
      return TRUE;
  return FALSE;
}

void
rpc_clients_end_turn (RpcClients *clients)
{
  serve_again (clients);
  check_due (clients);
  free_dead (clients);
}
