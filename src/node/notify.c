#include "node/notify.h"

#include <string.h>

#include "common/command.h"
#include "common/hex.h"

/* Only these characters, letters and digits of untrusted text are passed to a shell. */
#define SAFE " .,;-_/:?@()"

/* A thread that waits for the command to end. */
static gpointer
notify_run (gpointer data)
{
  g_autofree char *command = data;

  common_command_run (command);
  return NULL;
}

static void
run_all (const CommonOptions *options, const char *name, const char *value)
{
  g_autofree const char **commands = common_options_dup_list (options, name);

  for (guint i = 0; commands[i] != NULL; i++)
    g_thread_unref (g_thread_new (name, notify_run, common_command_fill_in (commands[i], "%s", value)));
}

void
node_notify_alert (const CommonOptions *options, const char *text)
{
  g_autoptr (GString) quoted = g_string_new ("'");

  for (; *text != '\0'; text++)
    if (g_ascii_isalnum (*text) || strchr (SAFE, *text) != NULL)
      g_string_append_c (quoted, *text);
  g_string_append_c (quoted, '\'');
  run_all (options, "alertnotify", quoted->str);
}

void
node_notify_block (const CommonOptions *options, const guint8 hash32[32])
{
  g_autofree char *hash = common_hex_encode_reversed (hash32, 32);

  run_all (options, "blocknotify", hash);
}

void
node_notify_started (const CommonOptions *options)
{
  run_all (options, "startupnotify", "%s");
}

void
node_notify_stopping (const CommonOptions *options)
{
  g_autofree const char **commands = common_options_dup_list (options, "shutdownnotify");
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();

  for (guint i = 0; commands[i] != NULL; i++)
    g_ptr_array_add (threads, g_thread_new ("shutdownnotify", notify_run, g_strdup (commands[i])));
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
}
