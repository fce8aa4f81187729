#pragma once

#include "node/store/block_files.h"

G_BEGIN_DECLS

/* Reads single records. Only for the block tree, which ensures that a file is not deleted by pruning while it is read;
 * all other code reads blocks from the tree. Any thread. */

/* The bytes of a block, which may be followed by others if the length of the record is damaged. The record is checked
 * to be one of this network; the caller must parse the block and compare the hash. */
GBytes *node_block_files_read_block (NodeBlockFiles *files, gint32 file, guint32 pos, GError **error);

/* The undo data, its checksum verified. */
GBytes *
node_block_files_read_undo (NodeBlockFiles *files, gint32 file, guint32 pos, const guint8 prev32[32], GError **error);

G_END_DECLS
