#pragma once

#include "node/chain/chain.h"
#include "node/store/utxo_snapshot.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Loading a UTXO snapshot: checks on the chain thread, the long part on the caller's thread while the chain is in use,
 * and the activation, which makes the snapshot's block the tip, on the chain thread. Errors are NODE_STORE_ERROR, with
 * a message for users. */

typedef struct _NodeSnapshotLoad NodeSnapshotLoad;

/* Chain thread. NULL with ERROR: a snapshot with this HEADER cannot be loaded, now or at all. One at a time. */
NodeSnapshotLoad *node_snapshot_load_begin (NodeChain *chain, const NodeSnapshotHeader *header, GError **error);

/* Any thread but the main one. Takes minutes, unless cancelled by CANCELLABLE (may be NULL) or node_chain_close(). FILE
 * is positioned after the header, and has FILE_BYTES in total (0: not known). */
gboolean node_snapshot_load_run (NodeSnapshotLoad *load,
                                 FILE *file,
                                 guint64 file_bytes,
                                 GCancellable *cancellable,
                                 GError **error);

/* Chain thread, after node_snapshot_load_run() succeeded: the snapshot's block becomes the tip. */
const NodeBlock *node_snapshot_load_activate (NodeSnapshotLoad *load, GError **error);

/* Chain thread. Removes everything unless it was activated. node_chain_close() waits for this. */
void node_snapshot_load_free (NodeSnapshotLoad *load);

/* ---- for the chain itself ---- */

typedef struct _NodeSnapshotLoads NodeSnapshotLoads;

NodeSnapshotLoads *node_snapshot_loads_new (void);
void node_snapshot_loads_free (NodeSnapshotLoads *loads);
/* Any thread but the chain's, once the jobs are closed and drained: no snapshot is being loaded when this returns. */
void node_snapshot_wait_for_end (NodeChain *chain);

G_END_DECLS
