#include "gui/start/restart.h"

#include <unistd.h>

void
gui_start_restart (char **argv, const char *folder)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *datadir = NULL;
  g_auto (GStrv) words = NULL;

  g_return_if_fail (argv != NULL && folder != NULL);

  /* Of several on the command line the last one counts. */
  datadir = g_strconcat ("-datadir=", folder, NULL);
  g_strv_builder_addv (builder, (const char **) argv);
  g_strv_builder_add (builder, datadir);
  words = g_strv_builder_end (builder);
  execv ("/proc/self/exe", words);
}
