#include "wallet/link/chain_parts.h"

#include "dbus/errors.h"
#include "dbus/names.h"
#include "dbus/request.h"

#define INTERFACE "org.moneyrocket.Chain1"
/* With parts of 512 KiB, the last of them is there within the 30 seconds of a call if the network carries 70 kB/s. */
#define MAX_PENDING 4

typedef struct {
  GDBusConnection *connection;
  guint64 number;
  gsize size;
  gsize requested;   /* up to this offset */
  GByteArray *bytes; /* received; parts arrive in the order of their requests */
  guint n_pending;
  GError *error; /* the first one */
} PartsRead;

static void parts_read_continue (GTask *task);

static void
parts_read_free (gpointer data)
{
  PartsRead *read = data;

  g_object_unref (read->connection);
  g_byte_array_unref (read->bytes);
  g_clear_error (&read->error);
  g_free (read);
}

static void
parts_read_take (PartsRead *read, GVariant *part)
{
  gsize expected = MIN (read->size - read->bytes->len, BUS_PART_BYTES), len;
  const guint8 *data = g_variant_get_fixed_array (part, &len, 1);

  if (read->error != NULL)
    return;
  if (len == expected)
    g_byte_array_append (read->bytes, data, len);
  else
    read->error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ANSWER, "the node sent a part of another length");
}

static void
parts_read_on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  PartsRead *read = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = bus_request_finish (read->connection, result, NULL, &error);

  read->n_pending--;
  if (answer != NULL) {
    g_autoptr (GVariant) part = g_variant_get_child_value (answer, 0);

    parts_read_take (read, part);
  } else if (read->error == NULL) {
    read->error = g_steal_pointer (&error);
  }
  parts_read_continue (task);
  g_object_unref (task);
}

static void
parts_read_request (GTask *task)
{
  PartsRead *read = g_task_get_task_data (task);
  const BusRequest request
      = { BUS_PATH_CHAIN, INTERFACE, "ReadPart", "(ay)", BUS_CALL_TIMEOUT_MS, g_task_get_cancellable (task) };

  read->n_pending++;
  bus_request_async (read->connection, &request,
                     g_variant_new ("(tt@a{sv})", read->number, (guint64) read->requested,
                                    g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
                     parts_read_on_reply, g_object_ref (task));
  read->requested += MIN (read->size - read->requested, BUS_PART_BYTES);
}

/* The node then has its memory back at once. */
static void
parts_read_drop (const PartsRead *read)
{
  if (read->number != 0)
    g_dbus_connection_call (
        read->connection, NULL, BUS_PATH_CHAIN, INTERFACE, "DropParts",
        g_variant_new ("(t@a{sv})", read->number, g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)), NULL,
        G_DBUS_CALL_FLAGS_NONE, BUS_CALL_TIMEOUT_MS, NULL, NULL, NULL);
}

static void
parts_read_continue (GTask *task)
{
  PartsRead *read = g_task_get_task_data (task);

  while (read->error == NULL && read->requested < read->size && read->n_pending < MAX_PENDING)
    parts_read_request (task);
  if (read->n_pending > 0)
    return;
  if (read->error == NULL) {
    g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&read->bytes)),
                           (GDestroyNotify) g_bytes_unref);
    read->bytes = g_byte_array_new ();
    return;
  }
  if (read->requested < read->size)
    parts_read_drop (read);
  g_task_return_error (task, g_steal_pointer (&read->error));
}

void
wallet_chain_parts_read_async (GDBusConnection *connection,
                               guint64 number,
                               gsize size,
                               GVariant *first,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
  PartsRead *read = g_new0 (PartsRead, 1);

  g_task_set_check_cancellable (task, FALSE); /* the calls report it */
  read->connection = g_object_ref (connection);
  read->number = number;
  read->size = size;
  read->bytes = g_byte_array_new ();
  g_task_set_task_data (task, read, parts_read_free);
  parts_read_take (read, first);
  read->requested = read->bytes->len;
  parts_read_continue (task);
}

GBytes *
wallet_chain_parts_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
