#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Limits the bulk data in flight on a connection. A memory file that was sent costs this machine its size until the
 * peer has read the message, and a peer that asks without reading would fill the memory. So calls for bulk wait for
 * their turn while too many are under way, or too much is unread. Reference counted. Main context. */
typedef struct _NodeBulkGate NodeBulkGate;

/* SOCKET: what the answers go to; NULL: it is not known how much of them was read. */
NodeBulkGate *node_bulk_gate_new (GSocket *socket);
NodeBulkGate *node_bulk_gate_ref (NodeBulkGate *gate);
void node_bulk_gate_unref (NodeBulkGate *gate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeBulkGate, node_bulk_gate_unref)

/* The connection is being closed: drops waiting calls. */
void node_bulk_gate_close (NodeBulkGate *gate);

/* Runs FUNC (DATA), now or when there is room; then node_bulk_gate_leave() is to follow. FREE_DATA (DATA) instead, when the gate
 * is closed before. FALSE: too many wait already, and DATA is still the caller's. */
gboolean
node_bulk_gate_enter (NodeBulkGate *gate, void (*func) (gpointer data), gpointer data, GDestroyNotify free_data);

/* A call has ended, with an answer of BYTES that was written to the socket. */
void node_bulk_gate_leave (NodeBulkGate *gate, gsize bytes);

G_END_DECLS
