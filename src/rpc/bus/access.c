#include "rpc/bus/access.h"

#include <string.h>

#include "common/hex.h"
#include "dbus/errors.h"

#define CATEGORY "Programs"

/* Takes ownership of TASK and RESULT. */
static void
rpc_access_return (GTask *task, RpcJson *result)
{
  g_task_return_pointer (task, result, (GDestroyNotify) rpc_json_unref);
  g_object_unref (task);
}

/* Takes ownership of TASK, but not of FAILURE. */
static void
rpc_access_fail (GTask *task, const GError *failure)
{
  gboolean is_argument = g_error_matches (failure, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT)
                         || g_error_matches (failure, BUS_ERROR, BUS_ERROR_INVALID_NAME)
                         || g_error_matches (failure, BUS_ERROR, BUS_ERROR_NOT_FOUND);

  g_task_return_new_error (task, RPC_ERROR, is_argument ? RPC_INVALID_PARAMETER : RPC_MISC_ERROR, "%s",
                           failure->message);
  g_object_unref (task);
}

static void
rpc_access_on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (bus_pairings_save_finish (result, &error))
    rpc_access_return (data, rpc_json_new_null ());
  else
    rpc_access_fail (data, error);
}

/* ---- lists ---- */

static RpcJson *
rpc_access_make_fingerprint (const guint8 *fingerprint32)
{
  g_autofree char *hex = common_hex_encode (fingerprint32, BUS_FINGERPRINT_LEN);

  return rpc_json_new_string (hex);
}

static RpcJson *
rpc_access_make_client (BusAccess *access, BusClient *client)
{
  const guint8 *fingerprint32 = bus_client_get_fingerprint (client);
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "number", rpc_json_new_int ((gint64) bus_client_get_number (client)));
  rpc_json_set (json, "address", rpc_json_new_string (fingerprint32 != NULL ? "tls" : "unix"));
  rpc_json_set (json, "program", rpc_json_new_string (bus_client_get_program (client)));
  rpc_json_set (json, "name", rpc_json_new_string (bus_access_get_client_name (access, client)));
  rpc_json_set (json, "version", rpc_json_new_string (bus_client_get_version (client)));
  rpc_json_set (json, "role", rpc_json_new_string (bus_roles_get_name (bus_client_get_roles (client))));
  rpc_json_set (json, "since", rpc_json_new_int (bus_client_get_since (client)));
  if (fingerprint32 != NULL)
    rpc_json_set (json, "fingerprint", rpc_access_make_fingerprint (fingerprint32));
  return json;
}

static void
wait_listipcclients (RpcCall *call, GTask *task)
{
  BusAccess *access = call->user_data;
  const GPtrArray *clients = bus_access_get_clients (access);
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; clients != NULL && i < clients->len; i++)
    if (!bus_client_is_inspector (clients->pdata[i]))
      rpc_json_append (list, rpc_access_make_client (access, clients->pdata[i]));
  rpc_access_return (task, list);
}

static gboolean
rpc_access_is_connected (BusAccess *access, const BusPairing *pairing)
{
  const GPtrArray *clients = bus_access_get_clients (access);

  for (guint i = 0; clients != NULL && i < clients->len; i++) {
    const guint8 *fingerprint32 = bus_client_get_fingerprint (clients->pdata[i]);

    if (fingerprint32 != NULL && memcmp (fingerprint32, pairing->fingerprint32, BUS_FINGERPRINT_LEN) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
wait_listipcpairings (RpcCall *call, GTask *task)
{
  BusAccess *access = call->user_data;
  const GPtrArray *pairings = bus_access_get_pairings (access);
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < pairings->len; i++) {
    const BusPairing *pairing = pairings->pdata[i];
    RpcJson *json = rpc_json_new_object ();

    rpc_json_set (json, "fingerprint", rpc_access_make_fingerprint (pairing->fingerprint32));
    rpc_json_set (json, "name", rpc_json_new_string (pairing->name));
    rpc_json_set (json, "role", rpc_json_new_string (bus_roles_get_name (pairing->roles)));
    rpc_json_set (json, "since", rpc_json_new_int (pairing->since_s));
    if (pairing->seen_s != 0)
      rpc_json_set (json, "seen", rpc_json_new_int (pairing->seen_s));
    rpc_json_set (json, "connected", rpc_json_new_bool (rpc_access_is_connected (access, pairing)));
    rpc_json_append (list, json);
  }
  rpc_access_return (task, list);
}

/* ---- the code ---- */

static void
wait_createipcpairing (RpcCall *call, GTask *task)
{
  guint seconds;
  g_autoptr (GError) error = NULL;
  g_autoptr (CommonSecret) code = bus_access_invite (call->user_data, rpc_call_string (call, 0), &seconds, &error);
  RpcJson *json;

  if (code == NULL) {
    rpc_access_fail (task, error);
    return;
  }
  json = rpc_json_new_object ();
  rpc_json_set (json, "code", rpc_json_new_string ((const char *) code->data));
  rpc_json_set (json, "seconds", rpc_json_new_int (seconds));
  rpc_access_return (task, json);
}

static void
wait_cancelipcpairing (RpcCall *call, GTask *task)
{
  rpc_access_return (task, rpc_json_new_bool (bus_access_cancel_invitation (call->user_data)));
}

/* ---- one pairing ---- */

/* The first argument. Otherwise returns an error to TASK, taking ownership of it. */
static gboolean
rpc_access_get_fingerprint (RpcCall *call, GTask *task, guint8 *fingerprint32)
{
  if (common_hex_decode (rpc_call_string (call, 0), fingerprint32, BUS_FINGERPRINT_LEN))
    return TRUE;
  g_task_return_new_error (task, RPC_ERROR, RPC_INVALID_PARAMETER,
                           "The fingerprint must have 64 hex digits. See listipcpairings.");
  g_object_unref (task);
  return FALSE;
}

static void
wait_renameipcclient (RpcCall *call, GTask *task)
{
  guint8 fingerprint32[BUS_FINGERPRINT_LEN];
  g_autoptr (GError) error = NULL;

  if (!rpc_access_get_fingerprint (call, task, fingerprint32))
    return;
  if (bus_access_rename (call->user_data, fingerprint32, rpc_call_string (call, 1), &error))
    bus_access_save_async (call->user_data, rpc_access_on_saved, task);
  else
    rpc_access_fail (task, error);
}

static void
wait_revokeipcclient (RpcCall *call, GTask *task)
{
  guint8 fingerprint32[BUS_FINGERPRINT_LEN];
  g_autoptr (GError) error = NULL;

  if (!rpc_access_get_fingerprint (call, task, fingerprint32))
    return;
  if (bus_access_revoke (call->user_data, fingerprint32, &error))
    bus_access_save_async (call->user_data, rpc_access_on_saved, task);
  else
    rpc_access_fail (task, error);
}

#define FINGERPRINT_ARG                                                                                                \
  {                                                                                                                    \
    "fingerprint", RPC_ARG_STRING, TRUE, "The fingerprint of a paired program, see listipcpairings"                    \
  }

static const RpcMethod methods[] = {
  { CATEGORY, "listipcclients", NULL,
    "Returns the programs that are connected at the addresses of -ipcbind, in the order of their connection. The name "
    "is that of the pairing, or what the program says itself.",
    .run = RPC_RUN_DEFERRED, .wait = wait_listipcclients,
    .result
    = "[{number: num, address: str, program: str, name: str, version: str, role: str, since: time, fingerprint?: "
      "hex}]" },
  { CATEGORY, "listipcpairings", NULL,
    "Returns the programs of other machines that are paired with this one, what they may do, and when they were last "
    "seen.",
    .run = RPC_RUN_DEFERRED, .wait = wait_listipcpairings,
    .result = "[{fingerprint: hex, name: str, role: str, since: time, seen?: time, connected: bool}]" },
  { CATEGORY,
    "createipcpairing",
    NULL,
    "Makes a code with which one program of another machine can be paired with this one, within as many seconds as "
    "returned. It replaces an earlier code. Show it only to the person who is to enter it.",
    { { "role", RPC_ARG_STRING, TRUE,
        "What the program may do: \"observe\", \"operate\" (everything) or \"wallet\" at a node, \"observe\" or "
        "\"spend\" (everything) at a wallet" } },
    .run = RPC_RUN_DEFERRED,
    .wait = wait_createipcpairing,
    .result = "{code: str, seconds: num}" },
  { CATEGORY, "cancelipcpairing", NULL, "Makes the code useless. The result is whether there was one.",
    .run = RPC_RUN_DEFERRED, .wait = wait_cancelipcpairing, .result = "bool" },
  { CATEGORY,
    "renameipcclient",
    NULL,
    "Gives a paired program another name.",
    { FINGERPRINT_ARG, { "name", RPC_ARG_STRING, TRUE, "Its new name, of at most 64 bytes" } },
    .run = RPC_RUN_DEFERRED,
    .wait = wait_renameipcclient },
  { CATEGORY,
    "revokeipcclient",
    NULL,
    "Ends the pairing with a program: its connections are closed, and it is not accepted any more.",
    { FINGERPRINT_ARG },
    .run = RPC_RUN_DEFERRED,
    .wait = wait_revokeipcclient },
};

void
rpc_bus_add_access (RpcTable *table, BusAccess *access)
{
  rpc_table_add_for (table, methods, G_N_ELEMENTS (methods), access);
}
