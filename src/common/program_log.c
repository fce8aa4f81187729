#include "common/program.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "config.h"

/* Opening the log, and what is said in it about the options. */

/* What comes before -debug=0 or -debug=none does not count, not even a word that is no category. */
static gboolean
enable_debug (const CommonProgram *program, GError **error)
{
  g_autofree const char **on = common_options_dup_list (program->options, "debug");
  g_autofree const char **off = common_options_dup_list (program->options, "debugexclude");
  guint first = 0;

  for (guint i = 0; on[i] != NULL; i++)
    if (g_str_equal (on[i], "0") || g_str_equal (on[i], "none"))
      first = i + 1;
  for (guint i = first; on[i] != NULL; i++)
    if (!common_log_enable (on[i], TRUE))
      return common_options_fail (error, "Unsupported logging category -debug=%s.", on[i]);
  for (guint i = 0; off[i] != NULL; i++)
    if (!common_log_enable (off[i], FALSE))
      return common_options_fail (error, "Unsupported logging category -debugexclude=%s.", off[i]);
  return TRUE;
}

static gboolean
set_level (const char *text, GError **error)
{
  const char *colon = strlen (text) > 3 ? strchr (text + 3, ':') : NULL;
  g_autofree char *name = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL, *names = NULL;

  if (common_log_set_level (name, colon != NULL ? colon + 1 : text))
    return TRUE;
  if (colon == NULL)
    return common_options_fail (error, "Unsupported global logging level -loglevel=%s. Valid values: %s.", text,
                                COMMON_LOG_LEVELS);
  names = common_log_dup_category_names ();
  return common_options_fail (error,
                              "Unsupported category-specific logging level -loglevel=%s. Expected "
                              "-loglevel=<category>:<loglevel>. Valid categories: %s. Valid loglevels: %s.",
                              text, names, COMMON_LOG_LEVELS);
}

static gboolean
set_levels (const CommonProgram *program, GError **error)
{
  g_autofree const char **levels = common_options_dup_list (program->options, "loglevel");

  for (guint i = 0; levels[i] != NULL; i++)
    if (!set_level (levels[i], error))
      return FALSE;
  return TRUE;
}

/* What was noticed before the log was open. */
static void
log_reading (const CommonProgram *program)
{
  const GPtrArray *notes = common_options_notes (program->options);
  const GPtrArray *warnings = common_options_warnings (program->options);
  g_auto (GStrv) values = common_options_dup_log (program->options);

  if (*program->conf_file == '\0')
    common_info ("Config file: <disabled>");
  else
    common_info ("Config file: %s%s", program->conf_file,
                 g_file_test (program->conf_file, G_FILE_TEST_EXISTS) ? "" : " (not found, skipping)");
  for (guint i = 0; i < notes->len; i++)
    common_info ("%s", (const char *) g_ptr_array_index (notes, i));
  for (guint i = 0; i < warnings->len; i++)
    common_warn ("%s", (const char *) g_ptr_array_index (warnings, i));
  for (guint i = 0; values[i] != NULL; i++)
    common_info ("%s", values[i]);
}

static gboolean
open_log_file (CommonProgram *program, const char *log_name, const char *label, GError **error)
{
  const CommonOptions *options = program->options;
  CommonLogOptions log = { 0 };
  g_autofree char *other = NULL;

  if (log_name != NULL && program->log_file != NULL)
    other = g_build_filename (program->network_dir, log_name, NULL);
  log.program = label;
  if (other != NULL) {
    g_free (program->log_file);
    program->log_file = g_steal_pointer (&other);
  }
  log.file = program->log_file;
  log.console = common_options_get_bool (options, "printtoconsole", program->console);
  log.timestamps = common_options_switch (options, "logtimestamps");
  log.time_micros = common_options_switch (options, "logtimemicros");
  log.limited = common_options_switch (options, "logratelimit");
  log.levels = common_options_switch (options, "loglevelalways");
  log.threads = common_options_switch (options, "logthreadnames");
  log.places = common_options_switch (options, "logsourcelocations");
  log.shrink = common_options_get_bool (options, "shrinkdebugfile", !common_log_any_enabled ());
  return common_log_open (&log, error);
}

gboolean
common_program_open_log (CommonProgram *program, const char *log_name, const char *label, GError **error)
{
  g_return_val_if_fail (program != NULL, FALSE);
  common_clock_set_mock (common_options_number (program->options, "mocktime"));
  if (!enable_debug (program, error) || !set_levels (program, error)
      || !open_log_file (program, log_name, label, error))
    return FALSE;
  common_log_catch_glib ();
  common_info ("Moneyrocket version v%s", MONEYROCKET_VERSION);
  common_info ("Using data directory %s", program->network_dir);
  if (!program->quiet)
    log_reading (program);
  return TRUE;
}

void
common_program_warn (const CommonProgram *program, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  g_return_if_fail (program != NULL);
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  common_warn ("%s", text);
  fprintf (stderr, "Warning: %s\n", text);
}

void
common_program_log_without_effect (const CommonProgram *program)
{
  g_return_if_fail (program != NULL);

  g_autofree const CommonOptionSpec **given = common_options_dup_given_later (program->options);

  for (guint i = 0; given[i] != NULL; i++)
    common_warn ("-%s has no effect in this version (%s)", given[i]->name, given[i]->note);
}

void
common_program_log_unread (const CommonProgram *program)
{
  g_return_if_fail (program != NULL);

  g_auto (GStrv) names = common_options_dup_unread (program->options);

  for (guint i = 0; names[i] != NULL; i++)
    common_warn ("-%s was given, but nothing has used it", names[i]);
  if (names[0] == NULL)
    common_debug (COMMON_LOG_KERNEL, "All given options are in use");
}
