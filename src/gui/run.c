#include "gui/run.h"

#include "bitcoin/address/network_names.h"
#include "config.h"
#include "gui/app.h"
#include "gui/start/failure.h"
#include "gui/start/options.h"
#include "gui/start/restart.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <sys/stat.h>

int
gui_run (const char *name, const char *usage, GuiNewProgram *new_inside, int argc, char **argv)
{
  const CommonProgramInfo info = { .name = name,
                                   .usage = usage,
                                   .networks = btc_network_names (),
                                   .programs = COMMON_OPTION_GUI | COMMON_OPTION_NODE | COMMON_OPTION_WALLET };
  g_autoptr (GError) error = NULL;
  g_autoptr (CommonProgram) program = NULL;
  g_autoptr (GuiApp) app = NULL;
  int exit_code;

  umask (0077);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MONEYROCKET_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  program = common_program_new (&info, argc, argv, &exit_code, &error);
  if (program != NULL && !gui_start_options_apply (program, &error))
    exit_code = common_program_fail (error);
  if (error != NULL) {
    g_autofree char *folder = gui_start_failure_show (error->message);

    if (folder != NULL)
      gui_start_restart (argv, folder);
  }
  if (program == NULL || error != NULL)
    return exit_code;
  app = gui_app_new (program, new_inside);
  exit_code = g_application_run (G_APPLICATION (app), 1, argv);
  if (gui_app_get_other_folder (app) != NULL)
    gui_start_restart (argv, gui_app_get_other_folder (app));
  return gui_app_has_failed (app) ? EXIT_FAILURE : exit_code;
}
