#pragma once

#include "bus-generated.h"
#include "rpc/handler.h"

G_BEGIN_DECLS

/* Rpc1.ExecuteWords: runs a method for a person at a console. Words and text may be secret: they travel in memory files, and
 * the words are kept in secret memory. Main context. */

/* Runs the method of INVOCATION, whose options were checked, with HANDLER, and replies. FDS: its descriptors; NULL: none. */
void rpc_bus_words_execute (BusRpc1 *object, GDBusMethodInvocation *invocation, GUnixFDList *fds, RpcHandler *handler);

/* Replies that the method failed with ERROR, an RPC_ERROR. */
void rpc_bus_words_fail (BusRpc1 *object, GDBusMethodInvocation *invocation, const GError *error);

G_END_DECLS
