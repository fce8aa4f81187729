#include "node/options.h"

#include <string.h>

#include "common/hex.h"
#include "common/log.h"

/* Options that change the network's parameters. */

/* A number as hex: up to 64 digits, of which leading zeros may be omitted. */
static gboolean
parse_hash (const char *text, guint8 out32[32])
{
  char padded[65];
  gsize len;

  if (g_str_has_prefix (text, "0x") || g_str_has_prefix (text, "0X"))
    text += 2;
  len = strlen (text);
  if (len > 64)
    return FALSE;
  memset (padded, '0', 64 - len);
  memcpy (padded + 64 - len, text, len + 1);
  return common_hex_decode_reversed (padded, out32, 32);
}

static gboolean
set_work_and_assumed_block (BtcParams *params, const CommonOptions *options, GError **error)
{
  const char *work = common_options_get (options, "minimumchainwork", NULL);
  const char *block = common_options_get (options, "assumevalid", NULL);
  guint8 work32[32];

  if (work != NULL) {
    if (!parse_hash (work, work32))
      return common_options_fail (error, "Invalid minimum work specified (%s), must be up to 64 hex digits", work);
    btc_uint256_from_le (&params->minimum_chain_work, work32);
  }
  if (block != NULL && !parse_hash (block, params->assume_valid32))
    return common_options_fail (
        error, "Invalid assumevalid block hash specified (%s), must be up to 64 hex digits (or 0 to disable)", block);
  return TRUE;
}

static gboolean
set_activation_height (BtcParams *params, const char *text, GError **error)
{
  static const char *const names[BTC_N_BURIED] = {
    [BTC_BURIED_BIP34] = "bip34", [BTC_BURIED_DERSIG] = "dersig", [BTC_BURIED_CLTV] = "cltv",
    [BTC_BURIED_CSV] = "csv",     [BTC_BURIED_SEGWIT] = "segwit",
  };
  g_auto (GStrv) words = g_strsplit (text, "@", 2);
  guint64 height;

  if (words[0] == NULL || words[1] == NULL)
    return common_options_fail (error, "Invalid format (%s) for -testactivationheight=name@height.", text);
  if (!g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXINT32 - 1, &height, NULL))
    return common_options_fail (error, "Invalid height value (%s) for -testactivationheight=name@height.", text);
  for (guint i = 0; i < BTC_N_BURIED; i++) {
    if (g_str_equal (names[i], words[0])) {
      params->buried_height[i] = (guint32) height;
      return TRUE;
    }
  }
  return common_options_fail (error, "Invalid name (%s) for -testactivationheight=name@height.", text);
}

static gboolean
set_deployment (BtcParams *params, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ":", -1);
  guint n = g_strv_length (words);
  gint64 start_s, timeout_s, height = 0;

  if (n < 3 || n > 4)
    return common_options_fail (
        error, "Version bits parameters malformed, expecting deployment:start:end[:min_activation_height]");
  if (!g_ascii_string_to_signed (words[1], 10, G_MININT64, G_MAXINT64, &start_s, NULL))
    return common_options_fail (error, "Invalid nStartTime (%s)", words[1]);
  if (!g_ascii_string_to_signed (words[2], 10, G_MININT64, G_MAXINT64, &timeout_s, NULL))
    return common_options_fail (error, "Invalid nTimeout (%s)", words[2]);
  if (n == 4 && !g_ascii_string_to_signed (words[3], 10, 0, G_MAXINT32, &height, NULL))
    return common_options_fail (error, "Invalid min_activation_height (%s)", words[3]);
  if (!g_str_equal (words[0], params->testdummy.name))
    return common_options_fail (error, "Invalid deployment (%s)", words[0]);
  params->testdummy.start_time_s = start_s;
  params->testdummy.timeout_s = timeout_s;
  params->testdummy.min_activation_height = (guint32) height;
  common_info ("Setting version bits activation parameters for %s to start=%" G_GINT64_FORMAT
               ", timeout=%" G_GINT64_FORMAT ", min_activation_height=%" G_GINT64_FORMAT,
               words[0], start_s, timeout_s, height);
  return TRUE;
}

typedef gboolean (*SetFunc) (BtcParams *params, const char *text, GError **error);

static void
log_signet (const BtcParams *params)
{
  g_autofree char *magic = common_hex_encode (params->magic, sizeof params->magic);

  if (params->signet)
    common_info ("Signet derived magic (message start): %s", magic);
}

/* Every value of the list option NAME, which is for test networks. */
static gboolean
set_each (BtcParams *params, const CommonOptions *options, const char *name, SetFunc set, GError **error)
{
  g_autofree const char **values = common_options_dup_list (options, name);

  for (guint i = 0; values[i] != NULL; i++)
    if (!set (params, values[i], error))
      return FALSE;
  if (values[0] != NULL && params->network->network == BTC_NETWORK_MAIN)
    return common_options_fail (error, "The -%s option may not be used on mainnet.", name);
  return TRUE;
}

static gboolean
set_signet (BtcParams *params, const CommonOptions *options, GError **error)
{
  g_autofree const char **challenges = common_options_dup_list (options, "signetchallenge");
  g_autoptr (GBytes) challenge = NULL;

  if (challenges[0] == NULL || !params->signet)
    return TRUE;
  if (challenges[1] != NULL)
    return common_options_fail (error, "-signetchallenge cannot be multiple values.");
  challenge = common_hex_decode_bytes (challenges[0]);
  if (challenge == NULL)
    return common_options_fail (error, "-signetchallenge must be hex, not '%s'.", challenges[0]);
  btc_params_set_signet_challenge (params, g_bytes_get_data (challenge, NULL), g_bytes_get_size (challenge));
  common_info ("Signet with challenge %s", challenges[0]);
  return TRUE;
}

static gboolean
set_test_behaviour (BtcParams *params, const CommonOptions *options, GError **error)
{
  g_autofree const char **names = common_options_dup_list (options, "test");

  if (names[0] != NULL && params->network->network != BTC_NETWORK_REGTEST)
    return common_options_fail (error, "-test=<option> can only be used with regtest");
  for (guint i = 0; names[i] != NULL; i++) {
    if (g_str_equal (names[i], "bip94"))
      params->bip94_timewarp = TRUE;
    else
      common_warn ("-test=%s has no effect in this version", names[i]);
  }
  return TRUE;
}

BtcParams *
node_options_new_params (const CommonProgram *program, GError **error)
{
  const BtcNetworkInfo *info = btc_network_by_name (program->network->name);
  const CommonOptions *options = program->options;
  g_autoptr (BtcParams) params = btc_params_new (info->network);

  if (!set_signet (params, options, error) || !set_work_and_assumed_block (params, options, error)
      || !set_each (params, options, "testactivationheight", set_activation_height, error)
      || !set_each (params, options, "vbparams", set_deployment, error) || !set_test_behaviour (params, options, error))
    return NULL;
  /* The small files of -fastprune are for short chains. */
  if (info->network == BTC_NETWORK_REGTEST && common_options_get_bool (options, "fastprune", FALSE))
    params->prune_after_height = 100;
  log_signet (params);
  return g_steal_pointer (&params);
}
