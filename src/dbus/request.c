#include "dbus/request.h"

#include "dbus/init.h"
#include "dbus/names.h"

typedef struct {
  guint32 serial;   /* 0: not sent */
  GUnixFDList *fds; /* that came with the results */
} OpenRequest;

static void
open_request_free (gpointer data)
{
  OpenRequest *request = data;

  g_clear_object (&request->fds);
  g_free (request);
}

static void
on_request_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  GDBusConnection *connection = G_DBUS_CONNECTION (source);
  g_autoptr (GTask) task = data;
  OpenRequest *request = g_task_get_task_data (task);
  GError *error = NULL;
  GVariant *answer = g_dbus_connection_call_with_unix_fd_list_finish (connection, &request->fds, result, &error);

  if (answer != NULL) {
    g_task_return_pointer (task, answer, (GDestroyNotify) g_variant_unref);
    return;
  }
  /* These two are local errors: one of the other end would be a BUS_ERROR. */
  if (request->serial != 0
      && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
          || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)))
    bus_init_cancel (connection, request->serial);
  g_task_return_error (task, error);
}

void
bus_request_async (GDBusConnection *connection,
                   const BusRequest *request,
                   GVariant *args,
                   GAsyncReadyCallback callback,
                   gpointer data)
{
  GTask *task = g_task_new (connection, request->cancellable, callback, data);
  g_autoptr (GVariant) owned = g_variant_ref_sink (args);
  OpenRequest *pending = g_new0 (OpenRequest, 1);
  guint32 last;

  g_task_set_check_cancellable (task, FALSE); /* so that results that arrived are not lost */
  g_task_set_task_data (task, pending, open_request_free);
  last = g_dbus_connection_get_last_serial (connection);
  g_dbus_connection_call_with_unix_fd_list (connection, NULL, request->path, request->interface, request->method, owned,
                                            request->reply != NULL ? G_VARIANT_TYPE (request->reply) : NULL,
                                            G_DBUS_CALL_FLAGS_NONE,
                                            request->timeout_ms >= 0 ? request->timeout_ms : BUS_CALL_TIMEOUT_MS, NULL,
                                            request->cancellable, on_request_answered, task);
  /* That of an earlier call when this one was not sent. */
  if (g_dbus_connection_get_last_serial (connection) != last)
    pending->serial = g_dbus_connection_get_last_serial (connection);
}

GVariant *
bus_request_finish (GDBusConnection *connection, GAsyncResult *result, GUnixFDList **fds, GError **error)
{
  const OpenRequest *request = g_task_get_task_data (G_TASK (result));
  GVariant *answer = g_task_propagate_pointer (G_TASK (result), error);

  g_return_val_if_fail (g_task_is_valid (result, connection), NULL);
  if (fds != NULL)
    *fds = answer != NULL && request->fds != NULL ? g_object_ref (request->fds) : NULL;
  return answer;
}
