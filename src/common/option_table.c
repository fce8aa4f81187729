#include "common/option_table.h"

static const CommonOptionSpec *const parts[] = {
  common_option_table_general, common_option_table_connection, common_option_table_testing,  common_option_table_policy,
  common_option_table_server,  common_option_table_wallet,     common_option_table_programs,
};

const CommonOptionSpec *
common_option_table (void)
{
  static gsize table;

  if (g_once_init_enter (&table)) {
    GArray *all = g_array_new (TRUE, TRUE, sizeof (CommonOptionSpec)); /* ends with an empty entry; never freed */

    for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
      for (const CommonOptionSpec *spec = parts[i]; spec->name != NULL; spec++)
        g_array_append_vals (all, spec, 1);
    g_once_init_leave (&table, (gsize) g_array_free (all, FALSE));
  }
  return (const CommonOptionSpec *) table;
}
