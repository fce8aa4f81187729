#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/method.h"
#include "rpc/server_clients.h"

/* What clients without credentials can do to the others: their connections are driven here, without the HTTP thread,
 * and at times that the test chooses. */

#define WRONG "POST / HTTP/1.1\r\nAuthorization: Basic dTp4\r\nContent-Length: 2\r\n\r\n"
#define RIGHT "POST / HTTP/1.1\r\nAuthorization: Basic dTpw\r\nContent-Length: 2\r\n\r\n"

typedef struct {
  RpcTable *table;
  RpcServer *server;
  RpcClients clients;
  GSocketAddress *address;
} Fixture;

static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  static const char *const bind[] = { "127.0.0.1", NULL };
  RpcServerOptions options = { .bind = bind, .port = find_port (), .user = "u", .password = "p", .work_queue = 8 };

  f->table = rpc_table_new (NULL, 2);
  f->server = rpc_server_new (&options, RPC_HANDLER (f->table), NULL);
  g_assert_nonnull (f->server);
  f->address = g_inet_socket_address_new_from_string ("127.0.0.1", 1);
  rpc_clients_init (&f->clients, f->server);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  rpc_clients_end_turn (&f->clients);
  rpc_clients_clear (&f->clients);
  rpc_server_free (f->server);
  g_object_unref (f->table);
  g_object_unref (f->address);
}

/* A client that has sent TEXT; *FD is its end. */
static RpcClient *
add_client (Fixture *f, const char *text, int *fd)
{
  int ends[2], size = 1 << 20;
  RpcClient *client;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), ==, 0);
  g_assert_cmpint (setsockopt (ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size), ==, 0);
  g_assert_cmpint (write (ends[0], text, strlen (text)), ==, (gssize) strlen (text));
  client = rpc_clients_add (&f->clients, ends[1], f->address);
  rpc_clients_on_event (&f->clients, client, EPOLLIN);
  *fd = ends[0];
  return client;
}

static gboolean
is_open (int fd)
{
  char buffer[512];
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    ;
  return n < 0;
}

/* A client that sends many requests has one turn among those of the others, however its bytes arrive. */
static void
test_one_turn (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new (NULL);
  RpcClient *client;
  int fd;

  for (guint i = 0; i < 2000; i++)
    g_string_append (many, "GET / HTTP/1.1\r\n\r\n");
  client = add_client (f, many->str, &fd);
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpuint (f->clients.again.length, ==, 1);
    rpc_clients_on_event (&f->clients, client, EPOLLIN | EPOLLOUT);
  }
  close (fd);
}

/* A long body is received in turns, too. */
static void
test_long_body (Fixture *f, gconstpointer data)
{
  static const char chunks[] = "1\r\na\r\n1\r\na\r\n1\r\na\r\n1\r\na\r\n";
  g_autoptr (GString) many = g_string_new (NULL);
  int fd, n_before, n_after;
  RpcClient *client = add_client (f, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", &fd);

  while (many->len < 65536)
    g_string_append (many, chunks);
  while (write (fd, many->str, many->len) > 0)
    ;
  g_assert_cmpint (ioctl (client->http.fd, FIONREAD, &n_before), ==, 0);
  g_assert_cmpint (n_before, >, 150000);
  rpc_clients_on_event (&f->clients, client, EPOLLIN);
  g_assert_cmpint (ioctl (client->http.fd, FIONREAD, &n_after), ==, 0);
  g_assert_cmpint (n_before - n_after, <=, 65536);
  g_assert_cmpuint (f->clients.again.length, ==, 1);
  for (guint i = 0; i < 100 && n_after > 0; i++) {
    rpc_clients_end_turn (&f->clients);
    g_assert_cmpint (ioctl (client->http.fd, FIONREAD, &n_after), ==, 0);
  }
  g_assert_cmpint (n_after, ==, 0);
  close (fd);
}

/* The same after a reply, when the rest is not used any more. */
static void
test_long_rest (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  RpcClient *client;
  int fd, n_after;

  while (text->len < 200000)
    g_string_append (text, "and more");
  client = add_client (f, text->str, &fd);
  g_assert_cmpint (client->state, ==, RPC_CLIENT_LINGERING);
  g_assert_cmpint (ioctl (client->http.fd, FIONREAD, &n_after), ==, 0);
  g_assert_cmpint (n_after, >, 0);
  for (guint i = 0; i < 100 && n_after > 0; i++) {
    rpc_clients_end_turn (&f->clients);
    g_assert_cmpint (ioctl (client->http.fd, FIONREAD, &n_after), ==, 0);
  }
  g_assert_cmpint (n_after, ==, 0);
  g_assert_cmpint (client->state, ==, RPC_CLIENT_LINGERING);
  close (fd);
}

/* Whether a password is right cannot be seen from which connections are closed for others, without the delay. */
static void
test_hidden_guess (Fixture *f, gconstpointer data)
{
  int wrong, right, silent, last;

  add_client (f, WRONG, &wrong);
  add_client (f, RIGHT, &right);
  add_client (f, "", &silent);
  add_client (f, "", &last);
  for (guint i = 0; i < 3; i++)
    rpc_clients_close_oldest (&f->clients);
  rpc_clients_end_turn (&f->clients);
  g_assert_true (is_open (right));
  g_assert_true (is_open (wrong));
  g_assert_false (is_open (silent));

  f->clients.now_us += G_USEC_PER_SEC;
  rpc_clients_close_oldest (&f->clients);
  rpc_clients_end_turn (&f->clients);
  g_assert_false (is_open (wrong));
  g_assert_true (is_open (right));
  g_assert_true (is_open (last));
}

/* Replies of 8 MiB that nobody reads: the oldest ones are given up, but never the last one. */
static void
test_unread (Fixture *f, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (8 << 20);
  g_autoptr (GBytes) body = g_bytes_new_static (zeros, 8 << 20);
  const RpcHttpReply reply = { .status = 200, .body = body };
  RpcClient *clients[20];
  int fds[20];

  for (guint i = 0; i < 20; i++) {
    clients[i] = add_client (f, "GET /rest/x HTTP/1.1\r\n", &fds[i]);
    clients[i]->state = RPC_CLIENT_SENDING;
    clients[i]->active_us = (i + 10) % 20; /* 10 is the slowest */
    clients[i]->authenticated = i == 11;
    rpc_http_connection_reply (&clients[i]->http, &reply);
  }
  rpc_clients_limit_unread (&f->clients);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (clients[i]->state, ==, i == 10 || i == 12 || i == 13 ? RPC_CLIENT_DEAD : RPC_CLIENT_SENDING);
  for (guint i = 0; i < 20; i++)
    close (fds[i]);
}

/* The log cannot be filled with wrong passwords: of many within a minute, only how many there were is logged. */
static void
test_log (Fixture *f, gconstpointer data)
{
  g_autofree char *too_many = NULL;
  g_autoptr (GString) pattern = g_string_new ("*");

  if (g_test_subprocess ()) {
    int fds[31];
    f->clients.now_us += 60 * G_USEC_PER_SEC;
    for (guint i = 0; i < 30; i++)
      add_client (f, WRONG, &fds[i]);
    f->clients.now_us += 60 * G_USEC_PER_SEC;
    add_client (f, WRONG, &fds[30]);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  for (guint i = 0; i < 20; i++)
    g_string_append (pattern, "wrong user or password in a request from *");
  g_string_append (pattern, "RPC: 10 more requests with a wrong user or password*wrong user or password in a request*");
  g_test_trap_assert_stderr (pattern->str);
  too_many = g_strconcat ("*wrong user or password in a request", pattern->str, NULL);
  g_test_trap_assert_stderr_unmatched (too_many);
}

/* Without descriptors for its loop the server does not start. */
static void
test_no_descriptors (void)
{
  g_autoptr (RpcTable) table = rpc_table_new (NULL, 2);
  RpcServerOptions options = { .user = "u", .password = "p", .work_queue = 8 };
  struct rlimit usual, less;
  int lowest = dup (STDIN_FILENO);

  g_assert_cmpint (lowest, >=, 0);
  close (lowest);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &usual), ==, 0);
  for (int left = 0; left < 2; left++) {
    g_autoptr (GError) error = NULL;
    RpcServer *server;

    less = (struct rlimit){ (rlim_t) (lowest + left), usual.rlim_max };
    g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &less), ==, 0);
    server = rpc_server_new (&options, RPC_HANDLER (table), &error);
    g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &usual), ==, 0);
    g_assert_null (server);
    g_assert_cmpstr (error->message, ==,
                     "Unable to start HTTP server: it cannot wait for connections: Too many open files");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL);
  g_test_add ("/rpc/server-clients/one-turn", Fixture, NULL, set_up, test_one_turn, tear_down);
  g_test_add ("/rpc/server-clients/long-body", Fixture, NULL, set_up, test_long_body, tear_down);
  g_test_add ("/rpc/server-clients/long-rest", Fixture, NULL, set_up, test_long_rest, tear_down);
  g_test_add ("/rpc/server-clients/unread", Fixture, NULL, set_up, test_unread, tear_down);
  g_test_add ("/rpc/server-clients/hidden-guess", Fixture, NULL, set_up, test_hidden_guess, tear_down);
  g_test_add ("/rpc/server-clients/log", Fixture, NULL, set_up, test_log, tear_down);
  g_test_add_func ("/rpc/server-clients/no-descriptors", test_no_descriptors);
  return g_test_run ();
}
