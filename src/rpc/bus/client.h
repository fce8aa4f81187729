#pragma once

#include "rpc/handler.h"

G_BEGIN_DECLS

/* An RpcHandler whose methods are executed by org.moneyrocket.Rpc1 over a connection that may be lost and replaced.
 * Main context. While there is none, every known method fails with RPC_IN_WARMUP; until the first connection has listed
 * its methods, every name counts as known. Signal "loaded" (): the wallets of the startup are loaded; emitted for each
 * connection. */
#define RPC_TYPE_BUS_CLIENT (rpc_bus_client_get_type ())
G_DECLARE_FINAL_TYPE (RpcBusClient, rpc_bus_client, RPC, BUS_CLIENT, GObject)

RpcBusClient *rpc_bus_client_new (void);

/* NULL: there is none now. */
void rpc_bus_client_set_connection (RpcBusClient *self, GDBusConnection *connection);

/* SILENT: the other end does not respond. Pending calls fail with a note that they may still be executed, and new calls
 * fail, until it responds or there is another connection. */
void rpc_bus_client_set_silent (RpcBusClient *self, gboolean silent);

G_END_DECLS
