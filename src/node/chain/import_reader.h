#pragma once

#include "node/chainstate/read_ahead.h"

G_BEGIN_DECLS

/* A thread that reads files of blocks, parses each block and checks the rules that need no coins. The blocks are
 * queued; the queue is bounded. Chain thread only, except where stated otherwise. */

typedef struct _NodeImportReader NodeImportReader;

typedef struct {
  BtcBlock *block;
  BtcVerdict verdict; /* of the checks that need no coins */
  guint32 file;       /* number in PATHS */
  guint64 pos;        /* of the block in the file */
} NodeImportItem;

NodeImportItem *node_import_item_new (BtcBlock *block, const BtcParams *params, guint32 file, guint64 pos);
void node_import_item_free (NodeImportItem *item);

/* Starts reading PATHS (owned by the caller, and not changed meanwhile), unmasked with XOR_KEY if not NULL. OWN: they
 * are the chain's own files. WAKE is called with DATA on the reader's thread when there may be an item for
 * node_import_reader_pop(), and not again until that has returned NULL. */
NodeImportReader *node_import_reader_new (const BtcParams *params,
                                          const GPtrArray *paths,
                                          const guint8 xor_key[8],
                                          gboolean own,
                                          void (*wake) (gpointer data),
                                          gpointer data);

/* The next block, which the caller then owns, or NULL when there is none at the moment. *END: no more will follow,
 * because everything was read, or because of *ERROR (borrowed; otherwise NULL). */
NodeImportItem *node_import_reader_pop (NodeImportReader *reader, gboolean *end, const GError **error);

/* From now on the coins that a block spends are prefetched from disk; NULL: they are not. */
void node_import_reader_set_prefetch (NodeImportReader *reader, NodeCoins *coins);

void node_import_reader_free (NodeImportReader *reader); /* ends the thread */

G_END_DECLS
