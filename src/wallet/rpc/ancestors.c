/* What the node's mempool knows of unconfirmed payments, also of those whose inputs are not the wallet's. */
#include "bitcoin/primitives/hash_key.h"
#include "wallet/rpc/methods.h"

/* A node that has not answered by then is not waited for any longer. */
#define ANCESTORS_PATIENCE_MS 2000

typedef struct {
  RpcCall *call;
  GByteArray *txids;
  guint next;         /* of them, which is to be asked for */
  GHashTable *known;  /* see WalletRpcAncestorsFunc */
  GCancellable *stop; /* of the calls: after the patience, or when the caller cancels */
  GSource *patience, *cancelled;
  WalletRpcAncestorsFunc done;
  gpointer data;
} Asking;

static GSource *
asking_attach (GSource *source, GSourceFunc func, Asking *asking)
{
  g_source_set_callback (source, func, asking, NULL);
  g_source_attach (source, NULL);
  return source;
}

static void
asking_detach (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static gboolean
on_asking_late (gpointer data)
{
  g_cancellable_cancel (((Asking *) data)->stop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_asking_cancelled (GCancellable *cancellable, gpointer data)
{
  return on_asking_late (data);
}

static void
asking_end (Asking *asking)
{
  asking_detach (asking->patience);
  asking_detach (asking->cancelled);
  asking->done (asking->call, asking->known, asking->data);
  g_hash_table_unref (asking->known);
  g_byte_array_unref (asking->txids);
  g_object_unref (asking->stop);
  g_free (asking);
}

static void asking_next (Asking *asking);

static void
on_ancestors (GObject *source, GAsyncResult *result, gpointer data)
{
  Asking *asking = data;
  g_autoptr (GArray) list = wallet_chain_get_ancestors_finish (WALLET_CHAIN (source), result, NULL);

  if (list == NULL) {
    asking_end (asking);
    return;
  }
  for (guint i = 0; i < list->len; i++) {
    WalletChainAncestors *of = g_memdup2 (&g_array_index (list, WalletChainAncestors, i), sizeof *of);
    g_hash_table_insert (asking->known, of->txid32, of);
  }
  asking_next (asking);
}

static void
asking_next (Asking *asking)
{
  guint left = asking->txids->len / 32 - asking->next, n = MIN (left, WALLET_CHAIN_MAX_TXIDS);
  const guint8 *txids = asking->txids->data + 32 * (gsize) asking->next;

  if (n == 0) {
    asking_end (asking);
    return;
  }
  asking->next += n;
  wallet_chain_get_ancestors_async (wallet_manager_get_chain (wallet_rpc_manager (asking->call)), txids, n,
                                    asking->stop, on_ancestors, asking);
}

void
wallet_rpc_ask_ancestors (RpcCall *call, GHashTable *txids, WalletRpcAncestorsFunc done, gpointer data)
{
  Asking *asking = g_new0 (Asking, 1);
  GHashTableIter iter;
  gpointer txid32;

  asking->call = call;
  asking->done = done;
  asking->data = data;
  asking->txids = g_byte_array_new ();
  g_hash_table_iter_init (&iter, txids);
  while (g_hash_table_iter_next (&iter, &txid32, NULL))
    g_byte_array_append (asking->txids, txid32, 32);
  asking->known = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, NULL, g_free);
  asking->stop = g_cancellable_new ();
  asking->patience = asking_attach (g_timeout_source_new (ANCESTORS_PATIENCE_MS), on_asking_late, asking);
  asking->cancelled
      = asking_attach (g_cancellable_source_new (call->cancellable), G_SOURCE_FUNC (on_asking_cancelled), asking);
  asking_next (asking);
}
