/* Coins that are spent together. */
#include "wallet/spend/plan.h"
#include "wallet/store/record.h"

/* The most coins of an address in one group, as in the reference. */
#define MAX_GROUP 100

static GPtrArray *
new_groups (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
group_singly (WalletTracker *tracker, gint32 min_depth, gboolean avoid_reuse)
{
  g_autoptr (GPtrArray) coins = wallet_tracker_list_spendable (tracker, min_depth, avoid_reuse);
  GPtrArray *groups = new_groups ();

  for (guint i = 0; i < coins->len; i++) {
    GPtrArray *group = g_ptr_array_sized_new (1);
    g_ptr_array_add (group, g_ptr_array_index (coins, i));
    g_ptr_array_add (groups, group);
  }
  return groups;
}

/* Adds COINS, all of one address. A group with a coin of fewer confirmations is left out. */
static void
add_groups (WalletTracker *tracker, GPtrArray *groups, const GPtrArray *coins, gint32 min_depth, gboolean whole)
{
  for (guint at = 0; at < coins->len; at += MAX_GROUP) {
    guint n = MIN (MAX_GROUP, coins->len - at);
    GPtrArray *group = g_ptr_array_sized_new (n);
    gboolean deep = TRUE;
    for (guint i = at; i < at + n; i++) {
      const WalletCoin *coin = g_ptr_array_index (coins, i);
      deep = deep && wallet_tracker_confirmations (tracker, coin->tx) >= min_depth;
      g_ptr_array_add (group, (gpointer) coin);
    }
    if (deep && !(whole && at > 0 && n < MAX_GROUP))
      g_ptr_array_add (groups, group);
    else
      g_ptr_array_unref (group);
  }
}

static GPtrArray *
group_by_address (WalletTracker *tracker, gint32 min_depth, gboolean avoid_reuse, gboolean whole)
{
  g_autoptr (GPtrArray) coins = wallet_tracker_list_spendable (tracker, 0, avoid_reuse);
  g_autoptr (GHashTable) by_script = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref,
                                                            (GDestroyNotify) g_ptr_array_unref);
  GPtrArray *groups = new_groups ();
  GHashTableIter iter;
  gpointer list;

  for (guint i = 0; i < coins->len; i++) {
    WalletCoin *coin = g_ptr_array_index (coins, i);
    g_autoptr (GBytes) script = g_bytes_new_static (coin->out->script.data, coin->out->script.len);
    list = g_hash_table_lookup (by_script, script);
    if (list == NULL) {
      list = g_ptr_array_new ();
      g_hash_table_insert (by_script, g_bytes_ref (script), list);
    }
    g_ptr_array_add (list, coin);
  }
  g_hash_table_iter_init (&iter, by_script);
  while (g_hash_table_iter_next (&iter, NULL, &list))
    add_groups (tracker, groups, list, min_depth, whole);
  return groups;
}

gboolean
wallet_group_is_implied (WalletTracker *tracker, gboolean avoid_reuse)
{
  return avoid_reuse && (wallet_tracker_get_flags (tracker) & WALLET_FLAG_AVOID_REUSE) != 0;
}

GPtrArray *
wallet_group_coins (WalletTracker *tracker, gint32 min_depth, gboolean avoid_reuse, gboolean together, gboolean whole)
{
  if (together || wallet_group_is_implied (tracker, avoid_reuse))
    return group_by_address (tracker, min_depth, avoid_reuse, whole);
  return group_singly (tracker, min_depth, avoid_reuse);
}
