#include "dbus/init.h"

#include <fcntl.h>
#include <unistd.h>

#include "config.h"
#include "dbus/confinement.h"
#include "dbus/errors.h"
#include "dbus/guard.h"
#include "dbus/names.h"

static void
reply_not_supported (GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error
      = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_SUPPORTED, "only the program that started this one may do that");

  bus_error_reply (invocation, error);
}

static gboolean
on_hello (BusInit1 *object,
          GDBusMethodInvocation *invocation,
          guint protocol,
          const char *version,
          const char *network,
          GVariant *options,
          gpointer data)
{
  const BusInit *init = data;
  g_autoptr (GError) error = NULL;

  if (!bus_guard_check_hello (protocol, network, init->network, &error))
    bus_error_reply (invocation, error);
  else
    bus_init1_complete_hello (object, invocation, BUS_PROTOCOL_VERSION, MONEYROCKET_VERSION, init->role, init->network);
  return TRUE;
}

static gboolean
on_attach_peer (BusInit1 *object,
                GDBusMethodInvocation *invocation,
                GUnixFDList *fds,
                const char *role,
                GVariant *socket,
                GVariant *options,
                gpointer data)
{
  const BusInit *init = data;
  g_autoptr (GError) error = NULL;
  gint32 handle = g_variant_get_handle (socket);
  int fd;

  if (init->attach_peer == NULL) {
    reply_not_supported (invocation);
    return TRUE;
  }
  if (fds == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (fds)) {
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the message lacks its descriptor");
    bus_error_reply (invocation, error);
    return TRUE;
  }
  if (!g_str_equal (role, "node") && !g_str_equal (role, "wallet")) {
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the role is \"node\" or \"wallet\"");
    bus_error_reply (invocation, error);
    return TRUE;
  }
  fd = g_unix_fd_list_get (fds, handle, &error);
  if (fd < 0) {
    bus_error_reply (invocation, error);
    return TRUE;
  }
  init->attach_peer (init->data, role, fd);
  bus_init1_complete_attach_peer (object, invocation, NULL);
  return TRUE;
}

static gboolean
on_shutdown (BusInit1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  const BusInit *init = data;

  if (init->shutdown == NULL) {
    reply_not_supported (invocation);
    return TRUE;
  }
  bus_init1_complete_shutdown (object, invocation);
  init->shutdown (init->data);
  return TRUE;
}

BusInit1Skeleton *
bus_init_export (GDBusConnection *connection, const BusInit *init, GError **error)
{
  g_autoptr (BusInit1) skeleton = bus_init1_skeleton_new ();
  g_autofree const char **confinement = bus_confinement_dup_list ();
  BusInit *copy = g_memdup2 (init, sizeof *init);

  bus_init1_set_version (skeleton, MONEYROCKET_VERSION);
  bus_init1_set_confinement (skeleton, confinement);
  g_object_set_data_full (G_OBJECT (skeleton), "init", copy, g_free);
  g_signal_connect (skeleton, "handle-hello", G_CALLBACK (on_hello), copy);
  g_signal_connect (skeleton, "handle-attach-peer", G_CALLBACK (on_attach_peer), copy);
  g_signal_connect (skeleton, "handle-shutdown", G_CALLBACK (on_shutdown), copy);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (skeleton), connection, BUS_PATH_INIT, error))
    return NULL;
  return BUS_INIT1_SKELETON (g_steal_pointer (&skeleton));
}

static gboolean
check_answer (GVariant *answer, const char *expected_role, const char *network, GError **error)
{
  const char *role, *other_network;
  guint32 protocol;

  g_variant_get (answer, "(u&s&s&s)", &protocol, NULL, &role, &other_network);
  if (!bus_guard_check_hello (protocol, other_network, network, error))
    return FALSE;
  if (!g_str_equal (role, expected_role)) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_FAILED, "the program is \"%s\", not \"%s\"", role, expected_role);
    return FALSE;
  }
  return TRUE;
}

typedef struct {
  char *role;
  char *network;
} Expected;

static void
expected_free (gpointer data)
{
  Expected *expected = data;

  g_free (expected->role);
  g_free (expected->network);
  g_free (expected);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Expected *expected = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL || !check_answer (answer, expected->role, expected->network, &error)) {
    bus_error_strip (error);
    g_task_return_error (task, g_steal_pointer (&error));
  } else
    g_task_return_boolean (task, TRUE);
}

void
bus_init_hello_async (GDBusConnection *connection,
                      const char *role,
                      const char *network,
                      int timeout_ms,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  GTask *task = g_task_new (connection, cancellable, callback, data);
  Expected *expected = g_new (Expected, 1);
  GVariantDict options = G_VARIANT_DICT_INIT (NULL);

  (void) BUS_ERROR; /* registers the names, so that the answer's error is recognised */
  *expected = (Expected){ .role = g_strdup (role), .network = g_strdup (network) };
  g_task_set_task_data (task, expected, expected_free);
  g_dbus_connection_call (connection, NULL, BUS_PATH_INIT, "org.moneyrocket.Init1", "Hello",
                          g_variant_new ("(uss@a{sv})", (guint32) BUS_PROTOCOL_VERSION, MONEYROCKET_VERSION, network,
                                         g_variant_dict_end (&options)),
                          G_VARIANT_TYPE ("(usss)"), G_DBUS_CALL_FLAGS_NONE, timeout_ms, cancellable, on_answer, task);
}

gboolean
bus_init_hello_finish (GDBusConnection *connection, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
