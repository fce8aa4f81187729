#include "cli/ipc.h"

#include <string.h>

#include "dbus/connect.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/request.h"

#define OPEN_TIMEOUT_MS 5000
#define OPEN_TLS_TIMEOUT_MS 30000
/* Some methods wait for a block or read the whole chain. */
#define CALL_TIMEOUT_MS (24 * 60 * 60 * 1000)

struct _CliIpc {
  GDBusConnection *connection;
};

static void
ipc_on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
ipc_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static GDBusConnection *
ipc_connect (const BusAddress *address, const BusTlsTarget *target, GError **error)
{
  const BusConnectionOptions options = { .peer = "node" };
  guint timeout_ms = address->kind == BUS_ADDRESS_TLS ? OPEN_TLS_TIMEOUT_MS : OPEN_TIMEOUT_MS;
  g_autoptr (GAsyncResult) result = NULL;

  bus_connect_async (address, target, &options, timeout_ms, NULL, ipc_on_result, &result);
  ipc_wait (&result);
  return bus_connect_finish (result, error);
}

CliIpc *
cli_ipc_open (const BusAddress *address, const BusTlsTarget *target, const char *network, GError **error)
{
  g_autoptr (GDBusConnection) connection = ipc_connect (address, target, error);
  g_autoptr (GAsyncResult) result = NULL;
  CliIpc *ipc;

  if (connection == NULL)
    return NULL;
  g_dbus_connection_start_message_processing (connection);
  bus_init_hello_async (connection, "cli", "node", network, OPEN_TIMEOUT_MS, NULL, ipc_on_result, &result);
  ipc_wait (&result);
  if (!bus_init_hello_finish (connection, result, error))
    return NULL;
  ipc = g_new0 (CliIpc, 1);
  ipc->connection = g_steal_pointer (&connection);
  return ipc;
}

void
cli_ipc_close (CliIpc *ipc)
{
  if (ipc == NULL)
    return;
  g_object_unref (ipc->connection);
  g_free (ipc);
}

static GVariant *
ipc_dup_options (const char *wallet, const char *credentials)
{
  g_autofree char *encoded = g_base64_encode ((const guint8 *) credentials, strlen (credentials));
  g_autofree char *authorization = g_strconcat ("Basic ", encoded, NULL);
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  if (wallet != NULL)
    g_variant_dict_insert (&options, "wallet", "s", wallet);
  if (*credentials != '\0')
    g_variant_dict_insert (&options, "authorization", "s", authorization);
  return g_variant_dict_end (&options);
}

static RpcJson *
ipc_make_error (gint32 code, const char *message)
{
  RpcJson *error = rpc_json_new_object ();

  rpc_json_set (error, "code", rpc_json_new_int (code));
  rpc_json_set (error, "message", rpc_json_new_string (message));
  return error;
}

/* ANSWER: the result as JSON, or the message of an error whose code is in its details. */
static RpcJson *
ipc_make_reply (const RpcJson *call, GVariant *answer)
{
  g_autoptr (GVariant) details = NULL;
  RpcJson *reply = rpc_json_new_object (), *id = rpc_json_get (call, "id"), *value;
  const char *text;
  gint32 code;

  g_variant_get (answer, "(&s@a{sv})", &text, &details);
  if (g_variant_lookup (details, "code", "i", &code)) {
    rpc_json_set (reply, "result", rpc_json_new_null ());
    rpc_json_set (reply, "error", ipc_make_error (code, text));
  } else {
    value = rpc_json_parse (text, strlen (text));
    rpc_json_set (reply, "result", value != NULL ? value : rpc_json_new_null ());
    rpc_json_set (reply, "error", rpc_json_new_null ());
  }
  rpc_json_set (reply, "id", id != NULL ? rpc_json_ref (id) : rpc_json_new_null ());
  return reply;
}

RpcJson *
cli_ipc_call (CliIpc *ipc, const RpcJson *call, const char *wallet, const char *credentials, GError **error)
{
  const BusRequest request = { BUS_PATH_RPC, "org.moneyrocket.Rpc1", "Execute", "(sa{sv})", CALL_TIMEOUT_MS, NULL };
  const RpcJson *given = rpc_json_get (call, "params");
  g_autofree char *params = rpc_json_type (given) != RPC_JSON_NULL ? rpc_json_write (given, 0) : g_strdup ("[]");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) answer = NULL;

  bus_request_async (ipc->connection, &request,
                     g_variant_new ("(ss@a{sv})", rpc_json_string (rpc_json_get (call, "method")), params,
                                    ipc_dup_options (wallet, credentials)),
                     ipc_on_result, &result);
  ipc_wait (&result);
  answer = bus_request_finish (ipc->connection, result, NULL, error);
  if (answer == NULL) {
    if (error != NULL)
      bus_error_strip (*error);
    return NULL;
  }
  return ipc_make_reply (call, answer);
}
