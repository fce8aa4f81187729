#include "node/chain/private.h"

/* The ends of all branches of the tree. */

GPtrArray *
node_chain_dup_tips (NodeChain *chain)
{
  g_autoptr (GHashTable) built_on = g_hash_table_new (NULL, NULL);
  GPtrArray *tips = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_return_val_if_fail (chain != NULL, tips);
  g_hash_table_iter_init (&iter, chain->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((NodeBlock *) value)->prev != NULL && !node_chain_contains (chain, value))
      g_hash_table_add (built_on, ((NodeBlock *) value)->prev);
  g_hash_table_iter_init (&iter, chain->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!node_chain_contains (chain, value) && !g_hash_table_contains (built_on, value))
      g_ptr_array_add (tips, value);
  if (node_chain_tip (chain) != NULL)
    g_ptr_array_add (tips, node_chain_tip (chain));
  return tips;
}
