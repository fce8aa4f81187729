#include "daemon/part.h"

char **
daemon_part_dup_argv (const char *name, const char *const *args)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  g_strv_builder_add (words, name);
  g_strv_builder_addv (words, (const char **) args);
  return g_strv_builder_end (words);
}
