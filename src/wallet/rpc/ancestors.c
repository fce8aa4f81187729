/* Reads the ancestors of unconfirmed payments from the node's mempool, including ancestors that are not in the
 * wallet. */
#include "bitcoin/primitives/hash_key.h"
#include "wallet/rpc/methods.h"

/* How long to wait for the node. */
#define ANCESTORS_TIMEOUT_MS 2000

typedef struct {
  RpcCall *call;
  GByteArray *txids;
  guint next;         /* index of the next request in it */
  GHashTable *known;  /* see WalletRpcAncestorsFunc */
  GCancellable *stop; /* of the calls: after the timeout, or when the caller cancels */
  GSource *timeout, *cancelled;
  WalletRpcAncestorsFunc done;
  gpointer data;
} AncestorsRequest;

static GSource *
ancestors_attach (GSource *source, GSourceFunc func, AncestorsRequest *request)
{
  g_source_set_callback (source, func, request, NULL);
  g_source_attach (source, NULL);
  return source;
}

static void
ancestors_detach (GSource *source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static gboolean
on_ancestors_timed_out (gpointer data)
{
  g_cancellable_cancel (((AncestorsRequest *) data)->stop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_ancestors_cancelled (GCancellable *cancellable, gpointer data)
{
  return on_ancestors_timed_out (data);
}

static void
ancestors_end (AncestorsRequest *request)
{
  ancestors_detach (request->timeout);
  ancestors_detach (request->cancelled);
  request->done (request->call, request->known, request->data);
  g_hash_table_unref (request->known);
  g_byte_array_unref (request->txids);
  g_object_unref (request->stop);
  g_free (request);
}

static void ancestors_next (AncestorsRequest *request);

static void
on_ancestors (GObject *source, GAsyncResult *result, gpointer data)
{
  AncestorsRequest *request = data;
  g_autoptr (GArray) list = wallet_chain_get_ancestors_finish (WALLET_CHAIN (source), result, NULL);

  if (list == NULL) {
    ancestors_end (request);
    return;
  }
  for (guint i = 0; i < list->len; i++) {
    WalletChainAncestors *of = g_memdup2 (&g_array_index (list, WalletChainAncestors, i), sizeof *of);
    g_hash_table_insert (request->known, of->txid32, of);
  }
  ancestors_next (request);
}

static void
ancestors_next (AncestorsRequest *request)
{
  guint left = request->txids->len / 32 - request->next, n = MIN (left, WALLET_CHAIN_MAX_TXIDS);
  const guint8 *txids = request->txids->data + 32 * (gsize) request->next;

  if (n == 0) {
    ancestors_end (request);
    return;
  }
  request->next += n;
  wallet_chain_get_ancestors_async (wallet_manager_get_chain (wallet_rpc_manager (request->call)), txids, n,
                                    request->stop, on_ancestors, request);
}

void
wallet_rpc_request_ancestors (RpcCall *call, GHashTable *txids, WalletRpcAncestorsFunc done, gpointer data)
{
  AncestorsRequest *request = g_new0 (AncestorsRequest, 1);
  GHashTableIter iter;
  gpointer txid32;

  request->call = call;
  request->done = done;
  request->data = data;
  request->txids = g_byte_array_new ();
  g_hash_table_iter_init (&iter, txids);
  while (g_hash_table_iter_next (&iter, &txid32, NULL))
    g_byte_array_append (request->txids, txid32, 32);
  request->known = g_hash_table_new_full (btc_hash32_hash, btc_hash32_equal, NULL, g_free);
  request->stop = g_cancellable_new ();
  request->timeout = ancestors_attach (g_timeout_source_new (ANCESTORS_TIMEOUT_MS), on_ancestors_timed_out, request);
  request->cancelled = ancestors_attach (g_cancellable_source_new (call->cancellable),
                                         G_SOURCE_FUNC (on_ancestors_cancelled), request);
  ancestors_next (request);
}
