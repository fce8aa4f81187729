#include "node/mempool/private.h"

#include <string.h>

/* Parents and children. */

typedef GPtrArray *(*NextFunc) (const NodeMempoolEntry *entry);

static GPtrArray *
parents_of (const NodeMempoolEntry *entry)
{
  return entry->parents;
}

static GPtrArray *
children_of (const NodeMempoolEntry *entry)
{
  return entry->children;
}

static void
add_reachable (GHashTable *set, const NodeMempoolEntry *entry, NextFunc next)
{
  g_autoptr (GPtrArray) todo = g_ptr_array_new ();

  g_ptr_array_add (todo, (gpointer) entry);
  while (todo->len > 0) {
    const NodeMempoolEntry *at = g_ptr_array_steal_index_fast (todo, todo->len - 1);
    GPtrArray *others = next (at);
    for (guint i = 0; i < others->len; i++)
      if (g_hash_table_add (set, g_ptr_array_index (others, i)))
        g_ptr_array_add (todo, g_ptr_array_index (others, i));
  }
}

void
node_mempool_add_ancestors (GHashTable *set, const NodeMempoolEntry *entry)
{
  add_reachable (set, entry, parents_of);
}

void
node_mempool_add_descendants (GHashTable *set, const NodeMempoolEntry *entry)
{
  add_reachable (set, entry, children_of);
}

static void
link_entries (NodeMempoolEntry *parent, NodeMempoolEntry *child)
{
  if (g_ptr_array_find (child->parents, parent, NULL))
    return;
  g_ptr_array_add (child->parents, parent);
  g_ptr_array_add (parent->children, child);
}

/* An entry may be added after its children, if it is from a disconnected block. */
void
node_mempool_link (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  const BtcTx *tx = entry->tx;
  BtcOutpoint outpoint;

  for (guint32 i = 0; i < tx->n_in; i++) {
    NodeMempoolEntry *parent = g_hash_table_lookup (mempool->by_txid, tx->in[i].prevout.txid32);
    if (parent != NULL)
      link_entries (parent, entry);
  }
  memcpy (outpoint.txid32, tx->txid32, 32);
  for (outpoint.n = 0; outpoint.n < tx->n_out; outpoint.n++) {
    NodeMempoolEntry *child = g_hash_table_lookup (mempool->spenders, &outpoint);
    if (child != NULL)
      link_entries (entry, child);
  }
}

/* Searches from the end: the children of an entry are usually removed in reverse order. */
static void
graph_remove (GPtrArray *relatives, const NodeMempoolEntry *entry)
{
  for (guint i = relatives->len; i > 0; i--)
    if (g_ptr_array_index (relatives, i - 1) == entry) {
      g_ptr_array_remove_index_fast (relatives, i - 1);
      return;
    }
}

void
node_mempool_unlink (NodeMempoolEntry *entry)
{
  for (guint i = 0; i < entry->parents->len; i++)
    graph_remove (((NodeMempoolEntry *) g_ptr_array_index (entry->parents, i))->children, entry);
  for (guint i = 0; i < entry->children->len; i++)
    graph_remove (((NodeMempoolEntry *) g_ptr_array_index (entry->children, i))->parents, entry);
}

static int
compare_arrival (gconstpointer a, gconstpointer b)
{
  const NodeMempoolEntry *first = *(NodeMempoolEntry *const *) a, *second = *(NodeMempoolEntry *const *) b;
  return first->sequence < second->sequence ? -1 : first->sequence > second->sequence;
}

/* Appends ENTRY after those of its parents that are in SET. The recursion is limited by the size of a cluster. */
static void
append_sorted (GHashTable *set, GHashTable *done, GPtrArray *out, NodeMempoolEntry *entry)
{
  if (!g_hash_table_contains (set, entry) || !g_hash_table_add (done, entry))
    return;
  for (guint i = 0; i < entry->parents->len; i++)
    append_sorted (set, done, out, g_ptr_array_index (entry->parents, i));
  g_ptr_array_add (out, entry);
}

GPtrArray *
node_mempool_sort (GHashTable *set)
{
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) arrived = g_ptr_array_new ();
  GPtrArray *out = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    g_ptr_array_add (arrived, entry);
  g_ptr_array_sort (arrived, compare_arrival);
  for (guint i = 0; i < arrived->len; i++)
    append_sorted (set, done, out, g_ptr_array_index (arrived, i));
  return out;
}

GPtrArray *
node_mempool_dup_ancestors (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);
  node_mempool_add_ancestors (set, entry);
  return node_mempool_sort (set);
}

GPtrArray *
node_mempool_dup_descendants (NodeMempool *mempool, NodeMempoolEntry *entry)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);
  node_mempool_add_descendants (set, entry);
  return node_mempool_sort (set);
}

GPtrArray *
node_mempool_dup_entries (NodeMempool *mempool)
{
  g_autoptr (GHashTable) set = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, mempool->by_txid);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_hash_table_add (set, entry);
  return node_mempool_sort (set);
}
