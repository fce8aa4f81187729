#pragma once

#include "bus-generated.h"
#include "rpc/handler.h"

G_BEGIN_DECLS

/* Exports HANDLER (a reference is kept) as org.moneyrocket.Rpc1 on CONNECTION until that closes. Main context. */
gboolean rpc_bus_export (GDBusConnection *connection, RpcHandler *handler, GError **error);

G_END_DECLS
