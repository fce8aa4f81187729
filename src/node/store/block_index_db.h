#pragma once

#include "bitcoin/primitives/block.h"
#include "node/store/db.h"

G_BEGIN_DECLS

/* blocks/index: a record for each block, and one for each pair of block files. Chain thread only. */

typedef enum {
  NODE_BLOCK_VALID_TREE = 2,
  NODE_BLOCK_VALID_TRANSACTIONS = 3,
  NODE_BLOCK_VALID_CHAIN = 4,
  NODE_BLOCK_VALID_SCRIPTS = 5,
  NODE_BLOCK_VALID_MASK = 7,
  NODE_BLOCK_HAVE_DATA = 8,
  NODE_BLOCK_HAVE_UNDO = 16,
  NODE_BLOCK_FAILED = 32,
  NODE_BLOCK_FAILED_CHILD = 64, /* only read; an older mark of descendants */
  NODE_BLOCK_OPT_WITNESS = 128,
} NodeBlockStatus;

typedef struct {
  guint8 hash32[32];
  BtcHeader header;
  guint32 height;
  guint32 status; /* NodeBlockStatus bits */
  guint32 n_tx;
  gint32 file;      /* meaningful with HAVE_DATA or HAVE_UNDO */
  guint32 data_pos; /* of the block itself, after its 8-byte record header */
  guint32 undo_pos;
} NodeBlockRecord;

typedef struct {
  guint32 blocks, size, undo_size, height_first, height_last;
  guint64 time_first, time_last;
} NodeBlockFileInfo;

/* The values of the records on disk. FALSE: malformed. hash32 is computed from the header. */
gboolean node_block_record_parse (const guint8 *data, gsize len, NodeBlockRecord *record);
void node_block_record_serialize (const NodeBlockRecord *record, GByteArray *out);
gboolean node_block_file_info_parse (const guint8 *data, gsize len, NodeBlockFileInfo *info);
void node_block_file_info_serialize (const NodeBlockFileInfo *info, GByteArray *out);

typedef struct _NodeBlockIndexDb NodeBlockIndexDb;

NodeBlockIndexDb *node_block_index_db_open (const char *path, gsize cache_bytes, gboolean wipe, GError **error);
void node_block_index_db_close (NodeBlockIndexDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeBlockIndexDb, node_block_index_db_close)

/* Calls FUNC for each record, in key order; it returns FALSE with ERROR to stop. */
typedef gboolean (*NodeBlockRecordFunc) (const NodeBlockRecord *record, gpointer data, GError **error);
gboolean node_block_index_db_load (NodeBlockIndexDb *db, NodeBlockRecordFunc func, gpointer data, GError **error);

/* *LAST_FILE is -1 when nothing was stored yet. */
gboolean node_block_index_db_get_last_file (NodeBlockIndexDb *db, gint32 *last_file, GError **error);
gboolean node_block_index_db_get_file_info (NodeBlockIndexDb *db,
                                            guint32 file,
                                            NodeBlockFileInfo *info,
                                            gboolean *found,
                                            GError **error);
gboolean node_block_index_db_get_flag (NodeBlockIndexDb *db, const char *name, gboolean *value, GError **error);
gboolean node_block_index_db_set_flag (NodeBlockIndexDb *db, const char *name, gboolean value, GError **error);
gboolean node_block_index_db_get_reindexing (NodeBlockIndexDb *db, gboolean *value, GError **error);
gboolean node_block_index_db_set_reindexing (NodeBlockIndexDb *db, gboolean value, GError **error);

/* One synced batch: N records, M file infos with their numbers, the last file. */
gboolean node_block_index_db_write (NodeBlockIndexDb *db,
                                    const NodeBlockRecord *records,
                                    gsize n,
                                    const guint32 *file_numbers,
                                    const NodeBlockFileInfo *infos,
                                    gsize m,
                                    gint32 last_file,
                                    GError **error);

G_END_DECLS
