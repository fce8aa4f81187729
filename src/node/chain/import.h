#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Imports files of blocks, one after the other. Chain thread only. */

typedef struct _NodeImport NodeImport;
typedef struct _NodeImports NodeImports;

NodeImports *node_imports_new (void);
void node_imports_free (NodeImports *imports);
void node_import_stop_all (NodeChain *chain);

/* With OWN the paths are the chain's own block files in their order, numbered from 0, for a reindex: blocks are indexed
 * in place. Without OWN they are any other files. */
NodeImport *node_import_new (NodeChain *chain, gboolean own, NodeImportDone done, gpointer data);
void node_import_add_path (NodeImport *import, const char *path);
void node_import_start (NodeImport *import); /* takes over IMPORT; waits for earlier ones */
guint node_import_n_paths (NodeImport *import);

G_END_DECLS
