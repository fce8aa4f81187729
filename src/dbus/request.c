#include "dbus/request.h"

#include "dbus/errors.h"
#include "dbus/init.h"
#include "dbus/names.h"

typedef struct {
  /* Of the message; 0: not sent. Set by GDBus before it sends: g_dbus_connection_get_last_serial() may already be that
   * of a later message of another thread, and Init1.Cancel would then cancel the wrong call or none. */
  volatile guint32 serial;
  char *reply;      /* the type of the results; NULL: any */
  GUnixFDList *fds; /* of the reply */
} OpenRequest;

static void
open_request_free (gpointer data)
{
  OpenRequest *request = data;

  g_clear_object (&request->fds);
  g_free (request->reply);
  g_free (request);
}

/* The results in MESSAGE, a tuple; NULL with ERROR if it is an error reply. */
static GVariant *
request_read_reply (OpenRequest *request, GDBusMessage *message, GError **error)
{
  GVariant *body = g_dbus_message_get_body (message);
  GUnixFDList *fds = g_dbus_message_get_unix_fd_list (message);
  g_autoptr (GVariant) results = NULL;

  if (g_dbus_message_to_gerror (message, error))
    return NULL;
  results = g_variant_ref_sink (body != NULL ? body : g_variant_new ("()"));
  if (request->reply != NULL && !g_variant_is_of_type (results, G_VARIANT_TYPE (request->reply))) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "the reply is of type %s, not %s",
                 g_variant_get_type_string (results), request->reply);
    return NULL;
  }
  g_set_object (&request->fds, fds);
  return g_steal_pointer (&results);
}

static void
on_request_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  GDBusConnection *connection = G_DBUS_CONNECTION (source);
  g_autoptr (GTask) task = data;
  OpenRequest *request = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GDBusMessage) message = g_dbus_connection_send_message_with_reply_finish (connection, result, &error);
  GVariant *answer = message != NULL ? request_read_reply (request, message, &error) : NULL;

  if (answer != NULL) {
    g_task_return_pointer (task, answer, (GDestroyNotify) g_variant_unref);
    return;
  }
  /* These two are local errors when there is no reply. */
  if (message == NULL && request->serial != 0
      && (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
          || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)))
    bus_init_cancel (connection, request->serial);
  if (message == NULL)
    bus_error_name_closed (&error);
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
  g_autoptr (GDBusMessage) message
      = g_dbus_message_new_method_call (NULL, request->path, request->interface, request->method);
  OpenRequest *pending = g_new0 (OpenRequest, 1);

  g_task_set_check_cancellable (task, FALSE); /* so that results that have arrived are not lost */
  g_task_set_task_data (task, pending, open_request_free);
  pending->reply = g_strdup (request->reply);
  g_dbus_message_set_body (message, args);
  if (request->fds != NULL)
    g_dbus_message_set_unix_fd_list (message, request->fds);
  g_dbus_connection_send_message_with_reply (connection, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                             request->timeout_ms >= 0 ? request->timeout_ms : BUS_CALL_TIMEOUT_MS,
                                             &pending->serial, request->cancellable, on_request_reply, task);
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
