#include "node/mining/private.h"

#include <string.h>

#include "bitcoin/script/opcodes.h"
#include "common/clock.h"

/* How long a template is reused although the mempool has changed. */
#define KEEP_S 5

void
node_mining_options_init (NodeMiningOptions *options)
{
  *options = (NodeMiningOptions){
    .min_fee_rate_sat_per_kvb = 1,
    .max_weight = BTC_MAX_BLOCK_WEIGHT,
    .reserved_weight = 8000,
  };
}

NodeMining *
node_mining_new (NodeChain *chain, NodeMempool *mempool, const NodeMiningOptions *options)
{
  NodeMining *mining;

  g_return_val_if_fail (chain != NULL && mempool != NULL && options != NULL, NULL);
  mining = g_new0 (NodeMining, 1);
  mining->chain = chain;
  mining->mempool = mempool;
  mining->options = *options;
  return mining;
}

void
node_mining_free (NodeMining *mining)
{
  if (mining == NULL)
    return;
  node_template_free (mining->kept);
  g_free (mining);
}

NodeChain *
node_mining_chain (NodeMining *mining)
{
  return mining->chain;
}

const NodeMiningOptions *
node_mining_options (NodeMining *mining)
{
  return &mining->options;
}

gboolean
node_mining_get_last (NodeMining *mining, guint64 *weight, guint *n_txs)
{
  *weight = mining->last_weight;
  *n_txs = mining->last_n_txs;
  return mining->last_weight != 0;
}

static gboolean
is_kept_good (NodeMining *mining)
{
  const NodeTemplate *kept = mining->kept;

  if (kept == NULL || memcmp (kept->block->header.prev32, node_chain_tip (mining->chain)->hash32, 32) != 0)
    return FALSE;
  return kept->updates == node_mempool_updates (mining->mempool)
         || ABS (common_clock_now () - mining->kept_time_s) <= KEEP_S;
}

const NodeTemplate *
node_mining_get_template (NodeMining *mining, BtcVerdict *verdict, GError **error)
{
  static const guint8 anyone[] = { BTC_OP_1 };
  BtcSpan script = { anyone, sizeof anyone };

  btc_verdict_clear (verdict);
  if (is_kept_good (mining))
    return mining->kept;
  g_clear_pointer (&mining->kept, node_template_free);
  mining->kept_time_s = common_clock_now ();
  mining->kept = node_mining_make_template (mining, script, NULL, verdict, error);
  return mining->kept;
}
