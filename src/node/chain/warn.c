#include "node/chain/warn.h"

#include "bitcoin/consensus/versionbits.h"
#include "common/log.h"
#include "node/chain/parts.h"

#include <string.h>

/* Chain warnings: an invalid branch with more work, and signalling for an unknown soft fork. */

#define INVALID_ID "invalid-chain"
#define INVALID_TEXT                                                                                                   \
  "Warning: Found invalid chain more than 6 blocks longer than our best chain. This could be due to database "         \
  "corruption or consensus incompatibility with peers."
#define INVALID_LEAD 6

#define RULES_ID "unknown-rules"
#define N_BITS 29
#define TOP_MASK 0xe0000000u
#define TOP_BITS 0x20000000u
#define MAIN_PERIOD 2016
#define MAIN_THRESHOLD 1815

struct _NodeWarnings {
  gboolean invalid; /* warned of an invalid branch */
  gboolean looked_for_rules;
  guint32 unknown_rules; /* bits of the block version */
};

NodeWarnings *
node_warnings_new (void)
{
  return g_new0 (NodeWarnings, 1);
}

void
node_warnings_free (NodeWarnings *warnings)
{
  g_free (warnings);
}

/* Whether an invalid branch has much more work than the chain. */
static gboolean
is_invalid_branch_better (NodeChain *chain)
{
  const NodeBlock *tip = node_chain_tip (chain), *invalid = node_block_tree_get_best_invalid (chain->tree);
  BtcUint256 limit, lead;

  if (invalid == NULL)
    return FALSE;
  btc_header_work (tip->header.bits, &lead);
  btc_uint256_mul_u32 (&lead, &lead, INVALID_LEAD);
  btc_uint256_add (&limit, &tip->chain_work, &lead);
  return btc_uint256_compare (&invalid->chain_work, &limit) > 0;
}

void
node_warn_invalid (NodeChain *chain)
{
  gboolean outdone = node_chain_tip (chain) != NULL && is_invalid_branch_better (chain);

  if (outdone == chain->warnings->invalid)
    return;
  chain->warnings->invalid = outdone;
  if (outdone)
    common_warn ("%s", INVALID_TEXT + strlen ("Warning: "));
  node_report_warning (chain, INVALID_ID, outdone ? INVALID_TEXT : NULL);
}

/* ---- unknown rules: bits of the block version (BIP 9) ---- */

static guint32
get_period (const BtcParams *params)
{
  return params->network->network == BTC_NETWORK_MAIN ? MAIN_PERIOD : btc_params_retarget_interval (params);
}

static guint32
get_threshold (const BtcParams *params, guint32 period)
{
  return params->network->network == BTC_NETWORK_MAIN ? MAIN_THRESHOLD : period * 3 / 4;
}

/* The version bits that this program would signal in a block after PREV. */
static guint32
known_bits (const BtcParams *params, const NodeBlock *prev)
{
  BtcPrevContext context = node_block_prev_context (prev);

  return (guint32) btc_deployment_block_version (params, &context);
}

/* The unknown bits whose signalling reached the threshold in the period that ends with LAST. */
static guint32
signalled_bits (const BtcParams *params, const NodeBlock *last, guint32 period)
{
  guint32 counts[N_BITS] = { 0 }, agreed = 0, first = last->height + 1 - period;
  const NodeBlock *block = last;

  for (; block->prev != NULL && block->height >= MAX (first, params->min_bip9_warning_height); block = block->prev) {
    guint32 version = (guint32) block->header.version;
    for (guint bit = 0; bit < N_BITS && (version & TOP_MASK) == TOP_BITS; bit++)
      counts[bit] += version >> bit & 1;
  }
  for (guint bit = 0; bit < N_BITS; bit++)
    if (counts[bit] >= get_threshold (params, period))
      agreed |= 1u << bit;
  return agreed & ~known_bits (params, node_block_ancestor (last, first - 1));
}

/* A rule is locked in for the period after the one in which the threshold was reached, and then active. */
static guint32
active_bits (NodeChain *chain)
{
  const BtcParams *params = chain->params;
  const NodeBlock *tip = node_chain_tip (chain);
  guint32 period = get_period (params), now = (tip->height + 1) / period, active = 0;

  for (gint64 k = (gint64) now - 2; k >= 1 && (k + 1) * period > params->min_bip9_warning_height; k--)
    active |= signalled_bits (params, node_chain_at (chain, (guint32) (k + 1) * period - 1), period);
  return active;
}

void
node_warn_rules (NodeChain *chain)
{
  const NodeBlock *tip = node_chain_tip (chain);
  guint32 period = get_period (chain->params), bits;
  g_autofree char *text = NULL;

  /* The result changes only at the end of a period. */
  if (node_chain_is_initial_download (chain) || (chain->warnings->looked_for_rules && (tip->height + 1) % period != 0))
    return;
  chain->warnings->looked_for_rules = TRUE;
  bits = active_bits (chain);
  if (bits == chain->warnings->unknown_rules)
    return;
  chain->warnings->unknown_rules = bits;
  if (bits != 0)
    text = g_strdup_printf ("Unknown new rules activated (versionbit %d)", g_bit_nth_lsf (bits, -1));
  if (text != NULL)
    common_warn ("%s", text);
  node_report_warning (chain, RULES_ID, text);
}
