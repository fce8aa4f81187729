#include "dbus/status.h"

#include "common/process_status.h"
#include "config.h"
#include "dbus/connection.h"
#include "dbus/connections.h"

static GVariant *
status_make_counts (const BusCounts *counts)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "messages", "t", counts->n_messages);
  g_variant_dict_insert (&dict, "bytes", "t", counts->n_bytes);
  g_variant_dict_insert (&dict, "pending", "u", counts->n_calls);
  return g_variant_dict_end (&dict);
}

static GVariant *
status_make_connection (GDBusConnection *connection)
{
  GVariantDict dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *program = bus_connections_dup_program (connection);
  BusCounts received, sent;

  bus_connection_get_counts (connection, &received, &sent);
  g_variant_dict_insert (&dict, "number", "t", bus_connections_get_number (connection));
  g_variant_dict_insert (&dict, "peer", "s", bus_connections_get_peer (connection));
  g_variant_dict_insert (&dict, "program", "s", program);
  g_variant_dict_insert (&dict, "since", "x", bus_connections_get_since (connection));
  g_variant_dict_insert_value (&dict, "received", status_make_counts (&received));
  g_variant_dict_insert_value (&dict, "sent", status_make_counts (&sent));
  return g_variant_dict_end (&dict);
}

static GVariant *
status_make_connections (void)
{
  g_autoptr (GPtrArray) list = bus_connections_list ();
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < list->len; i++)
    g_variant_builder_add_value (&builder, status_make_connection (list->pdata[i]));
  return g_variant_builder_end (&builder);
}

static GVariant *
status_make (const char *role, const CommonProcessStatus *process)
{
  GVariantDict status = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&status, "role", "s", role);
  g_variant_dict_insert (&status, "version", "s", MONEYROCKET_VERSION);
  g_variant_dict_insert (&status, "pid", "u", process->pid);
  g_variant_dict_insert (&status, "threads", "u", process->n_threads);
  g_variant_dict_insert (&status, "rss", "t", process->rss);
  if (process->pss > 0)
    g_variant_dict_insert (&status, "pss", "t", process->pss);
  g_variant_dict_insert (&status, "cpu", "t", process->cpu_us);
  g_variant_dict_insert (&status, "uptime", "t", process->uptime_us);
  g_variant_dict_insert_value (&status, "connections", status_make_connections ());
  return g_variant_ref_sink (g_variant_dict_end (&status));
}

/* On a thread of its own, since the kernel counts the pages meanwhile. */
static void
status_read_process (GTask *task, gpointer source, gpointer role, GCancellable *cancellable)
{
  CommonProcessStatus process;

  common_process_status_read (&process);
  g_task_return_pointer (task, status_make (role, &process), (GDestroyNotify) g_variant_unref);
}

void
bus_status_read_async (const char *role, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);

  g_task_set_task_data (task, g_strdup (role), g_free);
  g_task_run_in_thread (task, status_read_process);
}

GVariant *
bus_status_read_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
