#include "gui/start/options.h"

#include <glib/gstdio.h>

#include "common/log.h"

gboolean
gui_start_options_apply (const CommonProgram *program, GError **error)
{
  const char *language = common_options_get (program->options, "lang", "");

  if (*language != '\0')
    g_setenv ("LANGUAGE", language, TRUE);
  return common_options_check_network_only (program->options, error) && common_options_check (program->options, error);
}

void
gui_start_options_reset (const CommonProgram *program, const char *path)
{
  if (common_options_switch (program->options, "resetguisettings") && g_unlink (path) == 0)
    common_info ("The preferences were reset");
}

gboolean
gui_start_options_is_minimised (const CommonProgram *program)
{
  return common_options_switch (program->options, "min");
}
