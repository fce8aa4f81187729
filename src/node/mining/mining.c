#include "node/mining/private.h"

#include "bitcoin/script/opcodes.h"
#include "common/clock.h"

/* How long a template is reused even if the mempool has changed. */
#define KEEP_S 5

void
node_mining_options_init (NodeMiningOptions *options)
{
  *options = (NodeMiningOptions){
    .min_fee_rate_sat_per_kvb = 1,
    .max_weight = BTC_MAX_BLOCK_WEIGHT,
    .reserved_weight = 8000,
    .reserved_sigops = 400,
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
  g_mutex_init (&mining->making);
  g_mutex_init (&mining->lock);
  return mining;
}

void
node_mining_free (NodeMining *mining)
{
  if (mining == NULL)
    return;
  g_clear_pointer (&mining->kept, node_template_unref);
  g_mutex_clear (&mining->making);
  g_mutex_clear (&mining->lock);
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
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mining->lock);

  *weight = mining->last_weight;
  *n_txs = mining->last_n_txs;
  return mining->last_weight != 0;
}

/* The last template, if it is still valid. */
static NodeTemplate *
ref_kept_template (NodeMining *mining)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (mining->chain);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mining->lock);
  NodeTemplate *kept = mining->kept;

  if (kept == NULL || tip == NULL || kept->prev != tip->block)
    return NULL;
  return kept->updates == node_mempool_updates (mining->mempool)
                 || ABS (common_clock_now () - mining->kept_time_s) <= KEEP_S
             ? node_template_ref (kept)
             : NULL;
}

static void
keep_template (NodeMining *mining, NodeTemplate *made, gint64 time_s)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mining->lock);

  g_clear_pointer (&mining->kept, node_template_unref);
  mining->kept = node_template_ref (made);
  mining->kept_time_s = time_s;
}

NodeTemplate *
node_mining_get_template (NodeMining *mining, GCancellable *cancellable, BtcVerdict *verdict, GError **error)
{
  static const guint8 anyone[] = { BTC_OP_1 };
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mining->making);
  BtcSpan script = { anyone, sizeof anyone };
  gint64 now_s = common_clock_now ();
  NodeTemplate *made;

  btc_verdict_clear (verdict);
  made = ref_kept_template (mining);
  if (made != NULL)
    return made;
  made = node_mining_make_template (mining, NULL, script, NULL, cancellable, verdict, error);
  if (made != NULL)
    keep_template (mining, made, now_s);
  return made;
}
