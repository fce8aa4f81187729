#include "gui/clients/client.h"

#include "dbus/request.h"
#include "gui/clients/bounds.h"
#include "gui/clients/operation.h"

#define MAX_LABEL_BYTES 1024 /* of a label in a wallet */

/* Correct workers emit signals at most ten times a second. */
#define NEWS_MS 50
/* Including the name that GDBus adds at the beginning. */
#define MAX_ERROR_LEN (256 + GUI_BOUNDS_MAX_SENTENCE)

typedef struct {
  GDBusProxy *proxy;         /* NULL: not online */
  GCancellable *cancellable; /* until the client is detached */
  guint news_source;
} GuiClientPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GuiClient, gui_client, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, SIGNAL_WRONG, N_SIGNALS };

static guint signals[N_SIGNALS];

static GuiClientPrivate *
get_private (GuiClient *self)
{
  return gui_client_get_instance_private (self);
}

static void
client_take_changes (GuiClient *self)
{
  GuiClientClass *klass = GUI_CLIENT_GET_CLASS (self);
  const char *wrong = klass->take_figures != NULL ? klass->take_figures (self, get_private (self)->proxy) : NULL;

  if (wrong != NULL)
    g_signal_emit (self, signals[SIGNAL_WRONG], 0, wrong);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
client_changes_cb (gpointer data)
{
  get_private (data)->news_source = 0;
  client_take_changes (data);
  return G_SOURCE_REMOVE;
}

/* Properties have changed, or the worker has sent a signal: the pages are notified at a limited rate. */
static void
client_on_changes (GuiClient *self)
{
  GuiClientPrivate *priv = get_private (self);

  if (priv->news_source == 0)
    priv->news_source = g_timeout_add (NEWS_MS, client_changes_cb, self);
}

static void
proxy_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiClient) self = data;
  GObject *proxy = g_async_initable_new_finish (G_ASYNC_INITABLE (source), result, NULL);

  if (proxy == NULL)
    return;
  g_signal_connect_object (proxy, "g-properties-changed", G_CALLBACK (client_on_changes), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (proxy, "g-signal", G_CALLBACK (client_on_changes), self, G_CONNECT_SWAPPED);
  get_private (self)->proxy = G_DBUS_PROXY (proxy);
  client_take_changes (self);
}

void
gui_client_attach (GuiClient *self, GDBusConnection *connection, const char *path)
{
  GuiClientPrivate *priv = get_private (self);

  g_return_if_fail (GUI_IS_CLIENT (self));
  g_return_if_fail (G_IS_DBUS_CONNECTION (connection));

  gui_client_detach (self);
  priv->cancellable = g_cancellable_new ();
  g_async_initable_new_async (GUI_CLIENT_GET_CLASS (self)->proxy_type, G_PRIORITY_DEFAULT, priv->cancellable, proxy_cb,
                              g_object_ref (self), "g-connection", connection, "g-object-path", path,
                              "g-interface-name", GUI_CLIENT_GET_CLASS (self)->interface, NULL);
}

void
gui_client_detach (GuiClient *self)
{
  GuiClientPrivate *priv = get_private (self);

  g_return_if_fail (GUI_IS_CLIENT (self));

  g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
  g_clear_handle_id (&priv->news_source, g_source_remove);
  if (priv->proxy == NULL)
    return;
  g_signal_handlers_disconnect_by_data (priv->proxy, self);
  g_clear_object (&priv->proxy);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
gui_client_dispose (GObject *object)
{
  gui_client_detach (GUI_CLIENT (object));
  G_OBJECT_CLASS (gui_client_parent_class)->dispose (object);
}

static void
gui_client_class_init (GuiClientClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_client_dispose;
  klass->absent = BUS_ERROR_NOT_READY;
  klass->absent_text = "the wallet worker is not running";

  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", GUI_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WRONG]
      = g_signal_new ("wrong", GUI_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gui_client_init (GuiClient *self)
{
}

gboolean
gui_client_get_online (GuiClient *self)
{
  g_return_val_if_fail (GUI_IS_CLIENT (self), FALSE);
  return get_private (self)->proxy != NULL;
}

/* A task for a call; NULL after returning the error that the worker is not running. */
static GTask *
task_for_call (GuiClient *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GuiClientClass *klass = GUI_CLIENT_GET_CLASS (self);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  if (gui_client_get_online (self))
    return g_steal_pointer (&task);
  g_task_return_new_error (task, BUS_ERROR, klass->absent, "%s", klass->absent_text);
  return NULL;
}

/* Returns the message of the worker, truncated. A worker must not cause errors of other domains, such as
 * G_IO_ERROR_CANCELLED, although GDBus would allow it. */
static void
client_return_error (GTask *task, GError *error)
{
  char *message = gui_bounds_dup_line (error->message, MAX_ERROR_LEN);

  if (g_dbus_error_is_remote_error (error) && error->domain != BUS_ERROR && error->domain != G_DBUS_ERROR) {
    error->domain = G_IO_ERROR;
    error->code = G_IO_ERROR_FAILED;
  }
  g_free (error->message);
  error->message = message;
  g_task_return_error (task, error);
}

static void
return_value (GTask *task, GVariant *value, GError *error)
{
  if (value != NULL)
    g_task_return_pointer (task, value, (GDestroyNotify) g_variant_unref);
  else
    client_return_error (task, error);
}

static void
reply_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GUnixFDList *fds;
  GVariant *answer = bus_request_finish (G_DBUS_CONNECTION (source), result, &fds, &error);

  if (fds != NULL)
    g_task_set_task_data (task, fds, g_object_unref);
  return_value (task, answer, error);
}

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GVariant *outcome = gui_operation_wait_finish (result, &error);

  return_value (task, outcome, error);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) answer = bus_request_finish (G_DBUS_CONNECTION (source), result, NULL, &error);
  const char *path;

  if (answer == NULL) {
    client_return_error (task, error);
    return;
  }
  g_variant_get (answer, "(&o)", &path);
  gui_operation_wait_async (G_DBUS_CONNECTION (source), path, g_task_get_cancellable (task), finished_cb,
                            g_object_ref (task));
}

/* Consumes PARAMETERS and TASK. */
static void
call (GuiClient *self,
      const char *method,
      GVariant *parameters,
      GUnixFDList *fds,
      int timeout_ms,
      GAsyncReadyCallback callback,
      GTask *task)
{
  g_autoptr (GVariant) keep = g_variant_ref_sink (parameters);
  GDBusProxy *proxy = get_private (self)->proxy;

  if (task != NULL)
    bus_request_async (g_dbus_proxy_get_connection (proxy),
                       &(BusRequest){ g_dbus_proxy_get_object_path (proxy), g_dbus_proxy_get_interface_name (proxy),
                                      method, NULL, timeout_ms, g_task_get_cancellable (task), fds },
                       keep, callback, task);
}

void
gui_client_call_async (GuiClient *self,
                       const char *method,
                       GVariant *parameters,
                       int timeout_ms,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  g_return_if_fail (GUI_IS_CLIENT (self));
  call (self, method, parameters, NULL, timeout_ms, reply_cb, task_for_call (self, cancellable, callback, data));
}

void
gui_client_call_with_fds_async (GuiClient *self,
                                const char *method,
                                GVariant *parameters,
                                GUnixFDList *fds,
                                int timeout_ms,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data)
{
  g_return_if_fail (GUI_IS_CLIENT (self));
  call (self, method, parameters, fds, timeout_ms, reply_cb, task_for_call (self, cancellable, callback, data));
}

GUnixFDList *
gui_client_get_reply_fds (GAsyncResult *result)
{
  return g_task_get_task_data (G_TASK (result));
}

void
gui_client_run_async (GuiClient *self,
                      const char *method,
                      GVariant *parameters,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_return_if_fail (GUI_IS_CLIENT (self));
  call (self, method, parameters, NULL, -1, started_cb, task_for_call (self, cancellable, callback, data));
}

GVariant *
gui_client_call_finish (GuiClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

GVariant *
gui_client_call_finish_value (GuiClient *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) answer = gui_client_call_finish (self, result, error);

  return answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;
}

void
gui_client_add_label (GVariantDict *options, const char *label)
{
  g_autofree char *cut = g_strndup (label != NULL ? label : "", MAX_LABEL_BYTES);
  const char *end;

  /* Not in the middle of a character. */
  if (!g_utf8_validate (cut, -1, &end))
    cut[end - cut] = '\0';
  if (cut[0] != '\0')
    g_variant_dict_insert (options, "label", "s", cut);
}

void
gui_client_reject_reply (GuiClient *self, const char *method, GError **error)
{
  g_return_if_fail (GUI_IS_CLIENT (self));

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The reply of %s is invalid.", method);
  g_signal_emit (self, signals[SIGNAL_WRONG], 0, method);
}
