#include "node/options.h"
#include "node/store/crash.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "common/hex.h"
#include "common/log.h"
#include "rpc/wallet_options.h"

#define MIB (1024 * 1024)
#define DEFAULT_DBCACHE_MIB 450
#define MIN_DBCACHE_MIB 4
#define MAX_SCRIPT_THREADS 15

#define GENERAL "Options"
#define CONNECTION "Connection options"
#define TESTING "Debugging and testing options"
#define RELAY "Node relay options"
#define MINING "Block creation options"
#define SERVER "RPC server options"

static const CommonOptionSpec own_specs[] = {
  { "assumevalid", "<hex>", "Take scripts below this block for valid (0: check all)", GENERAL, 0 },
  { "blocksdir", "<dir>", "The folder that holds the block files (default: the data folder)", GENERAL, 0 },
  { "blockfilterindex", "<type>", "Keep compact filters of all blocks (types: basic; default: 0)", GENERAL, 0 },
  { "blocksxor", NULL, "Scramble new folders of block files with a random key (default: 1)", GENERAL, 0 },
  { "alertnotify", "<cmd>", "Run this when there is something to warn of; %s in it is the text", GENERAL, 0 },
  { "blocknotify", "<cmd>", "Run this when the chain has another tip; %s in it is the block's hash", GENERAL, 0 },
  { "shutdownnotify", "<cmd>", "Run this before the node ends (may be repeated)", GENERAL, 0 },
  { "startupnotify", "<cmd>", "Run this once the node has started", GENERAL, 0 },
  { "coinstatsindex", NULL, "Keep the figures of gettxoutsetinfo for every block (default: 0)", GENERAL, 0 },
  { "daemon", NULL, "Run in the background", GENERAL, 0 },
  { "dbcache", "<n>", "Memory for the coins, in MiB (default: 450)", GENERAL, 0 },
  { "dbbatchsize", "<n>", "Write the coins in pieces of so many bytes (default: 33554432)", TESTING,
    COMMON_OPTION_DEBUG },
  { "dbcrashratio", "<n>", "End, as in a crash, after one in so many of these pieces (default: 0, never)", TESTING,
    COMMON_OPTION_DEBUG },
  { "loadblock", "<file>", "Import the blocks of this file at start (may be repeated)", GENERAL, 0 },
  { "maxmempool", "<n>", "Memory for waiting transactions, in MB (default: 300)", GENERAL, 0 },
  { "mempoolexpiry", "<n>", "Forget a waiting transaction after so many hours (default: 336)", GENERAL, 0 },
  { "minimumchainwork", "<hex>", "The least work of a chain that is believed", GENERAL, COMMON_OPTION_DEBUG },
  { "par", "<n>", "Threads that check scripts (0: as many as there are processors)", GENERAL, 0 },
  { "persistmempool", NULL, "Keep waiting transactions over a restart (default: 1)", GENERAL, 0 },
  { "persistmempoolv1", NULL, "Keep them in the older form of mempool.dat (default: 0)", GENERAL, 0 },
  { "pid", "<file>", "Write the process number to this file (default: moneyrocketd.pid)", GENERAL, 0 },
  { "prune", "<n>",
    "Delete old blocks: keep at most so many MiB of them (550 or more), or 1: only by pruneblockchain (default: 0, "
    "keep all)",
    GENERAL, 0 },
  { "reindex", NULL, "Build the block index and the coins again from the block files", GENERAL, 0 },
  { "reindex-chainstate", NULL, "Build the coins again", GENERAL, 0 },
  { "txindex", NULL, "Keep track of where every transaction is, for getrawtransaction (default: 0)", GENERAL, 0 },
  { "txospenderindex", NULL, "Keep track of what spends every output, for gettxspendingprevout (default: 0)", GENERAL,
    0 },
  { "disablewallet", NULL, "Run without wallets", "Wallet options", 0 },
  { "ipcfd", "<n>", "Talk to the parent process over this descriptor", TESTING, COMMON_OPTION_DEBUG },
  { "checkblocks", "<n>", "Check so many blocks at start (default: 6, 0: all)", TESTING, COMMON_OPTION_DEBUG },
  { "checklevel", "<n>", "How thoroughly: 0 to 4 (default: 3)", TESTING, COMMON_OPTION_DEBUG },
  { "fastprune", NULL, "Small block files", TESTING, COMMON_OPTION_DEBUG },
  { "maxtipage", "<n>", "Take the chain for up to date when its tip is not older, in seconds (default: 86400)", TESTING,
    COMMON_OPTION_DEBUG },
  { "stopafterblockimport", NULL, "End once the blocks of -loadblock or -reindex are imported", TESTING,
    COMMON_OPTION_DEBUG },
  { "stopatheight", "<n>", "End once the chain has this height", TESTING, COMMON_OPTION_DEBUG },
  { "signetchallenge", "<hex>", "Follow the signet whose blocks solve this script", "Chain selection options", 0 },
  { "test", "<option>", "Switch on behaviour for tests: bip94", TESTING, COMMON_OPTION_DEBUG },
  { "testactivationheight", "<name@height>", "Activate segwit, bip34, dersig, cltv or csv there (test networks)",
    TESTING, COMMON_OPTION_DEBUG },
  { "vbparams", "<deployment:start:end[:height]>", "When a deployment begins, ends and activates (test networks)",
    "Chain selection options", COMMON_OPTION_DEBUG },
  { "acceptnonstdtxn", NULL, "Take transactions that are not standard (not on the main network)", RELAY,
    COMMON_OPTION_DEBUG },
  { "bytespersigop", "<n>", "What a signature check weighs, in virtual bytes (default: 20)", RELAY, 0 },
  { "datacarrier", NULL, "Take transactions that carry data (default: 1)", RELAY, 0 },
  { "datacarriersize", "<n>", "At most so many bytes of it (default: 100000)", RELAY, 0 },
  { "dustrelayfee", "<amount>", "The fee rate in BTC/kvB by which an output is dust", RELAY, COMMON_OPTION_DEBUG },
  { "incrementalrelayfee", "<amount>", "By how much a replacement must pay more, in BTC/kvB", RELAY,
    COMMON_OPTION_DEBUG },
  { "limitclustercount", "<n>", "Most waiting transactions that hang together (default: 64)", RELAY,
    COMMON_OPTION_DEBUG },
  { "limitclustersize", "<n>", "Most virtual kilobytes of them (default: 101)", RELAY, COMMON_OPTION_DEBUG },
  { "minrelaytxfee", "<amount>", "The least fee rate in BTC/kvB that is taken (default: 0.000001)", RELAY, 0 },
  { "permitbaremultisig", NULL, "Take bare multisig outputs (default: 1)", RELAY, 0 },
  { "blockmaxweight", "<n>", "The most that a block made here may weigh (default: 4000000)", MINING,
    COMMON_OPTION_DEBUG },
  { "blockmintxfee", "<amount>", "The least fee rate in BTC/kvB that it takes in (default: 0.00000001)", MINING, 0 },
  { "blockreservedweight", "<n>", "Of its weight, what is left for header and coinbase (default: 8000)", MINING, 0 },
  { "blockversion", "<n>", "The version that it gets (regtest)", MINING, COMMON_OPTION_DEBUG },
  { "rest", NULL, "Answer below /rest/ whoever can connect, without credentials (default: 0)", SERVER, 0 },
  { "rpcallowip", "<ip>", "Let this address or network call (may be repeated)", SERVER, 0 },
  { "rpcauth", "<userpw>", "A user with a hashed password: user:salt$hash (may be repeated)", SERVER,
    COMMON_OPTION_SENSITIVE },
  { "rpcbind", "<addr[:port]>", "Listen there; needs -rpcallowip (may be repeated)", SERVER,
    COMMON_OPTION_NETWORK_ONLY },
  { "rpccookiefile", "<file>", "Where the cookie is written (default: .cookie in the network's folder)", SERVER, 0 },
  { "rpcpassword", "<pw>", "The password of -rpcuser", SERVER, COMMON_OPTION_SENSITIVE },
  { "rpcport", "<port>", "Listen on this port", SERVER, COMMON_OPTION_NETWORK_ONLY },
  { "rpcservertimeout", "<n>", "Seconds that a request may take to arrive (default: 30)", SERVER, COMMON_OPTION_DEBUG },
  { "rpcthreads", "<n>", "Threads that run methods (default: 16)", SERVER, 0 },
  { "rpcuser", "<user>", "A user name, with -rpcpassword", SERVER, COMMON_OPTION_SENSITIVE },
  { "rpcworkqueue", "<n>", "Requests that may wait (default: 64)", SERVER, COMMON_OPTION_DEBUG },
  { "server", NULL, "Answer JSON-RPC (default: 1; 0 for the node of the application)", SERVER, 0 },
};

/* Known from the reference, but there is nothing yet that they could change: connections to other nodes, above all. */
static const char *const ignored[] = {
  "acceptstalefeeestimates",
  "addnode",
  "asmap",
  "bantime",
  "bind",
  "blockreconstructionextratxn",
  "blocksonly",
  "capturemessages",
  "checkaddrman",
  "checkblockindex",
  "checkmempool",
  "checkpoints",
  "cjdnsreachable",
  "connect",
  "deprecatedrpc",
  "discover",
  "dns",
  "dnsseed",
  "externalip",
  "fixedseeds",
  "forcednsseed",
  "i2pacceptincoming",
  "i2psam",
  "inboundrelaypercent",
  "limitancestorcount",
  "limitancestorsize",
  "limitdescendantcount",
  "limitdescendantsize",
  "listen",
  "listenonion",
  "logips",
  "loglevel",
  "loglevelalways",
  "logsourcelocations",
  "logthreadnames",
  "maxconnections",
  "maxreceivebuffer",
  "maxsendbuffer",
  "maxsigcachesize",
  "maxuploadtarget",
  "natpmp",
  "networkactive",
  "onion",
  "onlynet",
  "peerbloomfilters",
  "peertimeout",
  "port",
  "prevoutfetchthreads",
  "printpriority",
  "proxy",
  "proxyrandomize",
  "rpcdoccheck",
  "seednode",
  "settings",
  "shrinkdebugfile",
  "signetseednode",
  "timeout",
  "torcontrol",
  "torpassword",
  "txreconciliation",
  "txsendrate",
  "uacomment",
  "v2transport",
  "whitebind",
  "whitelist",
  "whitelistforcerelay",
  "whitelistrelay",
  "allowignoredconf",
  NULL,
};

/* Somebody who gives one of these relies on it. */
static const char *const refused[] = {
  "daemonwait",       "includeconf",
  "ipcbind",          "peerblockfilters",
  "privatebroadcast", "rpccookieperms",
  "rpcwhitelist",     "rpcwhitelistdefault",
  "zmqpubhashblock",  "zmqpubhashtx",
  "zmqpubrawblock",   "zmqpubrawtx",
  "zmqpubsequence",   NULL,
};

static void
add_names (GArray *all, const char *const *names, const char *help)
{
  for (guint i = 0; names[i] != NULL; i++) {
    CommonOptionSpec spec = { names[i], NULL, help, "Options of other versions", COMMON_OPTION_DEBUG };
    g_array_append_val (all, spec);
  }
}

const CommonOptionSpec *
node_option_specs (gsize *n)
{
  static GArray *all;

  if (all == NULL) {
    gsize n_wallet;
    const CommonOptionSpec *wallet = rpc_wallet_option_specs (&n_wallet);
    all = g_array_new (FALSE, FALSE, sizeof (CommonOptionSpec));
    g_array_append_vals (all, own_specs, G_N_ELEMENTS (own_specs));
    g_array_append_vals (all, wallet, (guint) n_wallet);
    add_names (all, ignored, "Has no effect in this version");
    add_names (all, refused, "Is not available in this version");
  }
  *n = all->len;
  return &g_array_index (all, CommonOptionSpec, 0);
}

gboolean
node_options_check (const CommonProgram *program, GError **error)
{
  return common_program_check_unused (program, ignored, refused, error);
}

/* -prune in bytes. */
static gboolean
get_prune_target (const CommonProgram *program, guint64 *target, GError **error)
{
  gint64 mib = common_options_get_int (program->options, "prune", 0);

  *target = 0;
  if (mib < 0)
    return common_options_fail (error, "Prune cannot be configured with a negative value.");
  if (mib == 0)
    return TRUE;
  if (common_options_get_bool (program->options, "reindex-chainstate", FALSE))
    return common_options_fail (error,
                                "Prune mode is incompatible with -reindex-chainstate. Use full -reindex instead.");
  if (mib > 1 && mib < NODE_PRUNE_MIN_MIB)
    return common_options_fail (error, "Prune configured below the minimum of %d MiB.  Please use a higher number.",
                                NODE_PRUNE_MIN_MIB);
  *target = mib == 1 ? NODE_PRUNE_MANUAL : (guint64) MIN (mib, G_MAXINT32) * MIB;
  return TRUE;
}

/* -par: 0 is one for each processor, -N leaves N of them free; the chain thread is one of them. */
static guint
get_script_threads (const CommonProgram *program)
{
  gint64 wanted = common_options_get_int (program->options, "par", 0);

  if (wanted <= 0)
    wanted += g_get_num_processors ();
  return (guint) CLAMP (wanted - 1, 0, MAX_SCRIPT_THREADS);
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
  out->dbcache_bytes
      = (gsize) MAX (common_options_get_int (options, "dbcache", DEFAULT_DBCACHE_MIB), MIN_DBCACHE_MIB) * MIB;
  out->script_threads = get_script_threads (program);
  out->blocks_xor = common_options_get_bool (options, "blocksxor", TRUE);
  out->reindex = common_options_get_bool (options, "reindex", FALSE);
  out->reindex_chainstate = common_options_get_bool (options, "reindex-chainstate", FALSE);
  out->check_blocks = (guint) CLAMP (common_options_get_int (options, "checkblocks", 6), 0, G_MAXINT32);
  out->check_level = (guint) CLAMP (common_options_get_int (options, "checklevel", 3), 0, 4);
  out->max_tip_age_s = common_options_get_int (options, "maxtipage", 0);
  out->batch_bytes = (gsize) CLAMP (common_options_get_int (options, "dbbatchsize", 0), 0, G_MAXINT32);
  node_store_set_crash_ratio ((guint32) CLAMP (common_options_get_int (options, "dbcrashratio", 0), 0, G_MAXINT32));
  out->fast_prune = common_options_get_bool (options, "fastprune", FALSE);
  return get_prune_target (program, &out->prune_target, error);
}

gboolean
node_options_get_fee_rate (const CommonProgram *program, const char *name, gint64 *sat, GError **error)
{
  const char *text = common_options_get (program->options, name, NULL);

  if (text == NULL)
    return TRUE;
  return btc_amount_parse (text, sat)
         || common_options_fail (error, "Invalid amount for -%s=<amount>: '%s'", name, text);
}

gboolean
node_options_fill_mining (const CommonProgram *program, NodeMiningOptions *out, GError **error)
{
  const CommonOptions *options = program->options;
  gint64 reserved, most;

  node_mining_options_init (out);
  reserved = common_options_get_int (options, "blockreservedweight", out->reserved_weight);
  most = common_options_get_int (options, "blockmaxweight", out->max_weight);
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
  if (g_str_equal (program->network->name, "regtest"))
    out->version = (gint32) common_options_get_int (options, "blockversion", 0);
  return node_options_get_fee_rate (program, "blockmintxfee", &out->min_fee_rate_sat_per_kvb, error);
}

gboolean
node_options_fill_mempool (const CommonProgram *program, NodeMempoolOptions *out, GError **error)
{
  const CommonOptions *options = program->options;
  gboolean main_network = program->network->folder[0] == '\0';

  node_mempool_options_init (out);
  out->max_bytes = (gsize) MAX (common_options_get_int (options, "maxmempool", 300), 1) * 1000000;
  out->expiry_s = common_options_get_int (options, "mempoolexpiry", 336) * 3600;
  out->require_standard = !common_options_get_bool (options, "acceptnonstdtxn", FALSE);
  if (!out->require_standard && main_network)
    return common_options_fail (error, "acceptnonstdtxn is not currently supported for main chain");
  out->permit_bare_multisig = common_options_get_bool (options, "permitbaremultisig", TRUE);
  out->max_datacarrier_bytes
      = common_options_get_bool (options, "datacarrier", TRUE)
            ? (guint32) CLAMP (common_options_get_int (options, "datacarriersize", 100000), 0, G_MAXUINT32)
            : 0;
  out->bytes_per_sigop = (guint) CLAMP (common_options_get_int (options, "bytespersigop", 20), 0, 10000);
  out->cluster_count = (guint) CLAMP (common_options_get_int (options, "limitclustercount", 64), 1, 64);
  out->cluster_vsize = (guint32) CLAMP (common_options_get_int (options, "limitclustersize", 101), 1, 4000) * 1000;
  return node_options_get_fee_rate (program, "minrelaytxfee", &out->min_relay_sat_per_kvb, error)
         && node_options_get_fee_rate (program, "incrementalrelayfee", &out->incremental_sat_per_kvb, error)
         && node_options_get_fee_rate (program, "dustrelayfee", &out->dust_sat_per_kvb, error);
}
