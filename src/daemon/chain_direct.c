#include "daemon/chain_direct.h"

#include "node/service/chain_calls.h"

struct _DaemonChainDirect {
  GObject parent;
  NodeApp *app;
  NodeChainTeller *teller;
};

static void daemon_chain_direct_iface_init (WalletChainInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DaemonChainDirect,
                               daemon_chain_direct,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WALLET_TYPE_CHAIN, daemon_chain_direct_iface_init))

static gboolean
is_available (WalletChain *chain)
{
  DaemonChainDirect *self = DAEMON_CHAIN_DIRECT (chain);
  g_autoptr (GVariant) tip = NULL;

  if (node_app_get_status (self->app).state >= NODE_APP_STOPPING)
    return FALSE;
  tip = node_chain_calls_tip (self->app, NULL);
  if (tip != NULL)
    g_variant_ref_sink (tip);
  return tip != NULL;
}

static void
call_async (WalletChain *chain,
            const char *method,
            GVariant *args,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer data)
{
  node_chain_calls_async (DAEMON_CHAIN_DIRECT (chain)->app, method, args, cancellable, callback, data);
}

static GVariant *
call_finish (WalletChain *chain, GAsyncResult *result, GBytes **bulk, GError **error)
{
  return node_chain_calls_finish (result, bulk, error);
}

static void
daemon_chain_direct_iface_init (WalletChainInterface *iface)
{
  iface->is_available = is_available;
  iface->call_async = call_async;
  iface->call_finish = call_finish;
}

static void
on_tip (gpointer data, GVariant *tip)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (tip);
  g_autoptr (GVariant) hash = NULL;
  WalletChainTip told;
  gsize len;

  g_variant_get (owned, "(tu@ayt)", &told.sequence, &told.height, &hash, &told.mempool_sequence);
  memcpy (told.hash32, g_variant_get_fixed_array (hash, &len, 1), sizeof told.hash32);
  wallet_chain_emit_tip (data, &told);
}

static void
daemon_chain_direct_dispose (GObject *object)
{
  DaemonChainDirect *self = DAEMON_CHAIN_DIRECT (object);

  g_clear_pointer (&self->teller, node_chain_teller_free);
  G_OBJECT_CLASS (daemon_chain_direct_parent_class)->dispose (object);
}

static void
daemon_chain_direct_class_init (DaemonChainDirectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = daemon_chain_direct_dispose;
}

static void
daemon_chain_direct_init (DaemonChainDirect *self)
{
}

DaemonChainDirect *
daemon_chain_direct_new (NodeApp *app)
{
  DaemonChainDirect *self = g_object_new (DAEMON_TYPE_CHAIN_DIRECT, NULL);

  self->app = app;
  self->teller = node_chain_teller_new (app, on_tip, self);
  return self;
}
