#include "dbus/operation.h"

#include "dbus/calls.h"
#include "dbus/errors.h"
#include "dbus/export.h"
#include "dbus/names.h"

/* How long a finished operation remains exported. */
#define KEEP_S 60
/* The minimum interval between changes of Progress. */
#define PROGRESS_MS 100

struct _BusOperation {
  GObject parent;
  BusOperation1 *skeleton;
  GDBusConnection *connection;
  gulong closed_handler;
  GMainContext *context;
  char *path;
  GCancellable *cancellable;

  GMutex lock; /* the fields below */
  char *stage;
  double fraction;
  gboolean progress_pending;
  gboolean finished;
};

G_DEFINE_FINAL_TYPE (BusOperation, bus_operation, G_TYPE_OBJECT)

/* Runs FUNC on the operation's context; DATA is freed afterwards. */
static void
post (BusOperation *self, guint delay_ms, GSourceFunc func, gpointer data, GDestroyNotify free_data)
{
  g_autoptr (GSource) source = delay_ms > 0 ? g_timeout_source_new (delay_ms) : g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, free_data);
  g_source_attach (source, self->context);
}

/* Unexports the object, and drops the reference that the export held. */
static void
unexport (BusOperation *self)
{
  if (self->closed_handler == 0)
    return;
  g_signal_handler_disconnect (self->connection, self->closed_handler);
  self->closed_handler = 0;
  bus_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_object_unref (self);
}

static void
operation_on_connection_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer data)
{
  unexport (data);
}

static gboolean
on_cancel (BusOperation1 *object, GDBusMethodInvocation *invocation, GVariant *options, gpointer data)
{
  BusOperation *self = data;

  g_cancellable_cancel (self->cancellable);
  bus_operation1_complete_cancel (object, invocation);
  return TRUE;
}

static gboolean
show_progress (gpointer data)
{
  BusOperation *self = data;
  g_autofree char *stage = NULL;
  double fraction;

  g_mutex_lock (&self->lock);
  self->progress_pending = FALSE;
  stage = g_strdup (self->stage);
  fraction = self->fraction;
  g_mutex_unlock (&self->lock);
  bus_operation1_set_stage (self->skeleton, stage);
  bus_operation1_set_progress (self->skeleton, fraction);
  return G_SOURCE_REMOVE;
}

void
bus_operation_progress (BusOperation *self, const char *stage, double fraction)
{
  gboolean post_it;

  g_return_if_fail (BUS_IS_OPERATION (self) && stage != NULL);

  g_mutex_lock (&self->lock);
  g_free (self->stage);
  self->stage = g_strdup (stage);
  self->fraction = CLAMP (fraction, 0.0, 1.0);
  post_it = !self->progress_pending && !self->finished;
  self->progress_pending = post_it || self->progress_pending;
  g_mutex_unlock (&self->lock);
  if (post_it)
    post (self, PROGRESS_MS, show_progress, g_object_ref (self), g_object_unref);
}

static gboolean
on_operation_expired (gpointer data)
{
  unexport (data);
  return G_SOURCE_REMOVE;
}

typedef struct {
  BusOperation *operation;
  gboolean ok;
  GVariant *outcome; /* a{sv} */
} Outcome;

static void
outcome_free (gpointer data)
{
  Outcome *outcome = data;

  g_object_unref (outcome->operation);
  g_variant_unref (outcome->outcome);
  g_free (outcome);
}

static gboolean
show_outcome (gpointer data)
{
  const Outcome *outcome = data;
  BusOperation *self = outcome->operation;

  if (outcome->ok)
    bus_operation1_set_progress (self->skeleton, 1.0);
  bus_operation1_set_outcome (self->skeleton, outcome->outcome);
  bus_operation1_set_done (self->skeleton, TRUE);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  if (self->closed_handler != 0) {
    bus_operation1_emit_finished (self->skeleton, outcome->outcome);
    post (self, KEEP_S * 1000, on_operation_expired, g_object_ref (self), g_object_unref);
  }
  return G_SOURCE_REMOVE;
}

static void
operation_finish (BusOperation *self, gboolean ok, GVariant *record)
{
  Outcome *outcome = g_new (Outcome, 1);
  gboolean twice;

  outcome->operation = g_object_ref (self);
  outcome->ok = ok;
  outcome->outcome = g_variant_ref_sink (record);
  g_mutex_lock (&self->lock);
  twice = self->finished;
  self->finished = TRUE;
  g_mutex_unlock (&self->lock);
  if (twice) {
    outcome_free (outcome);
    g_return_if_fail (!twice);
  }
  post (self, 0, show_outcome, outcome, outcome_free);
}

void
bus_operation_succeed (BusOperation *self, GVariant *result)
{
  GVariantDict record = G_VARIANT_DICT_INIT (NULL), empty = G_VARIANT_DICT_INIT (NULL);

  g_return_if_fail (BUS_IS_OPERATION (self));

  g_variant_dict_insert_value (&record, "result", result != NULL ? result : g_variant_dict_end (&empty));
  operation_finish (self, TRUE, g_variant_dict_end (&record));
}

void
bus_operation_fail (BusOperation *self, const GError *error)
{
  g_autofree char *message = NULL;
  GVariantDict record = G_VARIANT_DICT_INIT (NULL);

  g_return_if_fail (BUS_IS_OPERATION (self) && error != NULL);

  message = g_utf8_make_valid (error->message, -1);
  g_variant_dict_insert (&record, "error", "s", bus_error_get_name (error));
  g_variant_dict_insert (&record, "message", "s", message);
  operation_finish (self, FALSE, g_variant_dict_end (&record));
}

const char *
bus_operation_get_path (BusOperation *self)
{
  g_return_val_if_fail (BUS_IS_OPERATION (self), NULL);
  return self->path;
}

GCancellable *
bus_operation_get_cancellable (BusOperation *self)
{
  g_return_val_if_fail (BUS_IS_OPERATION (self), NULL);
  return self->cancellable;
}

static void
bus_operation_finalize (GObject *object)
{
  BusOperation *self = BUS_OPERATION (object);

  g_clear_object (&self->skeleton);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self->stage);
  g_free (self->path);
  G_OBJECT_CLASS (bus_operation_parent_class)->finalize (object);
}

static void
bus_operation_class_init (BusOperationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bus_operation_finalize;
}

static void
bus_operation_init (BusOperation *self)
{
  self->skeleton = bus_operation1_skeleton_new ();
  self->context = g_main_context_ref_thread_default ();
  g_mutex_init (&self->lock);
}

BusOperation *
bus_operation_new (GDBusMethodInvocation *invocation, const char *stage, GError **error)
{
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);
  static guint64 last_number = 0;
  g_autoptr (BusOperation) self = g_object_new (BUS_TYPE_OPERATION, NULL);

  self->path = g_strdup_printf (BUS_PATH_OPERATIONS "/%" G_GUINT64_FORMAT, ++last_number);
  self->connection = g_object_ref (connection);
  self->cancellable = g_object_ref (bus_calls_get_cancellable (invocation));
  self->stage = g_strdup (stage);
  bus_operation1_set_stage (self->skeleton, stage);
  bus_operation1_set_outcome (self->skeleton, g_variant_new ("a{sv}", NULL));
  /* The handlers of the skeleton do not hold a reference: the operation is unexported before it is freed. */
  g_signal_connect (self->skeleton, "handle-cancel", G_CALLBACK (on_cancel), self);
  if (!bus_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), connection, self->path, error))
    return NULL;
  self->closed_handler = g_signal_connect (connection, "closed", G_CALLBACK (operation_on_connection_closed), self);
  g_object_ref (self); /* until unexport() */
  return g_steal_pointer (&self);
}
