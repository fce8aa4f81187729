#include "dbus/calls.h"

/* Calls may be replied to on any thread, which frees their cancellables. */
typedef struct {
  gatomicrefcount references;
  GMutex lock;
  GHashTable *pending; /* serial → PendingCall, owned by its cancellable */
} Calls;

typedef struct {
  Calls *calls;
  guint32 serial;
  GWeakRef cancellable;
} PendingCall;

#define CALLS_KEY "moneyrocket-calls"
#define CANCELLABLE_KEY "moneyrocket-cancellable"
#define PENDING_KEY "moneyrocket-pending-call"

static void
calls_unref (gpointer data)
{
  Calls *calls = data;

  if (!g_atomic_ref_count_dec (&calls->references))
    return;
  g_hash_table_unref (calls->pending);
  g_mutex_clear (&calls->lock);
  g_free (calls);
}

static Calls *
calls_ref (Calls *calls)
{
  g_atomic_ref_count_inc (&calls->references);
  return calls;
}

/* Freed with its cancellable. The other end may have reused the serial since the reply. */
static void
pending_call_free (gpointer data)
{
  PendingCall *call = data;
  gpointer serial = GUINT_TO_POINTER (call->serial);

  g_mutex_lock (&call->calls->lock);
  if (g_hash_table_lookup (call->calls->pending, serial) == call)
    g_hash_table_remove (call->calls->pending, serial);
  g_mutex_unlock (&call->calls->lock);
  g_weak_ref_clear (&call->cancellable);
  calls_unref (call->calls);
  g_free (call);
}

/* SERIAL 0: all. */
static void
calls_cancel (Calls *calls, guint32 serial)
{
  g_autoptr (GPtrArray) cancelled = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  PendingCall *call;

  g_mutex_lock (&calls->lock);
  g_hash_table_iter_init (&iter, calls->pending);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &call)) {
    GCancellable *cancellable = serial == 0 || serial == call->serial ? g_weak_ref_get (&call->cancellable) : NULL;

    if (cancellable != NULL)
      g_ptr_array_add (cancelled, cancellable);
  }
  g_mutex_unlock (&calls->lock);
  for (guint i = 0; i < cancelled->len; i++)
    g_cancellable_cancel (cancelled->pdata[i]);
}

static void
on_calls_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  calls_cancel (data, 0);
}

static void
calls_unref_closure (gpointer data, GClosure *closure)
{
  calls_unref (data);
}

static Calls *
calls_get (GDBusConnection *connection)
{
  Calls *calls = g_object_get_data (G_OBJECT (connection), CALLS_KEY);

  if (calls != NULL)
    return calls;
  calls = g_new0 (Calls, 1);
  g_atomic_ref_count_init (&calls->references);
  g_mutex_init (&calls->lock);
  calls->pending = g_hash_table_new (NULL, NULL);
  g_object_set_data_full (G_OBJECT (connection), CALLS_KEY, calls, calls_unref);
  g_signal_connect_data (connection, "closed", G_CALLBACK (on_calls_closed), calls_ref (calls), calls_unref_closure, 0);
  return calls;
}

static GCancellable *
calls_add (Calls *calls, guint32 serial)
{
  GCancellable *cancellable = g_cancellable_new ();
  PendingCall *call = g_new0 (PendingCall, 1);

  call->calls = calls_ref (calls);
  call->serial = serial;
  g_weak_ref_init (&call->cancellable, cancellable);
  g_mutex_lock (&calls->lock);
  g_hash_table_insert (calls->pending, GUINT_TO_POINTER (serial), call);
  g_mutex_unlock (&calls->lock);
  g_object_set_data_full (G_OBJECT (cancellable), PENDING_KEY, call, pending_call_free);
  return cancellable;
}

GCancellable *
bus_calls_get_cancellable (GDBusMethodInvocation *invocation)
{
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);
  GCancellable *cancellable = g_object_get_data (G_OBJECT (invocation), CANCELLABLE_KEY);

  if (cancellable != NULL)
    return cancellable;
  cancellable = calls_add (calls_get (connection), g_dbus_message_get_serial (message));
  g_object_set_data_full (G_OBJECT (invocation), CANCELLABLE_KEY, cancellable, g_object_unref);
  /* The call may be dispatched after the connection was closed. */
  if (g_dbus_connection_is_closed (connection))
    g_cancellable_cancel (cancellable);
  return cancellable;
}

void
bus_calls_cancel (GDBusConnection *connection, guint32 serial)
{
  if (serial != 0)
    calls_cancel (calls_get (connection), serial);
}

void
bus_calls_cancel_all (GDBusConnection *connection)
{
  calls_cancel (calls_get (connection), 0);
}
