#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The order of the calls of Execute on a connection: one begins when those before it have ended, so that a caller need
 * not wait for a reply before it makes a call that depends on it. Methods that wait or take long hold up no other and
 * begin at once, and so do those that end them. Main context. */
typedef struct _RpcBusOrder RpcBusOrder;

RpcBusOrder *rpc_bus_order_new (void);
RpcBusOrder *rpc_bus_order_ref (RpcBusOrder *order);
void rpc_bus_order_unref (RpcBusOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpcBusOrder, rpc_bus_order_unref)

/* Whether the calls of METHOD are in order. If not, the two below are not to be called. */
gboolean rpc_bus_order_applies (const char *method);

/* Calls RUN (DATA), now or when it is the turn of this call, which is also when it was cancelled meanwhile.
 * rpc_bus_order_leave() must follow. */
void rpc_bus_order_enter (RpcBusOrder *order, void (*run) (gpointer data), gpointer data);

/* The call that was run has ended. */
void rpc_bus_order_leave (RpcBusOrder *order);

G_END_DECLS
