#pragma once

#include "dbus/access.h"
#include "rpc/method.h"

G_BEGIN_DECLS

/* The methods of a node or wallet for who may use it: listipcclients and the like. They are executed on the main context.
 * The code for pairing is part of a reply, although it is a secret: whoever may call these methods may pair whom they like,
 * and it is for one use. */

/* Adds them to TABLE. ACCESS is borrowed, and outlives the table. */
void rpc_bus_add_access (RpcTable *table, BusAccess *access);

G_END_DECLS
