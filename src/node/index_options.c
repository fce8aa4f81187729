#include <string.h>

#include "node/options.h"

/* -txindex, -blockfilterindex, -coinstatsindex and -txospenderindex. */

#define MIB (1024 * 1024)

/* The last value decides; without a name, or with 1, all types are enabled. */
static gboolean
get_filter_index (const CommonOptions *options, gboolean *enabled, GError **error)
{
  const char *last = common_options_get (options, "blockfilterindex", "0");
  g_autofree const char **types = common_options_dup_list (options, "blockfilterindex");

  *enabled = !g_str_equal (last, "0");
  if (!*enabled || *last == '\0' || g_str_equal (last, "1"))
    return TRUE;
  for (guint i = 0; types[i] != NULL; i++)
    if (!g_str_equal (types[i], "basic"))
      return common_options_fail (error, "Unknown -blockfilterindex value %s.", types[i]);
  return TRUE;
}

gboolean
node_options_fill_indexes (const CommonProgram *program, NodeIndexesOptions *out, GError **error)
{
  const CommonOptions *options = program->options;

  memset (out, 0, sizeof *out);
  out->datadir = program->network_dir;
  out->dbcache_bytes = node_options_dbcache_mib (options) * MIB;
  out->wipe = common_options_switch (options, "reindex");
  out->enabled[NODE_INDEX_TX] = common_options_switch (options, "txindex");
  out->enabled[NODE_INDEX_COINSTATS] = common_options_switch (options, "coinstatsindex");
  out->enabled[NODE_INDEX_SPENDER] = common_options_switch (options, "txospenderindex");
  if (!get_filter_index (options, &out->enabled[NODE_INDEX_FILTER], error))
    return FALSE;
  /* These two read transactions from block files, which must not be pruned. */
  if (common_options_number (options, "prune") != 0) {
    if (out->enabled[NODE_INDEX_TX])
      return common_options_fail (error, "Prune mode is incompatible with -txindex.");
    if (out->enabled[NODE_INDEX_SPENDER])
      return common_options_fail (error, "Prune mode is incompatible with -txospenderindex.");
  }
  return TRUE;
}
