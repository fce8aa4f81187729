#include "node/service/wallet_link.h"

#include "common/log.h"
#include "dbus/errors.h"

struct _NodeWalletLink {
  RpcWallets *wallets;
  guint number; /* in WALLETS */
  RpcBusClient *rpc;
  void (*refused) (gpointer data);
  gpointer refused_data;
};

static void
on_wallets_loaded (RpcBusClient *rpc, gpointer warmup)
{
  node_warmup_end_wallets (warmup);
}

NodeWalletLink *
node_wallet_link_new (RpcWallets *wallets, NodeWarmup *warmup)
{
  NodeWalletLink *link = g_new0 (NodeWalletLink, 1);

  link->wallets = g_object_ref (wallets);
  link->rpc = rpc_bus_client_new ();
  link->number = rpc_wallets_add (wallets, RPC_HANDLER (link->rpc));
  if (warmup != NULL)
    g_signal_connect (link->rpc, "loaded", G_CALLBACK (on_wallets_loaded), warmup);
  return link;
}

void
node_wallet_link_free (NodeWalletLink *link)
{
  if (link == NULL)
    return;
  node_wallet_link_disconnect (link);
  rpc_wallets_remove (link->wallets, link->number);
  g_signal_handlers_disconnect_matched (link->rpc, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_wallets_loaded, NULL);
  g_clear_object (&link->rpc);
  g_clear_object (&link->wallets);
  g_free (link);
}

static gboolean
link_set_wallets (gpointer data, const char *const *names, GError **error)
{
  NodeWalletLink *link = data;
  const char *taken;

  if (rpc_wallets_set_names (link->wallets, link->number, names, &taken))
    return TRUE;
  common_warn ("The wallet \"%s\" of a wallet program is refused: another program has a wallet of this name", taken);
  g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_EXISTS, "another program of this node has a wallet \"%s\"", taken);
  if (link->refused != NULL)
    link->refused (link->refused_data);
  return FALSE;
}

void
node_wallet_link_on_refused (NodeWalletLink *link, void (*refused) (gpointer data), gpointer data)
{
  link->refused = refused;
  link->refused_data = data;
}

void
node_wallet_link_connect (NodeWalletLink *link, GDBusConnection *connection, NodeChain1 *chain1)
{
  if (link == NULL)
    return;
  node_chain1_on_set_wallets (chain1, link_set_wallets, link);
  rpc_bus_client_set_connection (link->rpc, connection);
}

void
node_wallet_link_disconnect (NodeWalletLink *link)
{
  if (link != NULL)
    rpc_bus_client_set_connection (link->rpc, NULL);
}

void
node_wallet_link_set_silent (NodeWalletLink *link, gboolean silent)
{
  if (link != NULL)
    rpc_bus_client_set_silent (link->rpc, silent);
}
