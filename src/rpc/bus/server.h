#pragma once

#include "bus-generated.h"
#include "rpc/handler.h"

G_BEGIN_DECLS

/* Which methods the other end may run. AUTHORIZATION: the credentials of the HTTP client on whose behalf it calls;
 * NULL: none. FALSE with an RPC_ERROR. */
typedef struct {
  gboolean (*check) (gpointer data, const char *method, const char *authorization, GError **error);
  gpointer data; /* outlives the connection */
} RpcBusAccess;

/* Exports HANDLER (a reference is kept) as org.moneyrocket.Rpc1 on CONNECTION until that closes. ACCESS is copied; NULL: every
 * method, and calls are in order (see order.h); with ACCESS they are those of different callers. The result is borrowed from the
 * connection, for its property "loaded"; NULL with an error. Main context. */
BusRpc1 *rpc_bus_export (GDBusConnection *connection, RpcHandler *handler, const RpcBusAccess *access, GError **error);

G_END_DECLS
