#include "node/chain/cache.h"

#include "node/chain/busy.h"
#include "node/chain/parts.h"

/* How -dbcache is divided. */

void
node_chain_get_cache_bytes (NodeChain *chain, gsize *db, gsize *coins)
{
  gsize total = chain->options.dbcache_bytes;

  *db = MIN (total / 4, (gsize) 8 << 20);
  *coins = total - *db;
}

void
node_cache_share (NodeChain *chain)
{
  gsize db, total, small;

  if (chain->state.coins == NULL || node_busy_is (chain, NODE_BUSY_LOADING_SNAPSHOT))
    return;
  node_chain_get_cache_bytes (chain, &db, &total);
  if (chain->below == NULL) {
    node_coins_set_cache_bytes (chain->state.coins, total);
    return;
  }
  /* The second database has its own share. */
  total -= db;
  small = total / 20;
  node_coins_set_cache_bytes (chain->state.coins, node_chain_is_initial_download (chain) ? total - small : small);
  node_coins_set_cache_bytes (chain->below->coins, node_chain_is_initial_download (chain) ? small : total - small);
}

guint
node_chain_get_states (NodeChain *chain, NodeChainstateInfo infos[2])
{
  guint n = 0;

  if (chain->below != NULL)
    infos[n++] = (NodeChainstateInfo){
      .tip = chain->below->tip,
      .target = chain->below->role.target,
      .validated = TRUE,
      .db_cache_bytes = chain->below->db_cache_bytes,
      .coins_cache_bytes = node_coins_get_cache_bytes (chain->below->coins),
    };
  infos[n++] = (NodeChainstateInfo){
    .tip = node_chain_tip (chain),
    .snapshot = chain->state.base,
    .validated = chain->below == NULL,
    .db_cache_bytes = chain->state.db_cache_bytes,
    .coins_cache_bytes = node_coins_get_cache_bytes (chain->state.coins),
  };
  return n;
}
