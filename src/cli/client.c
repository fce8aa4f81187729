#include "cli/client.h"

#include <string.h>

#include "bitcoin/primitives/network.h"
#include "cli/http.h"
#include "cli/ipc.h"
#include "cli/print.h"
#include "dbus/address.h"
#include "dbus/names.h"
#include "rpc/cookie.h"
#include "rpc/handler.h"

#define DEFAULT_TIMEOUT_S 900
#define WAIT_US (G_USEC_PER_SEC)

struct _CliClient {
  const CommonProgram *program;
  char *host;
  guint16 port;
  char *cookie_file;        /* NULL: none */
  BusAddress *address;      /* of a node that accepts other programs; NULL: none is tried */
  BusTlsTarget *target;     /* if it is on another machine */
  gboolean must_use_socket; /* there is no other way */
};

/* What is sent: a call or a batch, and its forms for HTTP. */
typedef struct {
  const RpcJson *json;
  const char *wallet; /* NULL: none */
  const char *path;
  const char *body;
} Request;

G_DEFINE_QUARK (cli_error, cli_error)

gpointer
cli_fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (CLI_ERROR, CLI_ERROR_OTHER, format, args);
  va_end (args);
  return NULL;
}

static gboolean client_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
client_refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  *error = g_error_new_valist (CLI_ERROR, CLI_ERROR_OTHER, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
read_port (const char *text, guint16 *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16) number;
  return TRUE;
}

/* "host", "host:port", "[host]:port", or an IPv6 address without a port, for which *PORT becomes 0. */
static gboolean
split_host (const char *text, char **host, guint16 *port)
{
  const char *colon = strrchr (text, ':');
  gsize len;

  *port = 0;
  if (colon != NULL && colon != strchr (text, ':') && (text[0] != '[' || colon[-1] != ']'))
    colon = NULL;
  if (colon != NULL && !read_port (colon + 1, port))
    return FALSE;
  len = colon != NULL ? (gsize) (colon - text) : strlen (text);
  *host = len > 1 && text[0] == '[' && text[len - 1] == ']' ? g_strndup (text + 1, len - 2) : g_strndup (text, len);
  return TRUE;
}

/* -rpcport, else the port in -rpcconnect, else the network's. */
static gboolean
find_server (CliClient *client, GError **error)
{
  const CommonProgram *program = client->program;
  const char *connect = common_options_get (program->options, "rpcconnect", "127.0.0.1");
  const char *given = common_options_get (program->options, "rpcport", NULL);

  if (!split_host (connect, &client->host, &client->port))
    return client_refuse (error, "Invalid port provided in -rpcconnect: %s", connect);
  if (given != NULL) {
    gboolean both = client->port != 0;

    if (!read_port (given, &client->port))
      return client_refuse (error, "Invalid port provided in -rpcport: %s", given);
    if (both)
      cli_print_error ("Warning: Port specified in both -rpcconnect and -rpcport. Using -rpcport %u\n", client->port);
  }
  if (client->port == 0)
    client->port = btc_network_by_name (program->network->name)->rpc_port;
  return TRUE;
}

/* With "auto", the node is called over its socket if it accepts other programs there, else over TCP. */
static gboolean
find_socket (CliClient *client, GError **error)
{
  const CommonProgram *program = client->program;
  const char *text = common_options_get (program->options, BUS_OPTION_CONNECT, "auto");
  const char *connect = common_options_get (program->options, "rpcconnect", NULL);
  gboolean over_tcp = connect != NULL && !g_str_equal (connect, "0");
  g_autoptr (BusAddress) address = NULL;

  client->must_use_socket = !g_str_equal (text, "auto");
  if (g_str_equal (text, "0") || (over_tcp && !client->must_use_socket))
    return TRUE;
  if (over_tcp)
    return client_refuse (error, "-rpcconnect and -ipcconnect options cannot both be enabled");
  address = bus_address_parse (client->must_use_socket ? text : "unix", program->network_dir, BUS_ADDRESS_NODE_SOCKET,
                               BUS_ROLES_NODE, error);
  if (address == NULL)
    return !client->must_use_socket;
  if (address->kind == BUS_ADDRESS_TLS)
    client->target = bus_tls_target_load (program->network_dir, "cli", address, error);
  if (address->kind == BUS_ADDRESS_TLS && client->target == NULL)
    return FALSE;
  client->address = g_steal_pointer (&address);
  return TRUE;
}

/* A wallet program that serves JSON-RPC by itself at this port has left its cookie. */
static char *
dup_wallet_cookie (const CliClient *client)
{
  g_autofree char *name = rpc_cookie_dup_wallet_name (client->port);
  g_autofree char *path = g_build_filename (client->program->network_dir, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

/* The file of -rpccookiefile, else that of a wallet program at the same port, which is meant instead of the node's socket
 * then, else the node's. */
static void
find_cookie_file (CliClient *client)
{
  g_autofree char *of_wallet = dup_wallet_cookie (client);

  if (of_wallet != NULL && !client->must_use_socket)
    g_clear_pointer (&client->address, bus_address_free);
  client->cookie_file = common_program_dup_path (client->program, "rpccookiefile",
                                                 of_wallet != NULL && client->address == NULL ? of_wallet : ".cookie");
}

CliClient *
cli_client_new (const CommonProgram *program, GError **error)
{
  g_autoptr (CliClient) client = g_new0 (CliClient, 1);

  client->program = program;
  if (!find_socket (client, error) || !find_server (client, error))
    return NULL;
  find_cookie_file (client);
  return g_steal_pointer (&client);
}

void
cli_client_free (CliClient *client)
{
  if (client == NULL)
    return;
  g_free (client->host);
  g_free (client->cookie_file);
  bus_address_free (client->address);
  bus_tls_target_free (client->target);
  g_free (client);
}

/* "user:password"; *WHY becomes the explanation if the server rejects them. */
static char *
dup_credentials (const CliClient *client, const char **why)
{
  const CommonOptions *options = client->program->options;
  const char *password = common_options_get (options, "rpcpassword", "");
  char *cookie;

  if (*password != '\0') {
    *why = "Incorrect rpcuser or rpcpassword were specified.";
    return g_strconcat (common_options_get (options, "rpcuser", ""), ":", password, NULL);
  }
  if (client->cookie_file == NULL) {
    *why = "Cookie file was disabled via -norpccookiefile and no rpcpassword was specified.";
    return g_strdup ("");
  }
  cookie = rpc_cookie_read (client->cookie_file, NULL);
  *why = cookie != NULL ? "Cookie file credentials were invalid and no rpcpassword was specified."
                        : "Failed to read cookie file and no rpcpassword was specified.";
  return cookie != NULL ? cookie : g_strdup ("");
}

RpcJson *
cli_client_make_call (const char *method, RpcJson *params, RpcJson *id)
{
  RpcJson *call = rpc_json_new_object ();

  rpc_json_set (call, "method", rpc_json_new_string (method));
  rpc_json_set (call, "params", params);
  rpc_json_set (call, "id", id);
  rpc_json_set (call, "jsonrpc", rpc_json_new_string ("2.0"));
  return call;
}

static RpcJson *
read_reply (const CommonProgram *program, guint status, const char *text, const char *why, GError **error)
{
  RpcJson *reply;

  if (status == 401)
    return cli_fail (error, "Authorization failed: %s Configuration file: (%s)", why, program->conf_file);
  if (status == 503)
    return cli_fail (error, "Server response: %s", text);
  if (status >= 400 && status != 400 && status != 404 && status != 500)
    return cli_fail (error, "server returned HTTP error %u", status);
  if (*text == '\0')
    return cli_fail (error, "no response from server");
  reply = rpc_json_parse (text, strlen (text));
  if (reply == NULL)
    return cli_fail (error, "couldn't parse reply from server");
  if (rpc_json_type (reply) >= RPC_JSON_ARRAY && rpc_json_len (reply) > 0)
    return reply;
  rpc_json_unref (reply);
  return cli_fail (error, "expected reply to have result, error and id properties");
}

static RpcJson *
send_over_tcp (CliClient *client, const char *path, const char *body, GError **error)
{
  gint64 timeout_s = common_options_get_int (client->program->options, "rpcclienttimeout", DEFAULT_TIMEOUT_S);
  const char *why = NULL;
  g_autofree char *credentials = dup_credentials (client, &why), *text = NULL;
  CliHttpRequest request = { .host = client->host,
                             .port = client->port,
                             .path = path,
                             .credentials = credentials,
                             .body = body,
                             .timeout_s = (guint) CLAMP (timeout_s, 0, G_MAXINT) };
  g_autoptr (GError) problem = NULL;
  guint status = cli_http_post (&request, &text, &problem);

  if (status != 0)
    return read_reply (client->program, status, text, why, error);
  g_set_error (error, CLI_ERROR, CLI_ERROR_CONNECTION,
               "Error while attempting to communicate with server %s:%u (%s)\n\nMake sure the %s server is running and "
               "that you are connecting to the correct RPC port.\nUse \"%s -help\" for more info.",
               client->host, client->port, problem->message, cli_print_server (), cli_print_name ());
  return NULL;
}

static RpcJson *
send_over_socket (CliClient *client, CliIpc *ipc, const RpcJson *request, const char *wallet, GError **error)
{
  const char *why, *password = common_options_get (client->program->options, "rpcpassword", "");
  /* The cookie is that of a node of this machine. */
  g_autofree char *credentials
      = client->target != NULL && *password == '\0' ? g_strdup ("") : dup_credentials (client, &why);
  g_autoptr (RpcJson) replies = NULL;

  if (rpc_json_type (request) != RPC_JSON_ARRAY)
    return cli_ipc_call (ipc, request, wallet, credentials, error);
  replies = rpc_json_new_array ();
  for (gsize i = 0; i < rpc_json_len (request); i++) {
    RpcJson *reply = cli_ipc_call (ipc, rpc_json_at (request, i), wallet, credentials, error);

    if (reply == NULL)
      return NULL;
    rpc_json_append (replies, reply);
  }
  return g_steal_pointer (&replies);
}

static RpcJson *
send_once (CliClient *client, const Request *request, GError **error)
{
  const char *network = client->program->network->name;
  g_autoptr (GError) problem = NULL;
  g_autoptr (CliIpc) ipc
      = client->address != NULL ? cli_ipc_open (client->address, client->target, network, &problem) : NULL;
  g_autofree char *text = NULL;
  RpcJson *reply;

  if (ipc == NULL && !client->must_use_socket)
    return send_over_tcp (client, request->path, request->body, error);
  reply = ipc != NULL ? send_over_socket (client, ipc, request->json, request->wallet, &problem) : NULL;
  if (reply == NULL) {
    text = client->target != NULL ? bus_address_dup_text (client->address) : g_strdup (client->address->path);
    g_set_error (error, CLI_ERROR, CLI_ERROR_CONNECTION,
                 "Error while attempting to communicate with the node at %s (%s)\n\nMake sure that it is running with "
                 "-ipcbind.",
                 text, problem->message);
  }
  return reply;
}

gboolean
cli_is_error (const RpcJson *reply)
{
  return rpc_json_type (rpc_json_get (reply, "error")) != RPC_JSON_NULL;
}

static gboolean
is_warming_up (const RpcJson *reply)
{
  const RpcJson *call = rpc_json_type (reply) == RPC_JSON_ARRAY ? rpc_json_at (reply, 0) : reply;
  gint64 code;

  return rpc_json_int (rpc_json_get (rpc_json_get (call, "error"), "code"), &code) && code == RPC_IN_WARMUP;
}

/* The same with one kind of error for a node that is starting. */
static RpcJson *
send_and_check (CliClient *client, const Request *request, gboolean wait, GError **error)
{
  RpcJson *reply = send_once (client, request, error);

  if (reply == NULL || !wait || !is_warming_up (reply))
    return reply;
  rpc_json_unref (reply);
  g_set_error_literal (error, CLI_ERROR, CLI_ERROR_CONNECTION, "server in warmup");
  return NULL;
}

RpcJson *
cli_client_send (CliClient *client, const RpcJson *request, const char *wallet, GError **error)
{
  const CommonOptions *options = client->program->options;
  gboolean wait = common_options_get_bool (options, "rpcwait", FALSE);
  gint64 limit_s = common_options_get_int (options, "rpcwaittimeout", 0);
  gint64 until = limit_s > 0 ? g_get_monotonic_time () + MIN (limit_s, G_MAXINT) * G_USEC_PER_SEC : G_MAXINT64;
  g_autofree char *escaped = wallet != NULL ? g_uri_escape_string (wallet, NULL, FALSE) : NULL;
  g_autofree char *path = escaped != NULL ? g_strconcat ("/wallet/", escaped, NULL) : g_strdup ("/");
  g_autofree char *text = rpc_json_write (request, 0), *body = g_strconcat (text, "\n", NULL);
  const Request whole = { request, wallet, path, body };

  for (;;) {
    g_autoptr (GError) problem = NULL;
    RpcJson *reply = send_and_check (client, &whole, wait, &problem);

    if (reply != NULL)
      return reply;
    if (!wait || !g_error_matches (problem, CLI_ERROR, CLI_ERROR_CONNECTION) || g_get_monotonic_time () >= until) {
      if (wait && g_error_matches (problem, CLI_ERROR, CLI_ERROR_CONNECTION))
        g_prefix_error (&problem, "timeout on transient error: ");
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
    g_usleep (WAIT_US);
  }
}

RpcJson *
cli_client_call (CliClient *client, const char *method, RpcJson *params, const char *wallet, GError **error)
{
  RpcJson *id = rpc_json_new_string (common_options_get (client->program->options, "rpcid", "1"));
  g_autoptr (RpcJson) call = cli_client_make_call (method, params, id);

  return cli_client_send (client, call, wallet, error);
}
