#include "node/options.h"
#include "node/store/crash.h"
#include "node/store/db.h"

#include <string.h>
#include <unistd.h>

#include "bitcoin/primitives/amount.h"
#include "common/log.h"

#define MIB (1024 * 1024)
#define MIN_DBCACHE_MIB 4
#define MAX_DBCACHE_MIB (1 << 24)
#define DEFAULT_DBCACHE_MIB 450
#define LARGE_DBCACHE_MIB 1024 /* the default from this much memory on: */
#define LARGE_MEMORY_MIB 4096
#define DEFAULT_MEMORY_MIB 1024 /* where it is not known */
#define MAX_SCRIPT_THREADS 15
/* A mempool holds at least this many clusters. */
#define MIN_MEMPOOL_CLUSTERS 40
#define MAX_CLUSTER_COUNT 64

/* -prune in bytes. */
static gboolean
get_prune_target (const CommonProgram *program, guint64 *target, GError **error)
{
  gint64 mib = common_options_number (program->options, "prune");

  *target = 0;
  if (mib < 0)
    return common_options_fail (error, "Prune cannot be configured with a negative value.");
  if (mib == 0)
    return TRUE;
  if (common_options_switch (program->options, "reindex-chainstate"))
    return common_options_fail (error,
                                "Prune mode is incompatible with -reindex-chainstate. Use full -reindex instead.");
  if (mib > 1 && mib < NODE_PRUNE_MIN_MIB)
    return common_options_fail (error, "Prune configured below the minimum of %d MiB.  Please use a higher number.",
                                NODE_PRUNE_MIN_MIB);
  *target = mib == 1 ? NODE_PRUNE_MANUAL : (guint64) mib * MIB;
  return TRUE;
}

guint64
node_options_memory_mib (void)
{
  long pages = sysconf (_SC_PHYS_PAGES), size = sysconf (_SC_PAGESIZE);

  return pages > 0 && size > 0 ? (guint64) pages * (guint64) size / MIB : 0;
}

gsize
node_options_dbcache_mib (const CommonOptions *options)
{
  gint64 usual = node_options_memory_mib () >= LARGE_MEMORY_MIB ? LARGE_DBCACHE_MIB : DEFAULT_DBCACHE_MIB;
  gint64 given = common_options_get_int (options, "dbcache", usual);

  return (gsize) CLAMP (given, MIN_DBCACHE_MIB, MAX_DBCACHE_MIB);
}

/* -par: 0 is one thread for each processor, -N leaves N processors free; the chain thread counts as one. */
static guint
get_script_threads (const CommonProgram *program)
{
  gint64 wanted = common_options_number (program->options, "par");

  if (wanted <= 0)
    wanted += g_get_num_processors ();
  return (guint) CLAMP (wanted - 1, 0, MAX_SCRIPT_THREADS);
}

static int
get_read_ahead_threads (const CommonOptions *options)
{
  gint64 given = common_options_get_int (options, "prevoutfetchthreads", 0);

  return given == 0 && common_options_is_set (options, "prevoutfetchthreads") ? -1 : (int) MAX (given, 0);
}

/* Off by default, except on the playground. Without a value -checkblockindex is always done. */
static guint
get_check_ratio (const CommonProgram *program, const char *name)
{
  gint64 usual = g_str_equal (program->network->name, "regtest") ? 1 : 0;

  return (guint) common_options_get_int (program->options, name, usual);
}

static guint
get_index_check_ratio (const CommonProgram *program)
{
  const char *text = common_options_get (program->options, "checkblockindex", NULL);

  return text != NULL && *text == '\0' ? 1 : get_check_ratio (program, "checkblockindex");
}

/* Half of it, as valid scripts have no cache of their own. The table is allocated at once, so that it must fit into the
 * memory of this machine. */
static gboolean
get_sigcache_bytes (const CommonOptions *options, gsize *bytes, GError **error)
{
  gint64 mib = common_options_number (options, "maxsigcachesize");
  guint64 memory = node_options_memory_mib ();

  if ((guint64) mib > (memory != 0 ? memory : DEFAULT_MEMORY_MIB))
    return common_options_fail (error,
                                "-maxsigcachesize (%" G_GINT64_FORMAT
                                " MiB) is larger than the memory of this machine (%" G_GUINT64_FORMAT " MiB).",
                                mib, memory);
  *bytes = (gsize) MAX (mib * MIB / 2, 1);
  return TRUE;
}

gboolean
node_options_fill_chain (const CommonProgram *program,
                         const BtcParams *params,
                         NodeChainOptions *out,
                         char **blocksdir,
                         GError **error)
{
  const CommonOptions *options = program->options;
  const char *blocks = common_options_get (options, "blocksdir", NULL);

  *blocksdir = blocks != NULL && *blocks != '\0' && !g_str_equal (blocks, "0")
                   ? g_build_filename (blocks, program->network->folder, NULL)
                   : g_strdup (program->network_dir);
  memset (out, 0, sizeof *out);
  out->datadir = program->network_dir;
  out->blocksdir = *blocksdir;
  out->params = params;
  out->dbcache_bytes = node_options_dbcache_mib (options) * MIB;
  out->script_threads = get_script_threads (program);
  out->read_ahead_threads = get_read_ahead_threads (options);
  node_db_set_compact_on_open (common_options_switch (options, "forcecompactdb"));
  out->blocks_xor = common_options_switch (options, "blocksxor");
  out->reindex = common_options_switch (options, "reindex");
  out->reindex_chainstate = common_options_switch (options, "reindex-chainstate");
  out->check_blocks = (guint) common_options_number (options, "checkblocks");
  out->check_level = (guint) common_options_number (options, "checklevel");
  out->check_ratio = get_index_check_ratio (program);
  out->max_tip_age_s = common_options_number (options, "maxtipage");
  out->batch_bytes = (gsize) common_options_number (options, "dbbatchsize");
  node_store_set_crash_ratio ((guint32) common_options_number (options, "dbcrashratio"));
  out->fast_prune = common_options_switch (options, "fastprune");
  return get_sigcache_bytes (options, &out->sigcache_bytes, error)
         && get_prune_target (program, &out->prune_target, error);
}

gboolean
node_options_get_fee_rate (const CommonProgram *program, const char *name, gint64 *sat, GError **error)
{
  const char *text = common_options_get (program->options, name, NULL);

  if (text == NULL)
    return TRUE;
  return btc_amount_parse_option (text, sat)
         || common_options_fail (error, "Invalid amount for -%s=<amount>: '%s'", name, text);
}

gboolean
node_options_fill_mining (const CommonProgram *program, NodeMiningOptions *out, GError **error)
{
  const CommonOptions *options = program->options;
  gint64 reserved, most;

  node_mining_options_init (out);
  reserved = MAX (common_options_number (options, "blockreservedweight"), 0);
  most = MAX (common_options_number (options, "blockmaxweight"), 0);
  if (reserved < NODE_MINING_MIN_RESERVED_WEIGHT)
    return common_options_fail (
        error, "-blockreservedweight (%" G_GINT64_FORMAT ") is lower than minimum safety value of (%d)", reserved,
        NODE_MINING_MIN_RESERVED_WEIGHT);
  if (reserved > BTC_MAX_BLOCK_WEIGHT)
    return common_options_fail (
        error, "-blockreservedweight (%" G_GINT64_FORMAT ") exceeds consensus maximum block weight (%d)", reserved,
        BTC_MAX_BLOCK_WEIGHT);
  if (most > BTC_MAX_BLOCK_WEIGHT)
    return common_options_fail (error,
                                "-blockmaxweight (%" G_GINT64_FORMAT ") exceeds consensus maximum block weight (%d)",
                                most, BTC_MAX_BLOCK_WEIGHT);
  if (reserved > most)
    return common_options_fail (
        error, "-blockreservedweight (%" G_GINT64_FORMAT ") exceeds -blockmaxweight (%" G_GINT64_FORMAT ")", reserved,
        most);
  out->reserved_weight = (guint32) reserved;
  out->max_weight = (guint32) most;
  out->log_fee_rates = common_options_switch (options, "printpriority");
  if (g_str_equal (program->network->name, "regtest"))
    out->version = (gint32) common_options_get_int (options, "blockversion", 0);
  return node_options_get_fee_rate (program, "blockmintxfee", &out->min_fee_rate_sat_per_kvb, error);
}

/* Without -minrelaytxfee it follows a higher -incrementalrelayfee. */
static gboolean
fill_relay_rates (const CommonProgram *program, NodeMempoolOptions *out, GError **error)
{
  if (!node_options_get_fee_rate (program, "incrementalrelayfee", &out->incremental_sat_per_kvb, error)
      || !node_options_get_fee_rate (program, "minrelaytxfee", &out->min_relay_sat_per_kvb, error)
      || !node_options_get_fee_rate (program, "dustrelayfee", &out->dust_sat_per_kvb, error))
    return FALSE;
  if (!common_options_is_set (program->options, "minrelaytxfee")
      && out->incremental_sat_per_kvb > out->min_relay_sat_per_kvb) {
    g_autofree char *text = btc_amount_format (out->incremental_sat_per_kvb);
    out->min_relay_sat_per_kvb = out->incremental_sat_per_kvb;
    common_info ("Increasing minrelaytxfee to %s BTC/kvB to match incrementalrelayfee", text);
  }
  return TRUE;
}

static gboolean
fill_sizes (const CommonOptions *options, NodeMempoolOptions *out, GError **error)
{
  gint64 count = common_options_number (options, "limitclustercount");
  gint64 kvb = common_options_number (options, "limitclustersize");
  gint64 bytes = common_options_number (options, "maxmempool") * 1000000;
  gint64 least = kvb * 1000 * MIN_MEMPOOL_CLUSTERS;

  if (count < 0 || count > MAX_CLUSTER_COUNT)
    return common_options_fail (error, "limitclustercount must be less than or equal to %d", MAX_CLUSTER_COUNT);
  if (bytes < 0 || (bytes > 0 && bytes < least))
    return common_options_fail (error, "-maxmempool must be at least %" G_GINT64_FORMAT " MB",
                                (least + 999999) / 1000000);
  out->max_bytes = (gsize) bytes;
  out->cluster_count = (guint) count;
  out->cluster_vsize = (guint32) CLAMP (kvb * 1000, 0, G_MAXINT32);
  return TRUE;
}

gboolean
node_options_fill_mempool (const CommonProgram *program, NodeMempoolOptions *out, GError **error)
{
  const CommonOptions *options = program->options;
  gint64 carried;

  node_mempool_options_init (out);
  out->expiry_s = common_options_number (options, "mempoolexpiry") * 3600;
  out->require_standard = !common_options_switch (options, "acceptnonstdtxn");
  if (!out->require_standard && program->network->folder[0] == '\0')
    return common_options_fail (error, "acceptnonstdtxn is not currently supported for %s chain",
                                program->network->name);
  out->permit_bare_multisig = common_options_switch (options, "permitbaremultisig");
  carried = common_options_number (options, "datacarriersize");
  out->max_datacarrier_bytes = common_options_switch (options, "datacarrier") ? (guint32) carried : 0;
  out->check_ratio = get_check_ratio (program, "checkmempool");
  out->bytes_per_sigop = (guint) common_options_number (options, "bytespersigop");
  return fill_relay_rates (program, out, error) && fill_sizes (options, out, error);
}
