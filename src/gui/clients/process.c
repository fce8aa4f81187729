#include "gui/clients/process.h"

#include "gui/clients/bounds.h"

#define MAX_CONNECTIONS 200
#define MAX_WORD 64

GuiProcess
gui_process_of_peer (const char *name)
{
  if (g_str_equal (name, "parent") || g_str_equal (name, "gui"))
    return GUI_PROCESS_APPLICATION;
  if (g_str_equal (name, "node"))
    return GUI_PROCESS_NODE;
  return g_str_equal (name, "wallet") ? GUI_PROCESS_WALLET : GUI_PROCESS_OTHER;
}

static void
process_connection_free (gpointer data)
{
  GuiProcessConnection *connection = data;

  g_free (connection->peer);
  g_free (connection->program);
  g_free (connection);
}

void
gui_process_status_free (GuiProcessStatus *status)
{
  if (status == NULL)
    return;
  g_free (status->version);
  g_ptr_array_unref (status->connections);
  g_free (status);
}

static char *
process_dup_word (GVariant *record, const char *key)
{
  const char *text = "";

  g_variant_lookup (record, key, "&s", &text);
  return gui_bounds_dup_line (text, MAX_WORD);
}

/* The counts of one direction. */
static void
process_take_counts (GVariant *record, const char *key, guint64 *messages, guint64 *bytes, guint *pending)
{
  g_autoptr (GVariant) counts = g_variant_lookup_value (record, key, G_VARIANT_TYPE_VARDICT);
  guint n = 0;

  if (counts == NULL)
    return;
  g_variant_lookup (counts, "messages", "t", messages);
  g_variant_lookup (counts, "bytes", "t", bytes);
  g_variant_lookup (counts, "pending", "u", &n);
  *pending = n > G_MAXUINT - *pending ? G_MAXUINT : *pending + n;
}

static GuiProcessConnection *
process_parse_connection (GVariant *record)
{
  GuiProcessConnection *connection = g_new0 (GuiProcessConnection, 1);

  g_variant_lookup (record, "number", "t", &connection->number);
  connection->peer = process_dup_word (record, "peer");
  connection->program = process_dup_word (record, "program");
  process_take_counts (record, "received", &connection->n_received, &connection->bytes_received,
                       &connection->n_pending);
  process_take_counts (record, "sent", &connection->n_sent, &connection->bytes_sent, &connection->n_pending);
  return connection;
}

static gboolean
process_parse_connections (GuiProcessStatus *status, GVariant *record)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (record, "connections", G_VARIANT_TYPE ("aa{sv}"));
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  for (gsize i = 0; i < n && i < MAX_CONNECTIONS; i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
    GuiProcessConnection *connection = process_parse_connection (child);

    /* Not the call that reports this. */
    if (connection->number == status->connection && connection->n_pending > 0)
      connection->n_pending--;
    status->attended |= g_str_equal (connection->peer, "parent");
    g_ptr_array_add (status->connections, connection);
  }
  return list != NULL && n <= MAX_CONNECTIONS;
}

GuiProcessStatus *
gui_process_status_parse (GVariant *record)
{
  g_autoptr (GuiProcessStatus) status = g_new0 (GuiProcessStatus, 1);

  status->connections = g_ptr_array_new_with_free_func (process_connection_free);
  status->version = process_dup_word (record, "version");
  g_variant_lookup (record, "pss", "t", &status->pss);
  g_variant_lookup (record, "connection", "t", &status->connection);
  if (!process_parse_connections (status, record) || !g_variant_lookup (record, "pid", "u", &status->pid)
      || !g_variant_lookup (record, "threads", "u", &status->n_threads)
      || !g_variant_lookup (record, "rss", "t", &status->rss) || !g_variant_lookup (record, "cpu", "t", &status->cpu_us)
      || !g_variant_lookup (record, "uptime", "t", &status->uptime_us))
    return NULL;
  return g_steal_pointer (&status);
}
