#pragma once

#include "node/chain/private.h"

G_BEGIN_DECLS

/* An import of several files, for the reindexing. Chain thread only. */

/* All files were read, and there was no error; before anybody else hears of it. */
typedef void (*NodeImportRead) (NodeChain *chain, NodeImport *import);
/* With READ the paths are the chain's own block files in their order, numbered from 0; blocks are indexed where they
 * stand. Without (NULL) they are somebody else's. */
NodeImport *node_import_new (NodeChain *chain, NodeImportRead read, NodeImportDone done, gpointer data);
void node_import_add_path (NodeImport *import, const char *path);
void node_import_start (NodeImport *import); /* takes IMPORT over; waits for those before it */
guint node_import_n_paths (NodeImport *import);
/* Where the last record that was found in FILE ends. */
guint64 node_import_get_end (NodeImport *import, guint file);

G_END_DECLS
