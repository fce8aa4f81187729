#include "node/options.h"

#include "bitcoin/address/network_names.h"
#include "common/log.h"
#include "rpc/wallet_options.h"
#include "rpc/wallet_policy.h"

/* The checks of the node's options, in the reference's order. */

static void
warn_of_sections (const CommonProgram *program)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *text = NULL;

  for (const CommonNetworkName *network = btc_network_names (); network->name != NULL; network++)
    g_ptr_array_add (names, (gpointer) network->name);
  g_ptr_array_add (names, NULL);
  text = common_options_dup_unknown_sections (program->options, (const char *const *) names->pdata);
  if (text != NULL)
    common_program_warn (program, "%s", text);
}

static gboolean
has_filter_index (const CommonOptions *options)
{
  return !g_str_equal (common_options_get (options, "blockfilterindex", "0"), "0");
}

static guint
count_values (const CommonOptions *options, const char *name)
{
  g_autofree const char **list = common_options_dup_list (options, name);

  return g_strv_length ((char **) list);
}

/* Options that exclude each other. */
static gboolean
check_pairs (const CommonOptions *options, GError **error)
{
  gboolean listen = common_options_get_bool (options, "listen", TRUE);

  if (common_options_switch (options, "peerblockfilters") && !has_filter_index (options))
    return common_options_fail (error, "Cannot set -peerblockfilters without -blockfilterindex.");
  if (common_options_switch (options, "forcednsseed") && !common_options_get_bool (options, "dnsseed", TRUE))
    return common_options_fail (error, "Cannot set -forcednsseed to true when setting -dnsseed to false.");
  if (!listen && count_values (options, "bind") + count_values (options, "whitebind") > 0)
    return common_options_fail (error, "Cannot set -bind or -whitebind together with -listen=0");
  if (!listen && common_options_switch (options, "listenonion"))
    return common_options_fail (error, "Cannot set -listen=0 together with -listenonion=1");
  return TRUE;
}

static gboolean
check_numbers (const CommonOptions *options, GError **error)
{
  gint64 threads = common_options_get_int (options, "prevoutfetchthreads", 0);

  if (common_options_number (options, "maxconnections") < 0)
    return common_options_fail (error, "-maxconnections must be greater or equal than zero");
  if (common_options_number (options, "peertimeout") <= 0)
    return common_options_fail (error, "peertimeout must be a positive integer.");
  if (threads < 0)
    return common_options_fail (error,
                                "-prevoutfetchthreads must be non-negative (got %" G_GINT64_FORMAT
                                "). Use 0 to disable parallel input fetching.",
                                threads);
  return TRUE;
}

static gboolean
check_tests (const CommonProgram *program, GError **error)
{
  static const char *const known[] = { "addrman", "bip94", "reindex_after_failure_noninteractive_yes", NULL };
  g_autofree const char **names = common_options_dup_list (program->options, "test");
  gboolean regtest = g_str_equal (program->network->name, "regtest");

  if (names[0] != NULL && !regtest)
    return common_options_fail (error, "-test=<option> can only be used with regtest");
  for (guint i = 0; names[i] != NULL; i++)
    if (!g_strv_contains (known, names[i]))
      common_program_warn (program, "Unrecognised option \"%s\" provided in -test=<option>.", names[i]);
  if (common_options_switch (program->options, "acceptstalefeeestimates") && !regtest)
    return common_options_fail (error, "acceptstalefeeestimates is not supported on %s chain.", program->network->name);
  return TRUE;
}

/* What the parts of the node are created from later, when an error could no longer be shown. */
static gboolean
check_parts (const CommonProgram *program, GError **error)
{
  g_autofree char *blocksdir = NULL;
  NodeIndexesOptions indexes;
  NodeMempoolOptions mempool;
  NodeMiningOptions mining;
  NodeChainOptions chain;

  return node_options_fill_indexes (program, &indexes, error) && node_options_fill_mining (program, &mining, error)
         && node_options_fill_chain (program, NULL, &chain, &blocksdir, error)
         && node_options_fill_mempool (program, &mempool, error);
}

/* The wallet that the node starts gets the same options; an error is shown before. */
static gboolean
check_wallet (const CommonProgram *program, GError **error)
{
  g_autoptr (RpcWalletPolicy) policy = NULL;
  NodeMempoolOptions mempool;

  if (common_options_switch (program->options, "disablewallet"))
    return TRUE;
  if (!rpc_wallet_options_check (program->options, error) || !node_options_fill_mempool (program, &mempool, error))
    return FALSE;
  policy = rpc_wallet_policy_read (program->options, mempool.min_relay_sat_per_kvb, error);
  for (guint i = 0; policy != NULL && policy->warnings[i] != NULL; i++)
    common_warn ("%s", policy->warnings[i]);
  return policy != NULL;
}

gboolean
node_options_check (const CommonProgram *program, GError **error)
{
  const CommonOptions *options = program->options;

  g_return_val_if_fail (program != NULL, FALSE);
  if (!common_options_check_network_only (options, error))
    return FALSE;
  if (g_str_equal (program->network->name, "test"))
    common_info ("Warning: Support for testnet3 is deprecated and will be removed in an upcoming release. Consider "
                 "switching to testnet4.");
  warn_of_sections (program);
  return check_pairs (options, error) && check_numbers (options, error) && check_wallet (program, error)
         && common_options_check (options, error) && check_tests (program, error) && check_parts (program, error)
         && node_options_check_peers (program, error);
}
