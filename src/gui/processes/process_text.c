#include "gui/processes/process_text.h"

#include "gui/format.h"
#include "gui/models/call_text.h"

#include <glib/gi18n.h>

#define MINUTE 60
#define HOUR 3600
#define DAY 86400

const char *
gui_process_text_state (GuiWorkerState state, gboolean local)
{
  switch (state) {
  case GUI_WORKER_STOPPED:
    return _ ("Stopped");
  case GUI_WORKER_STARTING:
    return local ? _ ("Starting") : _ ("Connecting");
  case GUI_WORKER_RUNNING:
    return _ ("Running");
  case GUI_WORKER_WRONG:
    return _ ("Running, but sends wrong values");
  case GUI_WORKER_SILENT:
    return _ ("Does not answer");
  case GUI_WORKER_LOST:
    return local ? _ ("Stopped, is being restarted") : _ ("Cannot be reached");
  case GUI_WORKER_FAILED:
    return local ? _ ("Stopped because of an error") : _ ("Cannot be used");
  }
  return "";
}

static char *
process_text_dup_time (guint64 seconds)
{
  guint n = (guint) MIN (seconds, 10000 * (guint64) DAY);

  if (n < MINUTE)
    return g_strdup_printf (g_dngettext (NULL, "for %u second", "for %u seconds", n), n);
  if (n < HOUR)
    return g_strdup_printf (g_dngettext (NULL, "for %u minute", "for %u minutes", n / MINUTE), n / MINUTE);
  if (n < DAY)
    return g_strdup_printf (g_dngettext (NULL, "for %u hour", "for %u hours", n / HOUR), n / HOUR);
  return g_strdup_printf (g_dngettext (NULL, "for %u day", "for %u days", n / DAY), n / DAY);
}

char *
gui_process_text_dup_use (const GuiProcessStatus *status)
{
  g_autofree char *memory = g_format_size (status->pss > 0 ? status->pss : status->rss);
  g_autofree char *time = process_text_dup_time (status->uptime_us / G_USEC_PER_SEC);

  /* Translators: memory, and how long a program has been running: "45.2 MB · for 5 minutes". */
  return g_strdup_printf (_ ("%s · %s"), memory, time);
}

const char *
gui_process_text_parent (GuiProcess process, const GuiProcessStatus *status)
{
  if (process == GUI_PROCESS_APPLICATION)
    return _ ("Shows the window");
  return status->attended ? _ ("Runs with the application") : _ ("Runs by itself");
}

static const char *
process_text_name_peer (const GuiProcessConnection *connection)
{
  gboolean client = g_str_equal (connection->peer, "client");
  GuiProcess other = gui_process_of_peer (client ? connection->program : connection->peer);

  return gui_call_text_title (other);
}

static void
process_text_add_connection (GString *text, const GuiProcessConnection *connection)
{
  g_autofree char *messages = gui_format_count (connection->n_received + connection->n_sent);
  g_autofree char *size = g_format_size (connection->bytes_received + connection->bytes_sent);

  /* Translators: a connection with another program: its name, messages and bytes in both directions. */
  g_string_append_printf (text, _ ("%s: %s messages, %s"), process_text_name_peer (connection), messages, size);
  if (connection->n_pending > 0)
    g_string_append_printf (text,
                            g_dngettext (NULL, ", %u call without an answer yet", ", %u calls without an answer yet",
                                         connection->n_pending),
                            connection->n_pending);
  g_string_append_c (text, '\n');
}

char *
gui_process_text_dup_details (const GuiProcessStatus *status)
{
  g_autofree char *all = g_format_size (status->rss), *own = g_format_size (status->pss);
  g_autofree char *cpu = gui_call_text_dup_duration ((gint64) MIN (status->cpu_us, (guint64) G_MAXINT64));
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _ ("Process ID: %u\n"), status->pid);
  g_string_append_printf (text, _ ("Version: %s\n"), status->version);
  if (status->pss > 0)
    g_string_append_printf (text, _ ("Memory: %s, and with all that it shares %s\n"), own, all);
  else
    g_string_append_printf (text, _ ("Memory, with all that it shares: %s\n"), all);
  g_string_append_printf (text, _ ("Threads: %u\n"), status->n_threads);
  g_string_append_printf (text, _ ("Processor time: %s\n"), cpu);
  g_string_append_printf (text, "\n%s\n", _ ("Connections"));
  for (guint i = 0; i < status->connections->len; i++)
    process_text_add_connection (text, status->connections->pdata[i]);
  g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}
