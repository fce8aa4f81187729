#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Limits the bulk data in flight on a connection. A memory file that was sent occupies memory until the peer has read
 * the message, so a peer that calls without reading could exhaust the memory. Bulk calls therefore wait while too many
 * are in progress, or too much is unread. Reference counted. Main context. */
typedef struct _NodeBulkGate NodeBulkGate;

/* SOCKET: receives the replies; NULL: it is not known how much of them was read. */
NodeBulkGate *node_bulk_gate_new (GSocket *socket);
NodeBulkGate *node_bulk_gate_ref (NodeBulkGate *gate);
void node_bulk_gate_unref (NodeBulkGate *gate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeBulkGate, node_bulk_gate_unref)

/* The connection is being closed: drops waiting calls. */
void node_bulk_gate_close (NodeBulkGate *gate);
gboolean node_bulk_gate_is_closed (const NodeBulkGate *gate);

/* Calls FUNC (DATA), now or when there is room; node_bulk_gate_leave() must follow. If the gate is closed before,
 * FREE_DATA (DATA) is called instead. FALSE: too many calls wait already, and the caller still owns DATA. */
gboolean
node_bulk_gate_enter (NodeBulkGate *gate, void (*func) (gpointer data), gpointer data, GDestroyNotify free_data);

/* A call has ended with a reply of BYTES, which was written to the socket. */
void node_bulk_gate_leave (NodeBulkGate *gate, gsize bytes);

G_END_DECLS
