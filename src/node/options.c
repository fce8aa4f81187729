#include "node/options.h"
#include "node/store/crash.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "common/hex.h"
#include "common/log.h"
#include "rpc/wallet_options.h"
#include "rpc/wallet_policy.h"

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
  { "assumevalid", "<hex>", "Assume that scripts up to this block are valid (0: check all)", GENERAL, 0 },
  { "blocksdir", "<dir>", "The directory of the block files (default: the data directory)", GENERAL, 0 },
  { "blockfilterindex", "<type>", "Maintain an index of compact block filters (types: basic; default: 0)", GENERAL, 0 },
  { "blocksxor", NULL, "Obfuscate the files of a new blocks directory with a random key (default: 1)", GENERAL, 0 },
  { "alertnotify", "<cmd>", "Run this command for each warning; %s in it is replaced by the text", GENERAL, 0 },
  { "blocknotify", "<cmd>", "Run this command when the tip changes; %s in it is replaced by the block hash", GENERAL,
    0 },
  { "shutdownnotify", "<cmd>", "Run this command at shutdown (may be repeated)", GENERAL, 0 },
  { "startupnotify", "<cmd>", "Run this command when the node has started", GENERAL, 0 },
  { "coinstatsindex", NULL, "Maintain an index of the statistics of gettxoutsetinfo for every block (default: 0)",
    GENERAL, 0 },
  { "daemon", NULL, "Run in the background", GENERAL, 0 },
  { "dbcache", "<n>", "The size of the database cache, in MiB (default: 450)", GENERAL, 0 },
  { "dbbatchsize", "<n>", "The size of a batch when coins are written, in bytes (default: 33554432)", TESTING,
    COMMON_OPTION_DEBUG },
  { "dbcrashratio", "<n>", "Simulate a crash after one in this many batches (default: 0, never)", TESTING,
    COMMON_OPTION_DEBUG },
  { "loadblock", "<file>", "Import the blocks of this file at start-up (may be repeated)", GENERAL, 0 },
  { "maxmempool", "<n>", "The maximum size of the mempool, in MB (default: 300)", GENERAL, 0 },
  { "mempoolexpiry", "<n>", "The maximum age of a transaction in the mempool, in hours (default: 336)", GENERAL, 0 },
  { "minimumchainwork", "<hex>", "The minimum work of a valid chain, in hex", GENERAL, COMMON_OPTION_DEBUG },
  { "par", "<n>", "The number of threads that check scripts (0: one for each processor)", GENERAL, 0 },
  { "persistmempool", NULL, "Save the mempool at shutdown and load it at start-up (default: 1)", GENERAL, 0 },
  { "persistmempoolv1", NULL, "Write mempool.dat in the older format (default: 0)", GENERAL, 0 },
  { "pid", "<file>", "Write the process ID to this file (default: moneyrocketd.pid)", GENERAL, 0 },
  { "prune", "<n>",
    "Delete old blocks: keep at most this many MiB (550 or more), or 1: only on pruneblockchain (default: 0, keep all)",
    GENERAL, 0 },
  { "reindex", NULL, "Rebuild the block index and the UTXO set from the block files", GENERAL, 0 },
  { "reindex-chainstate", NULL, "Rebuild the UTXO set", GENERAL, 0 },
  { "txindex", NULL, "Maintain an index of all transactions, for getrawtransaction (default: 0)", GENERAL, 0 },
  { "txospenderindex", NULL, "Maintain an index of the spender of each output, for gettxspendingprevout (default: 0)",
    GENERAL, 0 },
  { "disablewallet", NULL, "Run without wallets", "Wallet options", 0 },
  { "ipcfd", "<n>", "The descriptor of the connection with the parent process", TESTING, COMMON_OPTION_DEBUG },
  { "checkblocks", "<n>", "The number of blocks to verify at start-up (default: 6, 0: all)", TESTING,
    COMMON_OPTION_DEBUG },
  { "checklevel", "<n>", "How thorough that is: 0 to 4 (default: 3)", TESTING, COMMON_OPTION_DEBUG },
  { "fastprune", NULL, "Use small block files", TESTING, COMMON_OPTION_DEBUG },
  { "maxtipage", "<n>", "The maximum age of the tip of a chain that is up to date, in seconds (default: 86400)",
    TESTING, COMMON_OPTION_DEBUG },
  { "stopafterblockimport", NULL, "Exit when the blocks of -loadblock or -reindex are imported", TESTING,
    COMMON_OPTION_DEBUG },
  { "stopatheight", "<n>", "Exit when the chain has reached this height", TESTING, COMMON_OPTION_DEBUG },
  { "signetchallenge", "<hex>", "Use the signet with this challenge script", "Chain selection options", 0 },
  { "test", "<option>", "Enable behaviour for tests: bip94", TESTING, COMMON_OPTION_DEBUG },
  { "testactivationheight", "<name@height>",
    "Activate segwit, bip34, dersig, cltv or csv at this height (test networks)", TESTING, COMMON_OPTION_DEBUG },
  { "vbparams", "<deployment:start:end[:height]>",
    "The start, timeout and activation height of a deployment (test networks)", "Chain selection options",
    COMMON_OPTION_DEBUG },
  { "acceptnonstdtxn", NULL, "Accept non-standard transactions (not on the main network)", RELAY, COMMON_OPTION_DEBUG },
  { "bytespersigop", "<n>", "The equivalent of a signature check in virtual bytes (default: 20)", RELAY, 0 },
  { "datacarrier", NULL, "Accept transactions with data carrier outputs (default: 1)", RELAY, 0 },
  { "datacarriersize", "<n>", "The maximum size of that data in bytes (default: 100000)", RELAY, 0 },
  { "dustrelayfee", "<amount>", "The fee rate that defines dust, in BTC/kvB", RELAY, COMMON_OPTION_DEBUG },
  { "incrementalrelayfee", "<amount>", "The additional fee rate that a replacement must pay, in BTC/kvB", RELAY,
    COMMON_OPTION_DEBUG },
  { "limitclustercount", "<n>", "The maximum number of transactions in a mempool cluster (default: 64)", RELAY,
    COMMON_OPTION_DEBUG },
  { "limitclustersize", "<n>", "The maximum size of a mempool cluster in kvB (default: 101)", RELAY,
    COMMON_OPTION_DEBUG },
  { "minrelaytxfee", "<amount>", "The minimum relay fee rate, in BTC/kvB (default: 0.000001)", RELAY, 0 },
  { "permitbaremultisig", NULL, "Accept bare multisig outputs (default: 1)", RELAY, 0 },
  { "blockmaxweight", "<n>", "The maximum weight of a block template (default: 4000000)", MINING, COMMON_OPTION_DEBUG },
  { "blockmintxfee", "<amount>", "The minimum fee rate of transactions in a template, in BTC/kvB (default: 0.00000001)",
    MINING, 0 },
  { "blockreservedweight", "<n>", "The weight reserved for header and coinbase (default: 8000)", MINING, 0 },
  { "blockversion", "<n>", "The version of block templates (regtest)", MINING, COMMON_OPTION_DEBUG },
  { "rest", NULL, "Answer REST requests, which need no credentials (default: 0)", SERVER, 0 },
  { "rpcallowip", "<ip>", "Accept JSON-RPC connections from this address or subnet (may be repeated)", SERVER, 0 },
  { "rpcauth", "<userpw>", "A user with a hashed password: user:salt$hash (may be repeated)", SERVER,
    COMMON_OPTION_SENSITIVE },
  { "rpcbind", "<addr[:port]>", "Listen on this address; needs -rpcallowip (may be repeated)", SERVER,
    COMMON_OPTION_NETWORK_ONLY },
  { "rpccookiefile", "<file>", "The path of the cookie file (default: .cookie in the network's directory)", SERVER, 0 },
  { "rpccookieperms", "<who>", "Who may read the cookie file: owner (default), group or all", SERVER, 0 },
  { "rpcpassword", "<pw>", "The password of -rpcuser", SERVER, COMMON_OPTION_SENSITIVE },
  { "rpcport", "<port>", "The port for JSON-RPC connections", SERVER, COMMON_OPTION_NETWORK_ONLY },
  { "rpcservertimeout", "<n>", "The time-out of an HTTP request in seconds (default: 30)", SERVER,
    COMMON_OPTION_DEBUG },
  { "rpcthreads", "<n>", "The number of threads that run methods (default: 16)", SERVER, 0 },
  { "rpcuser", "<user>", "A user name, with -rpcpassword", SERVER, COMMON_OPTION_SENSITIVE },
  { "rpcwhitelist", "<list>",
    "The methods that a user may call: user:method,method (may be repeated: what is in all lists of a user)", SERVER,
    0 },
  { "rpcwhitelistdefault", NULL,
    "Whether users without -rpcwhitelist may call no method (default: if there is any list)", SERVER, 0 },
  { "rpcworkqueue", "<n>", "The maximum length of the queue of requests (default: 64)", SERVER, COMMON_OPTION_DEBUG },
  { "server", NULL, "Accept JSON-RPC commands (default: 1; 0 for the node of the application)", SERVER, 0 },
};

/* Options of the reference that have no effect yet, most of them about connections to other nodes. */
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

/* Options that must not be ignored, since their users rely on them. */
static const char *const refused[] = {
  "daemonwait",       "includeconf",     "ipcbind",      "peerblockfilters",
  "privatebroadcast", "zmqpubhashblock", "zmqpubhashtx", "zmqpubrawblock",
  "zmqpubrawtx",      "zmqpubsequence",  NULL,
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

/* -par: 0 is one thread for each processor, -N leaves N processors free; the chain thread counts as one. */
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

gboolean
node_options_check_wallet (const CommonProgram *program, GError **error)
{
  NodeMempoolOptions mempool;
  g_autoptr (RpcWalletPolicy) policy = NULL;

  if (common_options_get_bool (program->options, "disablewallet", FALSE))
    return TRUE;
  node_mempool_options_init (&mempool);
  if (!node_options_get_fee_rate (program, "minrelaytxfee", &mempool.min_relay_sat_per_kvb, error))
    return FALSE;
  policy = rpc_wallet_policy_read (program->options, mempool.min_relay_sat_per_kvb, error);
  for (guint i = 0; policy != NULL && policy->warnings[i] != NULL; i++)
    common_warn ("%s", policy->warnings[i]);
  return policy != NULL;
}
