#pragma once

#include "bitcoin/consensus/tx_check.h"
#include "bitcoin/primitives/block.h"
#include "node/store/block_index_db.h"

G_BEGIN_DECLS

/* blocks/blkNNNNN.dat, revNNNNN.dat and xor.dat. Any thread: writers take a lock, readers open the files themselves. */

typedef struct {
  const char *folder; /* the blocks folder */
  guint8 magic[4];
  gboolean use_xor;    /* -blocksxor: a random key for a folder without block files */
  gboolean fast_prune; /* -fastprune: files of 64 KiB */
} NodeBlockFilesOptions;

typedef struct _NodeBlockFiles NodeBlockFiles;

NodeBlockFiles *node_block_files_open (const NodeBlockFilesOptions *options, GError **error);
void node_block_files_close (NodeBlockFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeBlockFiles, node_block_files_close)

/* File infos as loaded from the block index, and those that changed since node_block_files_take_dirty(). */
void node_block_files_set_info (NodeBlockFiles *files, guint32 file, const NodeBlockFileInfo *info);
gboolean
node_block_files_get_info (NodeBlockFiles *files, guint32 file, NodeBlockFileInfo *info); /* FALSE: none, and zeros */
gint32 node_block_files_get_last (NodeBlockFiles *files);                                 /* -1: none */
/* Two arrays of the same length (guint32 numbers, NodeBlockFileInfo); the caller owns them. */
void node_block_files_take_dirty (NodeBlockFiles *files, GArray **numbers, GArray **infos);

/* From now on blocks at or above HEIGHT are not written to files that contain blocks below it, so that the latter can
 * be pruned while the former are needed. */
void node_block_files_split (NodeBlockFiles *files, guint32 height);

/* Appends BLOCK; *FILE and *POS become the position of its first byte. */
gboolean node_block_files_write_block (NodeBlockFiles *files,
                                       const BtcBlock *block,
                                       guint32 height,
                                       gint32 *file,
                                       guint32 *pos,
                                       GError **error);

/* Records a block that is already in FILE at POS (import of our own files, reindex). */
void
node_block_files_note_block (NodeBlockFiles *files, const BtcBlock *block, guint32 height, gint32 file, guint32 pos);

/* Appends UNDO (a serialised CBlockUndo) to the rev file of FILE. */
gboolean node_block_files_write_undo (NodeBlockFiles *files,
                                      gint32 file,
                                      const guint8 prev32[32],
                                      const guint8 *undo,
                                      gsize len,
                                      guint32 *pos,
                                      GError **error);

/* fsync of all files that were written. FINISH: also truncates preallocated space. */
gboolean node_block_files_flush (NodeBlockFiles *files, gboolean finish, GError **error);

/* What to do when a block or undo file is damaged. */
#define NODE_BLOCKS_ADVICE "Restart with -reindex to read the block files again; lost blocks will be downloaded again."

/* Checks that xor.dat is the key of these block files, before anything is read: with another key they would appear
 * empty, and a reindex would overwrite them. GENESIS: the bytes of the first block. FALSE with ERROR when no block file
 * has a valid beginning. */
gboolean node_block_files_check_key (NodeBlockFiles *files, BtcSpan genesis, GError **error);

/* *MORE: some block file contains more than a first record with a body of LEN bytes. */
gboolean node_block_files_find_more (NodeBlockFiles *files, gsize len, gboolean *more, GError **error);

/* Walks a file of block records (any network folder's blkNNNNN.dat with its XOR key, or a bootstrap file without one:
 * XOR_KEY may be NULL): scans for the magic, skips invalid records, like the reference. BLOCK has the structure of a
 * block (nothing else was checked); POS is the position of its first byte. FUNC returns FALSE to stop, which is not an
 * error. Any thread. */
typedef gboolean (*NodeBlockScanFunc) (GBytes *block, guint64 pos, gpointer data);
gboolean node_block_files_scan (const char *path,
                                const guint8 magic[4],
                                const guint8 xor_key[8],
                                NodeBlockScanFunc func,
                                gpointer data,
                                GError **error);
/* LEN bytes at POS of such a file; fewer are an error. Any thread. */
GBytes *node_block_files_read_range (const char *path, const guint8 xor_key[8], guint64 pos, gsize len, GError **error);

/* Pruning. _forget() clears the info of a pair of files; when the cleared info is on disk, _remove() deletes the files
 * (a failure is logged, and they are deleted at the next start). */
void node_block_files_forget (NodeBlockFiles *files, guint32 file);
void node_block_files_remove (NodeBlockFiles *files, guint32 file);
guint64 node_block_files_usage (NodeBlockFiles *files); /* total size of all records */
/* To be called before a pruned FOLDER is reindexed: deletes undo files, and block files after a gap, which would not be
 * read. */
gboolean node_block_files_clean_for_reindex (const char *folder, GError **error);

void node_block_files_get_xor_key (NodeBlockFiles *files, guint8 key[8]);
char *node_block_files_dup_path (NodeBlockFiles *files, gint32 file, gboolean undo);

/* CBlockUndo: the coins that a block spent, in the order of its inputs, without the coinbase. */
void node_undo_serialize (const BtcBlock *block, const BtcCoin *spent, GByteArray *out);
/* COINS has room for the block's non-coinbase inputs; their scripts are in SCRIPTS, which is emptied first and must not
 * change while COINS is used. FALSE: malformed, or not the undo data of BLOCK. */
gboolean node_undo_parse (const BtcBlock *block, GBytes *undo, BtcCoin *coins, GByteArray *scripts);

/* TxOutCompression, used by undo data and by the coins database. */
void node_txout_compress (const BtcTxOut *out, GByteArray *bytes);
/* The script is appended to SCRIPTS and *OUT's span gives its offset in `data` as a GSIZE_TO_POINTER and its length;
 * the value is not checked. FALSE: malformed. */
gboolean node_txout_decompress (BtcReader *reader, BtcTxOut *out, GByteArray *scripts);

/* A coin as stored in the chainstate and UTXO snapshots; scripts as above. */
void node_coin_serialize (const BtcCoin *coin, GByteArray *bytes);
gboolean node_coin_parse (BtcReader *reader, BtcCoin *coin, GByteArray *scripts);

G_END_DECLS
