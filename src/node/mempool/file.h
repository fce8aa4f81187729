#pragma once

#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* mempool.dat, byte for byte the reference's: see file.c. Any one thread. Errors: G_FILE_ERROR. */

typedef enum {
  NODE_MEMPOOL_FILE_TX,          /* tx, time_s, delta_sat */
  NODE_MEMPOOL_FILE_DELTA,       /* txid32, delta_sat: of a transaction that is not in the mempool */
  NODE_MEMPOOL_FILE_UNBROADCAST, /* txid32 */
  NODE_MEMPOOL_FILE_END,         /* the file was complete */
  NODE_MEMPOOL_FILE_BAD,         /* an error was set; there are no more items */
} NodeMempoolFileKind;

typedef struct {
  BtcTx *tx; /* owned by the reader, until the next call */
  guint8 txid32[32];
  gint64 time_s; /* Unix time at which it was received; not checked */
  gint64 delta_sat;
} NodeMempoolFileItem;

/* Reads a little at a time: a file of any size takes a few MB of memory. */
typedef struct _NodeMempoolFile NodeMempoolFile;
NodeMempoolFile *node_mempool_file_open (const char *path, GError **error);
NodeMempoolFile *node_mempool_file_new_for_data (const guint8 *data, gsize len, GError **error); /* DATA is borrowed */
void node_mempool_file_free (NodeMempoolFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeMempoolFile, node_mempool_file_free)
guint64 node_mempool_file_count (NodeMempoolFile *file); /* transactions, as declared in the file: not checked */
/* Returns transactions, then deltas, then unbroadcast IDs, then the end. */
NodeMempoolFileKind node_mempool_file_next (NodeMempoolFile *file, NodeMempoolFileItem *item, GError **error);

/* Items must be written in the same order; each kind begins with its count. */
typedef struct _NodeMempoolFileWriter NodeMempoolFileWriter;
/* KEY: 8 bytes that obfuscate the file; NULL: version 1, without obfuscation. PATH NULL: in memory. */
NodeMempoolFileWriter *node_mempool_file_writer_new (const char *path, const guint8 *key, GError **error);
void node_mempool_file_writer_count (NodeMempoolFileWriter *writer, NodeMempoolFileKind kind, guint64 count);
void node_mempool_file_writer_tx (NodeMempoolFileWriter *writer, const BtcTx *tx, gint64 time_s, gint64 delta_sat);
void node_mempool_file_writer_delta (NodeMempoolFileWriter *writer, const guint8 txid32[32], gint64 delta_sat);
void node_mempool_file_writer_unbroadcast (NodeMempoolFileWriter *writer, const guint8 txid32[32]);
/* Replaces PATH by the written file, synced. After a failure PATH is unchanged. Frees WRITER. */
gboolean node_mempool_file_writer_finish (NodeMempoolFileWriter *writer, GError **error);
/* For memory: what was written. Frees WRITER. */
GBytes *node_mempool_file_writer_finish_data (NodeMempoolFileWriter *writer);

G_END_DECLS
