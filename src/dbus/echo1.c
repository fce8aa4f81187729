#include "dbus/echo1.h"

#include "dbus/calls.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/names.h"
#include "dbus/request.h"

#define MAX_DELAY_MS 60000
#define MAX_SIGNALS 100

static void
echo1_refuse (GDBusMethodInvocation *invocation, BusError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, code, text);

  bus_error_reply (invocation, error);
}

static gboolean
echo1_on_echo (BusEcho1 *object, GDBusMethodInvocation *invocation, GVariant *data, GVariant *options, gpointer user)
{
  bus_echo1_complete_echo (object, invocation, data);
  return TRUE;
}

static gboolean
echo1_on_echo_value (BusEcho1 *object,
                     GDBusMethodInvocation *invocation,
                     GVariant *value,
                     GVariant *options,
                     gpointer user)
{
  bus_echo1_complete_echo_value (object, invocation, value);
  return TRUE;
}

/* ---- Delay ---- */

typedef struct {
  BusEcho1 *object;
  GDBusMethodInvocation *invocation;
  GSource *timeout, *cancelled;
} EchoDelay;

static void
echo_delay_clear_source (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
echo_delay_end (EchoDelay *delay, gboolean cancelled)
{
  if (cancelled)
    echo1_refuse (delay->invocation, BUS_ERROR_CANCELLED, "the call was cancelled");
  else
    bus_echo1_complete_delay (delay->object, delay->invocation);
  echo_delay_clear_source (delay->timeout);
  echo_delay_clear_source (delay->cancelled);
  g_object_unref (delay->object);
  g_free (delay);
}

static gboolean
echo_delay_on_timeout (gpointer data)
{
  echo_delay_end (data, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
echo_delay_on_cancelled (GCancellable *cancellable, gpointer data)
{
  echo_delay_end (data, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
echo1_on_delay (BusEcho1 *object,
                GDBusMethodInvocation *invocation,
                guint milliseconds,
                GVariant *options,
                gpointer user)
{
  EchoDelay *delay;

  if (milliseconds > MAX_DELAY_MS) {
    echo1_refuse (invocation, BUS_ERROR_INVALID_ARGUMENT, "a call is delayed by 60,000 milliseconds at most");
    return TRUE;
  }
  delay = g_new0 (EchoDelay, 1);
  delay->object = g_object_ref (object);
  delay->invocation = invocation;
  delay->timeout = g_timeout_source_new (milliseconds);
  g_source_set_callback (delay->timeout, echo_delay_on_timeout, delay, NULL);
  g_source_attach (delay->timeout, NULL);
  delay->cancelled = g_cancellable_source_new (bus_calls_get_cancellable (invocation));
  g_source_set_callback (delay->cancelled, G_SOURCE_FUNC (echo_delay_on_cancelled), delay, NULL);
  g_source_attach (delay->cancelled, NULL);
  return TRUE;
}

/* ---- CallBack ---- */

typedef struct {
  BusEcho1 *object;
  GDBusMethodInvocation *invocation;
} EchoCallBack;

static void
echo1_on_called_back (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree EchoCallBack *call = data;
  g_autoptr (BusEcho1) object = call->object;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bus_request_finish (G_DBUS_CONNECTION (source), result, NULL, &error);
  g_autoptr (GVariant) bytes = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;

  if (bytes != NULL) {
    bus_echo1_complete_call_back (object, call->invocation, bytes);
    return;
  }
  bus_error_strip (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    echo1_refuse (call->invocation, BUS_ERROR_CANCELLED, "the call was cancelled");
  else
    echo1_refuse (call->invocation, BUS_ERROR_FAILED, error->message);
}

static gboolean
echo1_on_call_back (BusEcho1 *object,
                    GDBusMethodInvocation *invocation,
                    GVariant *data,
                    GVariant *options,
                    gpointer user)
{
  EchoCallBack *call = g_new (EchoCallBack, 1);

  *call = (EchoCallBack){ g_object_ref (object), invocation };
  bus_request_async (g_dbus_method_invocation_get_connection (invocation),
                     &(BusRequest){ BUS_PATH_ECHO, "org.moneyrocket.Echo1", "Echo", "(ay)", BUS_CALL_TIMEOUT_MS,
                                    bus_calls_get_cancellable (invocation) },
                     g_variant_new ("(@aya{sv})", data, NULL), echo1_on_called_back, call);
  return TRUE;
}

/* ---- Emit ---- */

static gboolean
echo1_on_emit (BusEcho1 *object, GDBusMethodInvocation *invocation, guint count, GVariant *options, gpointer user)
{
  if (count > MAX_SIGNALS) {
    echo1_refuse (invocation, BUS_ERROR_INVALID_ARGUMENT, "100 signals are emitted at most");
    return TRUE;
  }
  for (guint i = 1; i <= count; i++)
    bus_echo1_emit_echoed (object, i);
  bus_echo1_complete_emit (object, invocation);
  return TRUE;
}

static void
echo1_on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  bus_unexport (data);
}

gboolean
bus_echo1_export (GDBusConnection *connection, GError **error)
{
  g_autoptr (BusEcho1) skeleton = bus_echo1_skeleton_new ();

  g_signal_connect (skeleton, "handle-echo", G_CALLBACK (echo1_on_echo), NULL);
  g_signal_connect (skeleton, "handle-echo-value", G_CALLBACK (echo1_on_echo_value), NULL);
  g_signal_connect (skeleton, "handle-delay", G_CALLBACK (echo1_on_delay), NULL);
  g_signal_connect (skeleton, "handle-call-back", G_CALLBACK (echo1_on_call_back), NULL);
  g_signal_connect (skeleton, "handle-emit", G_CALLBACK (echo1_on_emit), NULL);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (skeleton), connection, BUS_PATH_ECHO, error))
    return FALSE;
  /* The connection holds a reference to the exported skeleton. */
  g_signal_connect_data (connection, "closed", G_CALLBACK (echo1_on_closed), g_object_ref (skeleton),
                         (GClosureNotify) (void (*) (void)) g_object_unref, 0);
  return TRUE;
}
