#include <string.h>

#include <gio/gio.h>

#include "rpc/jsonrpc.h"
#include "rpc/method.h"
#include "rpc/server.h"

/* A server in this process, and a client that writes bytes to a socket and reads the reply. */

static RpcJson *
run_twice (RpcCall *call, GError **error)
{
  gint64 n;
  return rpc_call_int (call, 0, 0, 0, 1000, &n, error) ? rpc_json_new_int (2 * n) : NULL;
}

static RpcJson *
run_wallet (RpcCall *call, GError **error)
{
  return call->wallet != NULL ? rpc_json_new_string (call->wallet) : rpc_json_new_null ();
}

static gint n_waiting;

/* Returns when its client has disconnected. */
static RpcJson *
run_wait (RpcCall *call, GError **error)
{
  GPollFD poll_fd;

  g_atomic_int_inc (&n_waiting);
  g_assert_true (g_cancellable_make_pollfd (call->cancellable, &poll_fd));
  g_poll (&poll_fd, 1, -1);
  g_cancellable_release_fd (call->cancellable);
  g_atomic_int_add (&n_waiting, -1);
  return rpc_json_new_null ();
}

static const RpcMethod methods[] = {
  { "Util", "twice", run_twice, "Doubles.", { { "n", RPC_ARG_INT, TRUE, "A number" } } },
  { "Util", "thrice", run_twice, "Doubles at once.", { { "n", RPC_ARG_INT, TRUE, "A number" } }, RPC_RUN_INLINE },
  { "Util", "wait", run_wait, "Waits indefinitely.", { { NULL } } },
  { "Util", "wallet", run_wallet, "Returns the name of the wallet.", { { NULL } } },
};

typedef struct {
  RpcTable *table;
  RpcServer *server;
  guint16 port;
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
  RpcServerOptions options = { .bind = bind, .user = "u", .password = "p", .work_queue = 8, .threads = 2 };
  g_autoptr (GError) error = NULL;

  f->table = rpc_table_new (NULL, 2);
  rpc_table_add (f->table, methods, G_N_ELEMENTS (methods));
  f->port = options.port = find_port ();
  f->server = rpc_server_new (&options, RPC_HANDLER (f->table), &error);
  g_assert_no_error (error);
}

static gpointer
end_thread (gpointer data)
{
  Fixture *f = data;

  rpc_server_free (f->server);
  g_atomic_pointer_set (&f->server, NULL);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  GThread *thread = g_thread_new ("end", end_thread, f);

  while (g_atomic_pointer_get (&f->server) != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  g_object_unref (f->table);
}

typedef struct {
  guint16 port;
  const char *request;
  char *reply;
  gint done;
} Exchange;

static gpointer
exchange_thread (gpointer data)
{
  Exchange *x = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GString) reply = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  connection = g_socket_client_connect_to_host (client, "127.0.0.1", x->port, NULL, NULL);
  g_assert_nonnull (connection);
  /* A refusal may come, and the connection go, before all is written. */
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), x->request, strlen (x->request),
                             NULL, NULL, NULL);
  while ((n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer, sizeof buffer, NULL,
                                   NULL))
         > 0)
    g_string_append_len (reply, buffer, n);
  x->reply = g_strdup (reply->str);
  g_atomic_int_set (&x->done, 1);
  g_main_context_wakeup (NULL);
  return NULL;
}

static char *
send_raw (Fixture *f, const char *request)
{
  Exchange x = { f->port, request, NULL, 0 };
  GThread *thread = g_thread_new ("client", exchange_thread, &x);

  while (!g_atomic_int_get (&x.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  return x.reply;
}

static char *
send_post (Fixture *f, const char *path, const char *credentials, const char *body)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *) credentials, strlen (credentials));
  g_autofree char *request = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                                              "Basic %s\r\nContent-Length: %u\r\n\r\n%s",
                                              path, encoded, (guint) strlen (body), body);
  return send_raw (f, request);
}

static void
check (Fixture *f, const char *path, const char *body, guint status, const char *expected)
{
  g_autofree char *reply = send_post (f, path, "u:p", body);
  g_autofree char *start = g_strdup_printf ("HTTP/1.1 %u ", status);
  const char *got = strstr (reply, "\r\n\r\n");

  if (!g_str_has_prefix (reply, start) || got == NULL || !g_str_equal (got + 4, expected))
    g_error ("%s\n gave %s", body, reply);
}

static void
test_versions (Fixture *f, gconstpointer data)
{
  check (f, "/", "{\"method\":\"twice\",\"params\":[4],\"id\":1}", 200, "{\"result\":8,\"error\":null,\"id\":1}\n");
  check (f, "/", "{\"jsonrpc\":\"2.0\",\"method\":\"twice\",\"params\":{\"n\":4},\"id\":\"a\"}", 200,
         "{\"jsonrpc\":\"2.0\",\"result\":8,\"id\":\"a\"}\n");
  check (f, "/", "{\"jsonrpc\":\"2.0\",\"method\":\"twice\",\"params\":[4]}", 204, "");
  check (f, "/", "{\"jsonrpc\":\"2.0\",\"method\":\"no\",\"id\":1}", 200,
         "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32601,\"message\":\"Method not found\"},\"id\":1}\n");
  check (f, "/", "{\"method\":\"no\",\"id\":1}", 404,
         "{\"result\":null,\"error\":{\"code\":-32601,\"message\":\"Method not found\"},\"id\":1}\n");
  check (f, "/", "{\"method\":\"twice\",\"params\":[5000],\"id\":1}", 500,
         "{\"result\":null,\"error\":{\"code\":-1,\"message\":\"JSON integer out of range\"},\"id\":1}\n");
  check (f, "/", "{\"id\":1}", 400,
         "{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"Missing method\"},\"id\":1}\n");
  check (f, "/", "{\"jsonrpc\":\"2.0\",\"id\":1}", 400,
         "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"Missing method\"},\"id\":1}\n");
  check (f, "/", "{\"jsonrpc\":\"2.0\",\"method\":\"twice\",\"params\":4}", 400,
         "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"Params must be an array or object\"}}\n");
  check (f, "/", "{\"method\":\"twice\\u0000\",\"id\":\"\\u0000\"}", 404,
         "{\"result\":null,\"error\":{\"code\":-32601,\"message\":\"Method not found\"},\"id\":\"\\u0000\"}\n");
  check (f, "/", "{\"jsonrpc\":\"3.0\",\"method\":\"twice\",\"id\":1}", 400,
         "{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"JSON-RPC version not supported\"},\"id\":1}\n");
  check (f, "/", "{\"method\":\"thrice\",\"params\":[4],\"id\":1}", 200, "{\"result\":8,\"error\":null,\"id\":1}\n");
  check (f, "/", "{", 500, "{\"result\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"},\"id\":null}\n");
  check (f, "/", "3", 500,
         "{\"result\":null,\"error\":{\"code\":-32700,\"message\":\"Top-level object parse error\"},\"id\":null}\n");
}

static void
test_batches (Fixture *f, gconstpointer data)
{
  check (f, "/", "[]", 200, "[]\n");
  check (f, "/",
         "[{\"method\":\"twice\",\"params\":[1],\"id\":1},{\"jsonrpc\":\"2.0\",\"method\":\"twice\",\"params\":[1]},3,"
         "{\"method\":\"no\",\"id\":2}]",
         200,
         "[{\"result\":2,\"error\":null,\"id\":1},{\"result\":null,\"error\":{\"code\":-32600,\"message\":\"Invalid "
         "Request object\"},\"id\":null},{\"result\":null,\"error\":{\"code\":-32601,\"message\":\"Method not "
         "found\"},\"id\":2}]\n");
  check (f, "/", "[{\"jsonrpc\":\"2.0\",\"method\":\"twice\",\"params\":[1]}]", 204, "");
  check (f, "/", " [ {\"method\":\"thrice\",\"params\":[1],\"id\":1} ] ", 200,
         "[{\"result\":2,\"error\":null,\"id\":1}]\n");
  /* No call of a batch is run when the batch is not valid JSON. */
  check (f, "/", "[{\"method\":\"twice\",\"params\":[1],\"id\":1},", 500,
         "{\"result\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"},\"id\":null}\n");
}

/* Memory is limited even for values that take much more than their text. */
static void
test_memory (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) call = g_string_new ("{\"id\":1,\"method\":\"twice\",\"params\":[1");
  g_autofree char *batch = NULL;
  const char *refusal = "{\"result\":null,\"error\":{\"code\":-7,\"message\":\"The request holds too many "
                        "values\"},\"id\":null}";
  g_autofree char *line = g_strconcat (refusal, "\n", NULL), *list = g_strdup_printf ("[%s]\n", refusal);

  for (guint i = 0; i < 1000000; i++)
    g_string_append (call, ",1");
  g_string_append (call, "]}");
  batch = g_strdup_printf ("[%s]", call->str);
  check (f, "/", call->str, 500, line);
  check (f, "/", batch, 200, list);
}

static void
test_paths (Fixture *f, gconstpointer data)
{
  const char *body = "{\"method\":\"wallet\",\"id\":1}";
  check (f, "/", body, 200, "{\"result\":null,\"error\":null,\"id\":1}\n");
  check (f, "/wallet/a%20b%2Fc", body, 200, "{\"result\":\"a b/c\",\"error\":null,\"id\":1}\n");
  check (f, "/wallet/", body, 200, "{\"result\":\"\",\"error\":null,\"id\":1}\n");
  check (f, "/elsewhere", body, 404, "");
}

static void
check_status (Fixture *f, const char *request, guint status)
{
  g_autofree char *reply = send_raw (f, request);
  g_autofree char *start = g_strdup_printf ("HTTP/1.1 %u ", status);
  if (!g_str_has_prefix (reply, start))
    g_error ("%.200s\n gave %s", request, reply);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  g_autofree char *wrong = send_post (f, "/", "u:wrong", "{\"method\":\"twice\",\"params\":[4],\"id\":1}");
  g_autofree char *long_value = g_strnfill (9000, 'a');
  g_autofree char *long_request = g_strdup_printf (
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: %s\r\nContent-Length: 0\r\n\r\n", long_value);

  g_assert_true (g_str_has_prefix (wrong, "HTTP/1.1 401 "));
  g_assert_nonnull (strstr (wrong, "WWW-Authenticate: Basic realm=\"jsonrpc\"\r\n"));
  check_status (f, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", 401);
  check_status (f, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405);
  check_status (f, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 33554433\r\n\r\n", 413);
  check_status (f, long_request, 400);
}

/* A request whose body has no clear end is refused, and the connection closed. */
static void
test_framing (Fixture *f, gconstpointer data)
{
#define HEAD "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic dTpw\r\n"
  g_autofree char *endless = NULL;

  check_status (f, HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400);
  check_status (f, HEAD "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400);
  check_status (f, HEAD "Content-Length: 2, 2\r\n\r\n{}", 400);
  check_status (f, HEAD "Content-Length : 2\r\n\r\n{}", 400);
  check_status (f, HEAD "Content-Length: -2\r\n\r\n{}", 400);
  check_status (f, HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400);
  check_status (f, HEAD "Transfer-Encoding: x\r\n\r\n{}", 400);
  check_status (f, HEAD "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400);
  endless = send_raw (f, HEAD "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}");
  g_assert_false (g_str_has_prefix (endless, "HTTP/1.1 200"));
#undef HEAD
}

static GSocketConnection *
open_connection (Fixture *f, const char *text)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *connection = g_socket_client_connect_to_host (client, "127.0.0.1", f->port, NULL, NULL);

  g_assert_nonnull (connection);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text, strlen (text), NULL, NULL,
                             NULL);
  return connection;
}

static GPtrArray *
open_connections (Fixture *f, guint n, const char *text)
{
  GPtrArray *connections = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (connections, open_connection (f, text));
  return connections;
}

/* Delayed refusals of wrong passwords do not count towards the limit of calls. */
static void
test_wrong_passwords (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) connections = open_connections (
      f, 100, "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic dTpx\r\nContent-Length: 0\r\n\r\n");

  check (f, "/", "{\"method\":\"twice\",\"params\":[4],\"id\":1}", 200, "{\"result\":8,\"error\":null,\"id\":1}\n");
}

/* A connection without a complete request is closed in favour of new ones. */
static void
test_many_connections (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) silent = open_connections (f, 160, "");
  g_autoptr (GPtrArray) slow = open_connections (f, 160, "POST / HTTP/1.1\r\nHost: x\r\nX");

  for (guint i = 0; i < 3; i++)
    check (f, "/", "{\"method\":\"twice\",\"params\":[4],\"id\":1}", 200, "{\"result\":8,\"error\":null,\"id\":1}\n");
}

static void
spin_until_waiting (gint n)
{
  while (g_atomic_int_get (&n_waiting) != n) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

static void
test_hang_up (Fixture *f, gconstpointer data)
{
#define HEAD "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic dTpw\r\nContent-Length: "
  g_autoptr (GSocketConnection) first = open_connection (f, HEAD "24\r\n\r\n{\"method\":\"wait\",\"id\":1}");
  g_autoptr (GSocketConnection) second
      = open_connection (f, HEAD "51\r\n\r\n[{\"method\":\"wait\",\"id\":1},{\"method\":\"wait\",\"id\":2}]");
  GSocket *socket = g_socket_connection_get_socket (second);

  spin_until_waiting (2);
  g_io_stream_close (G_IO_STREAM (first), NULL, NULL);
  spin_until_waiting (1);
  g_assert_true (g_socket_shutdown (socket, FALSE, TRUE, NULL));
  spin_until_waiting (0);
  /* A client that disconnects before its call begins is not waited for either. */
  g_object_unref (open_connection (f, HEAD "24\r\n\r\n{\"method\":\"wait\",\"id\":1}"));
#undef HEAD
}

static void
test_port_taken (Fixture *f, gconstpointer data)
{
  static const char *const bind[] = { "127.0.0.1", NULL };
  RpcServerOptions options = { .bind = bind, .port = f->port, .user = "u", .password = "p" };
  g_autoptr (GError) error = NULL;
  g_assert_null (rpc_server_new (&options, RPC_HANDLER (f->table), &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL);
  g_test_add ("/rpc/server/versions", Fixture, NULL, set_up, test_versions, tear_down);
  g_test_add ("/rpc/server/batches", Fixture, NULL, set_up, test_batches, tear_down);
  g_test_add ("/rpc/server/memory", Fixture, NULL, set_up, test_memory, tear_down);
  g_test_add ("/rpc/server/paths", Fixture, NULL, set_up, test_paths, tear_down);
  g_test_add ("/rpc/server/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/rpc/server/framing", Fixture, NULL, set_up, test_framing, tear_down);
  g_test_add ("/rpc/server/wrong-passwords", Fixture, NULL, set_up, test_wrong_passwords, tear_down);
  g_test_add ("/rpc/server/many-connections", Fixture, NULL, set_up, test_many_connections, tear_down);
  g_test_add ("/rpc/server/hang-up", Fixture, NULL, set_up, test_hang_up, tear_down);
  g_test_add ("/rpc/server/port-taken", Fixture, NULL, set_up, test_port_taken, tear_down);
  return g_test_run ();
}
