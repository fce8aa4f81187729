#include "node/service/chain_parts.h"

#include "dbus/errors.h"
#include "dbus/names.h"

/* Until data that nobody reads is dropped: a part on the way over a slow network may take as long as a call. */
#define IDLE_MS (2 * BUS_CALL_TIMEOUT_MS)

struct _NodeChainParts {
  GHashTable *kept; /* number → KeptData */
  guint64 last_number;
};

typedef struct {
  NodeChainParts *parts;
  guint64 number;
  GBytes *bytes;
  guint idle; /* source */
  GDestroyNotify ended;
  gpointer data;
} KeptData;

static void
kept_data_free (gpointer data)
{
  KeptData *kept = data;

  g_clear_handle_id (&kept->idle, g_source_remove);
  g_bytes_unref (kept->bytes);
  kept->ended (kept->data);
  g_free (kept);
}

static gboolean
kept_data_on_idle (gpointer data)
{
  KeptData *kept = data;

  kept->idle = 0;
  g_hash_table_remove (kept->parts->kept, &kept->number);
  return G_SOURCE_REMOVE;
}

static void
kept_data_restart_clock (KeptData *kept)
{
  g_clear_handle_id (&kept->idle, g_source_remove);
  kept->idle = g_timeout_add (IDLE_MS, kept_data_on_idle, kept);
}

/* From OFFSET on, without copying; floating. */
static GVariant *
parts_get (GBytes *bytes, gsize offset)
{
  gsize len = MIN (g_bytes_get_size (bytes) - offset, BUS_PART_BYTES);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, offset, len);

  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, part, TRUE);
}

static gboolean
on_read_part (BusChain1 *object,
              GDBusMethodInvocation *invocation,
              guint64 number,
              guint64 offset,
              GVariant *options,
              gpointer data)
{
  NodeChainParts *parts = data;
  KeptData *kept = g_hash_table_lookup (parts->kept, &number);
  g_autoptr (GError) error = NULL;

  if (kept == NULL)
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_FOUND, "these data are not kept any more");
  else if (offset >= g_bytes_get_size (kept->bytes))
    error = g_error_new_literal (BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "there is no part at this offset");
  if (error != NULL) {
    bus_error_reply (invocation, error);
    return TRUE;
  }
  bus_chain1_complete_read_part (object, invocation, parts_get (kept->bytes, offset));
  if (g_bytes_get_size (kept->bytes) - offset <= BUS_PART_BYTES)
    g_hash_table_remove (parts->kept, &number);
  else
    kept_data_restart_clock (kept);
  return TRUE;
}

static gboolean
on_drop_parts (BusChain1 *object, GDBusMethodInvocation *invocation, guint64 number, GVariant *options, gpointer data)
{
  NodeChainParts *parts = data;

  g_hash_table_remove (parts->kept, &number);
  bus_chain1_complete_drop_parts (object, invocation);
  return TRUE;
}

NodeChainParts *
node_chain_parts_new (BusChain1 *skeleton)
{
  NodeChainParts *parts = g_new0 (NodeChainParts, 1);

  parts->kept = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, kept_data_free);
  g_signal_connect (skeleton, "handle-read-part", G_CALLBACK (on_read_part), parts);
  g_signal_connect (skeleton, "handle-drop-parts", G_CALLBACK (on_drop_parts), parts);
  return parts;
}

GVariant *
node_chain_parts_get_first (GBytes *bytes)
{
  return parts_get (bytes, 0);
}

guint64
node_chain_parts_add (NodeChainParts *parts, GBytes *bytes, GDestroyNotify ended, gpointer data)
{
  KeptData *kept = g_new (KeptData, 1);

  *kept = (KeptData){ parts, ++parts->last_number, g_bytes_ref (bytes), 0, ended, data };
  kept_data_restart_clock (kept);
  g_hash_table_insert (parts->kept, &kept->number, kept);
  return kept->number;
}

void
node_chain_parts_free (NodeChainParts *parts)
{
  g_hash_table_unref (parts->kept);
  g_free (parts);
}
