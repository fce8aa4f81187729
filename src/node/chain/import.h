#pragma once

#include "node/chain/private.h"

G_BEGIN_DECLS

/* An import of several files, for the reindexing. Chain thread only. */

/* OWN: the chain's own block files in their order, numbered from 0; blocks are indexed where they stand. */
NodeImport *node_import_new (NodeChain *chain, gboolean own, NodeImportDone done, gpointer data);
void node_import_add_path (NodeImport *import, const char *path);
void node_import_start (NodeImport *import); /* takes IMPORT over; waits for those before it */
guint node_import_n_paths (NodeImport *import);
/* Where the last record that was found in FILE ends. */
guint64 node_import_get_end (NodeImport *import, guint file);

/* reindex.c: all files were read. */
void node_reindex_finished (NodeChain *chain, NodeImport *import);

G_END_DECLS
