#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Imports files of blocks, one after the other. Chain thread only. */

typedef struct _NodeImport NodeImport;
typedef struct _NodeImports NodeImports;

NodeImports *node_imports_new (void);
void node_imports_free (NodeImports *imports);
void node_import_stop_all (NodeChain *chain);

/* All files were read, and there was no error; before listeners are notified. */
typedef void (*NodeImportRead) (NodeChain *chain, NodeImport *import);
/* With READ the paths are the chain's own block files in their order, numbered from 0; blocks are indexed where they
 * stand. Without (NULL) they are any other files. */
NodeImport *node_import_new (NodeChain *chain, NodeImportRead read, NodeImportDone done, gpointer data);
void node_import_add_path (NodeImport *import, const char *path);
void node_import_start (NodeImport *import); /* takes IMPORT over; waits for those before it */
guint node_import_n_paths (NodeImport *import);
/* Where the last record that was found in FILE ends. */
guint64 node_import_get_end (NodeImport *import, guint file);

G_END_DECLS
