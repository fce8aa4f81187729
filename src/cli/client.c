#include "cli/client.h"

#include <string.h>

#include "bitcoin/primitives/network.h"
#include "cli/http.h"
#include "rpc/cookie.h"
#include "rpc/handler.h"

#define DEFAULT_TIMEOUT_S 900
#define WAIT_US (G_USEC_PER_SEC)

G_DEFINE_QUARK (cli_error, cli_error)

static gpointer client_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gpointer
client_fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  *error = g_error_new_valist (CLI_ERROR, CLI_ERROR_OTHER, format, args);
  va_end (args);
  return NULL;
}

/* -rpcport, else the port in -rpcconnect, else the network's. */
static gboolean
find_server (const CommonProgram *program, char **host, guint16 *port, GError **error)
{
  const char *connect = common_options_get (program->options, "rpcconnect", "127.0.0.1");
  const char *given = common_options_get (program->options, "rpcport", NULL);
  const BtcNetworkInfo *network = btc_network_by_name (program->network->name);
  g_autoptr (GSocketConnectable) address = g_network_address_parse (connect, network->rpc_port, NULL);
  guint64 number;

  if (address == NULL) {
    client_fail (error, "Invalid port provided in -rpcconnect: %s", connect);
    return FALSE;
  }
  *host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
  *port = g_network_address_get_port (G_NETWORK_ADDRESS (address));
  if (given == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (given, 10, 1, G_MAXUINT16, &number, NULL)) {
    client_fail (error, "Invalid port provided in -rpcport: %s", given);
    return FALSE;
  }
  *port = (guint16) number;
  return TRUE;
}

/* "user:password"; *WHY becomes the explanation if the server rejects them. */
static char *
dup_credentials (const CommonProgram *program, const char **why)
{
  const char *password = common_options_get (program->options, "rpcpassword", "");
  g_autofree char *path = common_program_dup_path (program, "rpccookiefile", ".cookie");
  char *cookie;

  if (*password != '\0') {
    *why = "Incorrect rpcuser or rpcpassword were specified.";
    return g_strconcat (common_options_get (program->options, "rpcuser", ""), ":", password, NULL);
  }
  if (path == NULL) {
    *why = "Cookie file was disabled via -norpccookiefile and no rpcpassword was specified.";
    return g_strdup ("");
  }
  cookie = rpc_cookie_read (path, NULL);
  *why = cookie != NULL ? "Cookie file credentials were invalid and no rpcpassword was specified."
                        : "Failed to read cookie file and no rpcpassword was specified.";
  return cookie != NULL ? cookie : g_strdup ("");
}

static char *
make_body (const char *method, RpcJson *params)
{
  g_autoptr (RpcJson) body = rpc_json_new_object ();

  rpc_json_set (body, "method", rpc_json_new_string (method));
  rpc_json_set (body, "params", rpc_json_ref (params));
  rpc_json_set (body, "id", rpc_json_new_int (1));
  return rpc_json_write (body, 0);
}

static RpcJson *
read_reply (const CommonProgram *program, guint status, const char *text, const char *why, GError **error)
{
  RpcJson *reply;

  if (status == 401)
    return client_fail (error, "Authorization failed: %s Configuration file: (%s)", why, program->conf_file);
  if (status == 503)
    return client_fail (error, "Server response: %s", text);
  if (status >= 400 && status != 400 && status != 404 && status != 500)
    return client_fail (error, "server returned HTTP error %u", status);
  if (*text == '\0')
    return client_fail (error, "no response from server");
  reply = rpc_json_parse (text, strlen (text));
  if (reply == NULL)
    return client_fail (error, "couldn't parse reply from server");
  if (rpc_json_type (reply) == RPC_JSON_OBJECT)
    return reply;
  rpc_json_unref (reply);
  return client_fail (error, "expected reply to have result, error and id properties");
}

RpcJson *
cli_client_call (const CommonProgram *program, const char *method, RpcJson *params, const char *wallet, GError **error)
{
  gint64 timeout = common_options_get_int (program->options, "rpcclienttimeout", DEFAULT_TIMEOUT_S);
  g_autofree char *host = NULL, *text = NULL,
                  *escaped = wallet != NULL ? g_uri_escape_string (wallet, NULL, FALSE) : NULL;
  g_autofree char *path = escaped != NULL ? g_strconcat ("/wallet/", escaped, NULL) : g_strdup ("/");
  g_autofree char *body = make_body (method, params), *credentials = NULL;
  CliHttpRequest request = { .path = path, .body = body, .timeout_s = timeout > 0 ? (guint) timeout : 0 };
  g_autoptr (GError) problem = NULL;
  const char *why = NULL;
  guint status;

  if (!find_server (program, &host, &request.port, error))
    return NULL;
  credentials = dup_credentials (program, &why);
  request.host = host;
  request.credentials = credentials;
  status = cli_http_post (&request, &text, &problem);
  if (status != 0)
    return read_reply (program, status, text, why, error);
  g_set_error (error, CLI_ERROR, CLI_ERROR_CONNECTION,
               "Error while attempting to communicate with server %s:%u (%s)\n\nMake sure the node is running and "
               "that you are connecting to the correct RPC port.\nUse \"moneyrocket-cli -help\" for more info.",
               host, request.port, problem->message);
  return NULL;
}

static gboolean
is_warming_up (const RpcJson *reply)
{
  gint64 code;
  return rpc_json_int (rpc_json_get (rpc_json_get (reply, "error"), "code"), &code) && code == RPC_IN_WARMUP;
}

/* Whether a retry may succeed: the node does not listen, or its cookie does not exist yet. */
static gboolean
is_transient (const GError *error)
{
  return g_error_matches (error, CLI_ERROR, CLI_ERROR_CONNECTION);
}

RpcJson *
cli_client_call_waiting (const CommonProgram *program,
                         const char *method,
                         RpcJson *params,
                         const char *wallet,
                         GError **error)
{
  gboolean wait = common_options_get_bool (program->options, "rpcwait", FALSE);
  gint64 limit_s = common_options_get_int (program->options, "rpcwaittimeout", 0);
  gint64 until = limit_s > 0 ? g_get_monotonic_time () + limit_s * G_USEC_PER_SEC : G_MAXINT64;

  for (;;) {
    g_autoptr (GError) problem = NULL;
    RpcJson *reply = cli_client_call (program, method, params, wallet, &problem);
    gboolean again = wait && (reply != NULL ? is_warming_up (reply) : is_transient (problem));

    if (!again || g_get_monotonic_time () >= until) {
      if (again && reply == NULL)
        g_prefix_error (&problem, "timeout on transient error: ");
      if (reply == NULL)
        g_propagate_error (error, g_steal_pointer (&problem));
      return reply;
    }
    rpc_json_unref (reply);
    g_usleep (WAIT_US);
  }
}
