#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The chain as the wallet sees it. One implementation speaks org.moneyrocket.Chain1, the other calls the node in the
 * same process. Everything happens on the main context, except for the *_wait() calls, which are for other threads. */

#define WALLET_TYPE_CHAIN (wallet_chain_get_type ())
G_DECLARE_INTERFACE (WalletChain, wallet_chain, WALLET, CHAIN, GObject)

typedef struct {
  guint64 sequence;
  guint32 height;
  guint8 hash32[32];
  guint64 mempool_sequence;
} WalletChainTip;

/* Every request is a GVariant with the arguments of the Chain1 method of that name (without `options`), and every
 * answer a GVariant with its results; a memfd result is the GBytes that *BULK receives. So both implementations, and a
 * fake for tests, are a page each. Signals: "tip-changed" (const WalletChainTip *); "renewed" (), when this is another
 * node process than before, of which nothing is known. Property-like: available. */
struct _WalletChainInterface {
  GTypeInterface parent;
  gboolean (*is_available) (WalletChain *chain); /* FALSE while the node is away */
  void (*call_async) (WalletChain *chain,
                      const char *method,
                      GVariant *args,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer data);
  GVariant *(*call_finish) (WalletChain *chain, GAsyncResult *result, GBytes **bulk, GError **error);
};

gboolean wallet_chain_is_available (WalletChain *chain);
void wallet_chain_call_async (WalletChain *chain,
                              const char *method,
                              GVariant *args,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);
GVariant *wallet_chain_call_finish (WalletChain *chain, GAsyncResult *result, GBytes **bulk, GError **error);

/* Makes a call from a thread that is not the main context's, and waits for its answer. ARGS is consumed when floating.
 * BULK may be NULL. Fails with BUS_ERROR_NODE_UNAVAILABLE while the node is away. */
GVariant *
wallet_chain_call_wait (WalletChain *chain, const char *method, GVariant *args, GBytes **bulk, GError **error);

/* For implementations: emit "tip-changed" and "renewed". */
void wallet_chain_emit_tip (WalletChain *chain, const WalletChainTip *tip);
void wallet_chain_emit_renewed (WalletChain *chain);

G_END_DECLS
