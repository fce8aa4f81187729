#pragma once

#include "bus-generated.h"

G_BEGIN_DECLS

/* Bulk data of Chain1 that is read in parts, on a connection that passes no descriptors: what ReadBlocks, ReadBlock and
 * ReadMempool have begun is kept here until ReadPart has returned the rest of it, or DropParts says that nobody needs
 * it, or nobody has read for a while. Main context. */
typedef struct _NodeChainParts NodeChainParts;

/* Connects ReadPart and DropParts to SKELETON, before it is exported. */
NodeChainParts *node_chain_parts_new (BusChain1 *skeleton);

/* The first part of BYTES; floating. */
GVariant *node_chain_parts_get_first (GBytes *bytes);

/* Keeps BYTES, more than one part, and returns the number under which the rest of it is read. ENDED (DATA) is called
 * when it is not kept any more. */
guint64 node_chain_parts_add (NodeChainParts *parts, GBytes *bytes, GDestroyNotify ended, gpointer data);

/* Drops everything. */
void node_chain_parts_free (NodeChainParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeChainParts, node_chain_parts_free)

G_END_DECLS
