#include "dbus/spawn.h"

#include <string.h>
#include <unistd.h>

#include "config.h"
#include "dbus/names.h"

static char *
find_program (const char *program)
{
  g_autofree char *self_path = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self_path != NULL ? g_path_get_dirname (self_path) : NULL;
  g_autofree char *build_folder = NULL;
  const char *short_name = g_str_has_prefix (program, "moneyrocket-") ? program + strlen ("moneyrocket-") : program;

  if (g_path_is_absolute (program))
    return g_strdup (program);
  if (folder != NULL) {
    g_autofree char *beside = g_build_filename (folder, program, NULL);
    /* In the build folder every program has a folder of its own: src/gui/moneyrocket-gui, src/node/moneyrocket-node. */
    g_autofree char *in_build = g_build_filename (folder, "..", short_name, program, NULL);

    if (g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
      return g_steal_pointer (&beside);
    if (g_file_test (in_build, G_FILE_TEST_IS_EXECUTABLE))
      return g_steal_pointer (&in_build);
  }
  return g_build_filename (MONEYROCKET_BINDIR, program, NULL);
}

/* Only descriptors 0 to 3 are open in the worker: GSubprocess closes all others. Standard input is /dev/null. */
GSubprocess *
bus_spawn (const char *program, char **args, const char *extra, int fd, BusTail **errors, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  int errors_fd;

  g_subprocess_launcher_take_fd (launcher, fd, BUS_WORKER_FD);
  *errors = bus_tail_new (&errors_fd);
  if (errors_fd >= 0)
    g_subprocess_launcher_take_stderr_fd (launcher, errors_fd);
  g_ptr_array_add (words, find_program (program));
  for (char **arg = args; *arg != NULL; arg++)
    g_ptr_array_add (words, g_strdup (*arg));
  if (extra != NULL)
    g_ptr_array_add (words, g_strdup (extra));
  g_ptr_array_add (words, g_strdup_printf ("-" BUS_OPTION_FD "=%d", BUS_WORKER_FD));
  g_ptr_array_add (words, NULL);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata, error);
}

char *
bus_spawn_take_error (BusTail **errors)
{
  g_autoptr (BusTail) tail = g_steal_pointer (errors);
  g_autofree char *text = tail != NULL ? bus_tail_dup_text (tail) : NULL;
  const char *found = text != NULL ? g_strrstr (text, "Error: ") : NULL;

  if (text != NULL && text[0] != '\0')
    g_printerr ("%s%s", text, g_str_has_suffix (text, "\n") ? "" : "\n");
  if (found == NULL)
    return NULL;
  found += strlen ("Error: ");
  return g_strndup (found, strcspn (found, "\n"));
}
