#pragma once

#include "rpc/handler.h"

G_BEGIN_DECLS

/* An RpcHandler whose methods are answered by org.moneyrocket.Rpc1 behind a connection that may come and go. Main
 * context. While there is none, every method that is known fails with RPC_IN_WARMUP; until the first connection has
 * sent its methods, every name is taken for one. */
#define RPC_TYPE_BUS_CLIENT (rpc_bus_client_get_type ())
G_DECLARE_FINAL_TYPE (RpcBusClient, rpc_bus_client, RPC, BUS_CLIENT, GObject)

RpcBusClient *rpc_bus_client_new (void);

/* NULL: there is none now. */
void rpc_bus_client_set_connection (RpcBusClient *self, GDBusConnection *connection);

/* SILENT: the other end hangs. What waits for its answer fails, saying that it may be done all the same, and so does
 * what comes, until this is over or there is another connection. */
void rpc_bus_client_set_silent (RpcBusClient *self, gboolean silent);

G_END_DECLS
