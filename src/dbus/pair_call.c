#include "dbus/pair_call.h"

#include <string.h>

#include "dbus/bytes.h"
#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/pairing.h"
#include "dbus/tls_connector.h"

typedef struct {
  BusPairCode *code;
  guint8 own32[BUS_FINGERPRINT_LEN];
  char *own_role, *role, *network, *name;
  GDBusConnection *connection; /* NULL: not yet */
} PairCall;

static void
pair_call_free (gpointer data)
{
  PairCall *call = data;

  if (call->connection != NULL)
    g_dbus_connection_close (call->connection, NULL, NULL, NULL);
  g_clear_object (&call->connection);
  bus_pair_code_free (call->code);
  g_free (call->own_role);
  g_free (call->role);
  g_free (call->network);
  g_free (call->name);
  g_free (call);
}

static GTask *
pair_call_new (const BusPairCode *code,
               const guint8 *own32,
               const BusPairRequest *request,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  PairCall *call = g_new0 (PairCall, 1);

  call->code = common_secret_alloc (sizeof *call->code);
  *call->code = *code;
  memcpy (call->own32, own32, BUS_FINGERPRINT_LEN);
  call->own_role = g_strdup (request->own_role);
  call->role = g_strdup (request->role);
  call->network = g_strdup (request->network);
  call->name = g_strdup (request->name);
  g_task_set_task_data (task, call, pair_call_free);
  return task;
}

/* Takes ownership of ERROR. A program that does not expect to be paired closes the connection. */
static void
pair_call_fail (GTask *task, GError *error)
{
  bus_error_name_closed (&error);
  if (g_error_matches (error, BUS_ERROR, BUS_ERROR_DISCONNECTED)) {
    g_clear_error (&error);
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_REJECTED,
                                 "The other program does not accept this one. The code may have expired, or was used "
                                 "before. Ask for a new one.");
  }
  bus_error_strip (error);
  g_task_return_error (task, error);
}

/* Who shows a code has its secret: so nobody else can have paired with this program. */
static gboolean
pair_call_check (const PairCall *call, GVariant *answer, BusRoles *roles, GError **error)
{
  guint8 expected32[BUS_PAIR_PROOF_LEN];
  g_autoptr (GVariant) proof = NULL;
  const guint8 *bytes;
  const char *role;
  gsize len;

  g_variant_get (answer, "(&s@ay)", &role, &proof);
  bytes = g_variant_get_fixed_array (proof, &len, 1);
  bus_pair_code_prove (call->code, BUS_PAIR_SHOWER, call->own32, expected32);
  *roles = bus_role_from_name (role);
  if (len == sizeof expected32 && common_secret_equal (bytes, expected32, len) && *roles != 0)
    return TRUE;
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER,
                       "The other program could not prove that it has shown the code. Do not use it.");
  return FALSE;
}

static void
pair_call_on_paired (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  BusRoles roles;

  if (answer == NULL || !pair_call_check (g_task_get_task_data (task), answer, &roles, &error))
    pair_call_fail (task, error);
  else
    g_task_return_int (task, roles);
}

static void
pair_call_on_hello (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const PairCall *call = g_task_get_task_data (task);
  GDBusConnection *connection = G_DBUS_CONNECTION (source);
  guint8 proof32[BUS_PAIR_PROOF_LEN];
  GError *error = NULL;

  if (!bus_init_hello_finish (connection, result, &error)) {
    pair_call_fail (task, error);
    return;
  }
  bus_pair_code_prove (call->code, BUS_PAIR_READER, call->own32, proof32);
  g_dbus_connection_call (connection, NULL, BUS_PATH_ACCESS, "org.moneyrocket.Access1", "Pair",
                          g_variant_new ("(s@aya{sv})", call->name, bus_bytes_new (proof32, sizeof proof32), NULL),
                          G_VARIANT_TYPE ("(say)"), G_DBUS_CALL_FLAGS_NONE, BUS_CALL_TIMEOUT_MS,
                          g_task_get_cancellable (task), pair_call_on_paired, g_object_ref (task));
}

/* Takes ownership of TASK and CONNECTION. */
static void
pair_call_begin (GTask *task, GDBusConnection *connection)
{
  PairCall *call = g_task_get_task_data (task);

  call->connection = connection;
  g_dbus_connection_start_message_processing (connection);
  bus_init_hello_async (connection, call->own_role, call->role, call->network, BUS_CALL_TIMEOUT_MS,
                        g_task_get_cancellable (task), pair_call_on_hello, task);
}

static void
pair_call_on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const BusConnectionOptions options = { .peer = "program to pair with", .roles = BUS_ROLE_OBSERVE };
  GError *error = NULL;
  g_autoptr (GTlsConnection) tls = bus_tls_connector_open_finish (result, &error);
  GDBusConnection *connection = tls != NULL ? bus_connection_new_tls (tls, &options, &error) : NULL;

  if (connection != NULL)
    pair_call_begin (g_steal_pointer (&task), connection);
  else
    pair_call_fail (task, error);
}

void
bus_pair_over_async (GDBusConnection *connection,
                     const BusPairCode *code,
                     const guint8 own32[BUS_FINGERPRINT_LEN],
                     const BusPairRequest *request,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data)
{
  pair_call_begin (pair_call_new (code, own32, request, cancellable, callback, data), g_object_ref (connection));
}

void
bus_pair_async (const BusAddress *address,
                const BusPairCode *code,
                GTlsCertificate *own,
                const BusPairRequest *request,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer data)
{
  BusTlsTarget target = { .certificate = own };
  guint8 own32[BUS_FINGERPRINT_LEN];

  g_return_if_fail (address->kind == BUS_ADDRESS_TLS && bus_pairing_name_is_valid (request->name));

  bus_identity_get_fingerprint (own, own32);
  memcpy (target.server32, code->fingerprint32, BUS_FINGERPRINT_LEN);
  bus_tls_connector_open_async (address->host, address->port, &target, BUS_CALL_TIMEOUT_MS, cancellable,
                                pair_call_on_opened, pair_call_new (code, own32, request, cancellable, callback, data));
}

gboolean
bus_pair_finish (GAsyncResult *result, BusRoles *roles, GError **error)
{
  gssize value = g_task_propagate_int (G_TASK (result), error);

  *roles = value > 0 ? (BusRoles) value : 0;
  return value > 0;
}
