#include "gui/clients/operation.h"

#include "bus-generated.h"
#include "dbus/errors.h"
#include "dbus/names.h"

typedef struct {
  BusOperation1 *proxy;
  gulong finished_handler;
  gulong closed_handler;
  gulong cancelled_handler;
} Wait;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_clear_object (&wait->proxy);
  g_free (wait);
}

/* Completes TASK once: at the first of the signal, the property, or the end of the connection. */
static gboolean
disarm (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (g_task_get_completed (task) || wait->finished_handler == 0)
    return FALSE;
  g_signal_handler_disconnect (wait->proxy, wait->finished_handler);
  wait->finished_handler = 0;
  g_signal_handler_disconnect (g_dbus_proxy_get_connection (G_DBUS_PROXY (wait->proxy)), wait->closed_handler);
  if (wait->cancelled_handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), wait->cancelled_handler);
  return TRUE;
}

/* An outcome has either a result or an error. */
static void
operation_wait_finish (GTask *task, GVariant *outcome)
{
  g_autoptr (GTask) keep = g_object_ref (task);
  g_autoptr (GVariant) result = NULL;
  const char *name, *message = "";

  if (!disarm (task))
    return;
  result = g_variant_lookup_value (outcome, "result", G_VARIANT_TYPE_VARDICT);
  if (g_variant_lookup (outcome, "error", "&s", &name)) {
    g_variant_lookup (outcome, "message", "&s", &message);
    g_task_return_error (task, bus_error_new_for_name (name, message));
  } else if (result != NULL) {
    g_task_return_pointer (task, g_steal_pointer (&result), (GDestroyNotify) g_variant_unref);
  } else {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The value of Operation1.Outcome is invalid.");
  }
}

static void
operation_finished_cb (BusOperation1 *proxy, GVariant *outcome, GTask *task)
{
  operation_wait_finish (task, outcome);
}

static void
closed_cb (GDBusConnection *connection, gboolean remote_vanished, GError *error, GTask *task)
{
  g_autoptr (GTask) keep = g_object_ref (task);

  if (disarm (task))
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_DISCONNECTED, "the connection was closed");
}

static gboolean
cancelled_idle (gpointer data)
{
  GTask *task = data;
  Wait *wait = g_task_get_task_data (task);

  if (disarm (task)) {
    bus_operation1_call_cancel (wait->proxy, g_variant_new ("a{sv}", NULL), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL,
                                NULL);
    g_task_return_error_if_cancelled (task);
  }
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, GTask *task)
{
  /* A handler of a cancellable must not be disconnected from within the handler. */
  g_idle_add_full (G_PRIORITY_DEFAULT, cancelled_idle, g_object_ref (task), g_object_unref);
}

static void
unref_closure (gpointer data, GClosure *closure)
{
  g_object_unref (data);
}

static void
operation_proxy_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  Wait *wait = g_task_get_task_data (task);
  GError *error = NULL;
  GVariant *outcome;

  wait->proxy = bus_operation1_proxy_new_finish (result, &error);
  if (wait->proxy == NULL) {
    g_task_return_error (task, error);
    return;
  }
  wait->finished_handler = g_signal_connect_data (wait->proxy, "finished", G_CALLBACK (operation_finished_cb),
                                                  g_object_ref (task), unref_closure, 0);
  wait->closed_handler = g_signal_connect_data (g_dbus_proxy_get_connection (G_DBUS_PROXY (wait->proxy)), "closed",
                                                G_CALLBACK (closed_cb), g_object_ref (task), unref_closure, 0);
  if (cancellable != NULL)
    wait->cancelled_handler = g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (cancelled_cb),
                                                     g_object_ref (task), unref_closure, 0);
  if (g_cancellable_is_cancelled (cancellable))
    cancelled_cb (cancellable, task);

  outcome = bus_operation1_get_outcome (wait->proxy);
  if (bus_operation1_get_done (wait->proxy) && outcome != NULL)
    operation_wait_finish (task, outcome);
}

void
gui_operation_wait_async (GDBusConnection *connection,
                          const char *path,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
  GTask *task;

  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));
  g_return_if_fail (g_variant_is_object_path (path));

  task = g_task_new (NULL, cancellable, callback, data);
  g_task_set_task_data (task, g_new0 (Wait, 1), wait_free);
  /* Not cancellable: the operation must still be asked to stop. */
  bus_operation1_proxy_new (connection, G_DBUS_PROXY_FLAGS_NONE, NULL, path, NULL, operation_proxy_cb, task);
}

GVariant *
gui_operation_wait_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
