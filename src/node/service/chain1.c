#include "node/service/chain1.h"

#include "bus-generated.h"
#include "dbus/errors.h"
#include "dbus/memfd.h"
#include "dbus/names.h"
#include "node/service/chain_calls.h"

struct _NodeChain1 {
  NodeApp *app;
  GDBusConnection *connection;
  guint registration;
  NodeChainTeller *teller;
  GCancellable *cancellable; /* of the calls under way */
};

/* Filling a memory file of 8 MB takes longer than a main loop may. */
typedef struct {
  GDBusMethodInvocation *invocation;
  GVariant *answer;
  GBytes *bulk;
} BulkReply;

static void
bulk_reply_free (gpointer data)
{
  BulkReply *reply = data;

  g_variant_unref (reply->answer);
  g_bytes_unref (reply->bulk);
  g_free (reply);
}

static void
send_bulk (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BulkReply *reply = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  gsize len;
  const guint8 *bytes = g_bytes_get_data (reply->bulk, &len);
  int fd = bus_memfd_new (bytes, len, &error);

  if (fd < 0) {
    bus_error_reply (reply->invocation, error);
    return;
  }
  fds = g_unix_fd_list_new_from_array (&fd, 1); /* takes it over */
  g_dbus_method_invocation_return_value_with_unix_fd_list (reply->invocation, reply->answer, fds);
}

static void
reply_with_bulk (GDBusMethodInvocation *invocation, GVariant *answer, GBytes *bulk)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  BulkReply *reply = g_new (BulkReply, 1);

  *reply = (BulkReply){ invocation, g_variant_ref (answer), g_bytes_ref (bulk) };
  g_task_set_task_data (task, reply, bulk_reply_free);
  g_task_run_in_thread (task, send_bulk);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  GDBusMethodInvocation *invocation = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bulk = NULL;
  g_autoptr (GVariant) answer = node_chain_calls_finish (result, &bulk, &error);

  if (answer == NULL)
    bus_error_reply (invocation, error);
  else if (bulk != NULL)
    reply_with_bulk (invocation, answer, bulk);
  else
    g_dbus_method_invocation_return_value (invocation, answer);
}

/* GDBus has checked the types against the interface; the last argument is `options`. */
static GVariant *
without_options (GVariant *parameters)
{
  gsize n = g_variant_n_children (parameters);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_TUPLE);

  for (gsize i = 0; i + 1 < n; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (parameters, i);

    g_variant_builder_add_value (&builder, child);
  }
  return g_variant_builder_end (&builder);
}

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  NodeChain1 *self = data;

  node_chain_calls_async (self->app, method, without_options (parameters), self->cancellable, on_answer, invocation);
}

static void
on_tip (gpointer data, GVariant *tip)
{
  NodeChain1 *self = data;

  g_dbus_connection_emit_signal (self->connection, NULL, BUS_PATH_CHAIN, "org.moneyrocket.Chain1", "TipChanged", tip,
                                 NULL);
}

NodeChain1 *
node_chain1_new (NodeApp *app, GDBusConnection *connection, GError **error)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (NodeChain1) self = g_new0 (NodeChain1, 1);

  self->app = app;
  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  self->registration = g_dbus_connection_register_object (connection, BUS_PATH_CHAIN, bus_chain1_interface_info (),
                                                          &vtable, self, NULL, error);
  if (self->registration == 0)
    return NULL;
  self->teller = node_chain_teller_new (app, on_tip, self);
  return g_steal_pointer (&self);
}

void
node_chain1_free (NodeChain1 *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->teller, node_chain_teller_free);
  if (self->registration != 0)
    g_dbus_connection_unregister_object (self->connection, self->registration);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_free (self);
}
