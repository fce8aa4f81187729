#include "gui/start/options.h"

#include <glib/gstdio.h>

#include "common/log.h"
#include "dbus/inspector.h"
#include "dbus/names.h"
#include "gui/clients/attachment.h"
#include "gui/start/check.h"

/* The network may be chosen later. */
static gboolean
start_options_check_addresses (const CommonProgram *program, GError **error)
{
  g_autofree const char **addresses = common_options_dup_list (program->options, BUS_OPTION_CONNECT);

  for (guint i = 0; i < BTC_N_NETWORKS; i++) {
    g_autofree char *folder = gui_start_dup_network_folder (program->datadir, i);

    if (!gui_attachment_check (addresses, folder, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
gui_start_options_is_on_session_bus (const CommonProgram *program)
{
  return common_options_switch (program->options, BUS_OPTION_SESSION);
}

static gboolean
options_check_session_bus (const CommonProgram *program, GError **error)
{
  g_autofree char *inspect = bus_inspector_dup_value (program);

  return inspect != NULL || !gui_start_options_is_on_session_bus (program)
         || common_options_fail (error, "-ipcsession offers on the session bus what -ipcinspect offers at sockets: use "
                                        "both, or none of them.");
}

gboolean
gui_start_options_apply (const CommonProgram *program, GError **error)
{
  const char *language = common_options_get (program->options, "lang", "");

  if (*language != '\0')
    g_setenv ("LANGUAGE", language, TRUE);
  return common_options_check_network_only (program->options, error) && common_options_check (program->options, error)
         && options_check_session_bus (program, error) && start_options_check_addresses (program, error);
}

char **
gui_start_options_dup_wallet_args (const CommonProgram *program)
{
  g_auto (GStrv) own = common_options_dup_args (program->options, COMMON_OPTION_WALLET);
  g_auto (GStrv) credentials = common_options_dup_args (program->options, COMMON_OPTION_CREDENTIALS);
  g_autoptr (GStrvBuilder) args = g_strv_builder_new ();

  g_strv_builder_addv (args, (const char **) own);
  if (common_options_get_bool (program->options, "server", FALSE)) {
    g_strv_builder_addv (args, (const char **) credentials);
    g_strv_builder_add_many (args, "-rpcclients", "-rpcwindow", NULL);
  }
  return g_strv_builder_end (args);
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
