#include "node/options.h"

#include <sys/statvfs.h>

#include "bitcoin/primitives/network.h"

/* Warnings about options and the machine. */

#define GIB ((guint64) 1 << 30)
#define LEAST_FREE_BYTES ((guint64) 50 << 20)
/* Memory that other programs need. */
#define RESERVED_MEMORY_MIB 2048
#define USUAL_DBCACHE_MIB 450

/* The disk space of all blocks in GiB. It grows; a rough value is enough for a warning. */
static const guint chain_gib[] = {
  [BTC_NETWORK_MAIN] = 856,  [BTC_NETWORK_TEST] = 245,  [BTC_NETWORK_TESTNET4] = 31,
  [BTC_NETWORK_SIGNET] = 24, [BTC_NETWORK_REGTEST] = 0,
};

static void
warn_owner (const CommonProgram *program, NodeMonitor *monitor, const char *id, const char *text)
{
  common_program_warn (program, "%s", text);
  node_monitor_set_warning (monitor, id, text);
}

static void
warn_of_cache (const CommonProgram *program, NodeMonitor *monitor)
{
  guint64 memory = node_options_memory_mib (), cache = node_options_dbcache_mib (program->options);
  gint64 given = common_options_get_int (program->options, "dbcache", 0);
  guint64 free_mib = memory > RESERVED_MEMORY_MIB ? memory - RESERVED_MEMORY_MIB : 0;
  g_autofree char *text = NULL;

  if (memory == 0 || cache <= MAX (USUAL_DBCACHE_MIB, free_mib / 4 * 3))
    return;
  text = g_strdup_printf ("A %" G_GUINT64_FORMAT
                          " MiB dbcache may be too large for a system memory of only %" G_GUINT64_FORMAT " MiB.",
                          MAX (cache, (guint64) MAX (given, 0)), memory);
  warn_owner (program, monitor, "dbcache", text);
}

void
node_options_warn (const CommonProgram *program, NodeMonitor *monitor)
{
  static const struct {
    const char *name, *text;
  } gone[] = {
    { "checkpoints", "Option '-checkpoints' is set but checkpoints were removed. This option has no effect." },
    { "limitancestorsize",
      "Option '-limitancestorsize' is given but ancestor size limits have been replaced with cluster "
      "size limits (see -limitclustersize). This option has no effect." },
    { "limitdescendantsize",
      "Option '-limitdescendantsize' is given but descendant size limits have been replaced with "
      "cluster size limits (see -limitclustersize). This option has no effect." },
  };

  g_return_if_fail (program != NULL && monitor != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (gone); i++)
    if (common_options_get (program->options, gone[i].name, NULL) != NULL)
      warn_owner (program, monitor, gone[i].name, gone[i].text);
  warn_of_cache (program, monitor);
}

void
node_options_warn_of_disk (const CommonProgram *program,
                           const char *blocksdir,
                           guint64 prune_target,
                           NodeMonitor *monitor)
{
  BtcNetwork network = btc_network_by_name (program->network->name)->network;
  /* A signet of one's own is a small one. */
  gboolean own = network == BTC_NETWORK_SIGNET && common_options_is_set (program->options, "signetchallenge");
  guint gib = own ? 0 : chain_gib[network];
  guint64 needed = (guint64) gib * GIB;
  g_autofree char *folder = g_build_filename (blocksdir, "blocks", NULL), *text = NULL;
  struct statvfs disk;

  g_return_if_fail (program != NULL && blocksdir != NULL && monitor != NULL);
  if (prune_target > 0)
    needed = MIN (needed, prune_target);
  if (gib == 0 || statvfs (folder, &disk) != 0 || (guint64) disk.f_bavail * disk.f_frsize >= needed + LEAST_FREE_BYTES)
    return;
  text = g_strdup_printf (
      "Disk space for \"%s\" may not accommodate the block files. Approximately %u GB of data will be "
      "stored in this directory.",
      folder, gib);
  warn_owner (program, monitor, "disk-space", text);
}
