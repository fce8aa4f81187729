#pragma once

#include "node/store/block_files.h"

G_BEGIN_DECLS

/* Reads single records. Only for the block tree, which keeps pruning from deleting a file while it is read: everybody else
 * reads through it. Any thread. */

/* The bytes of a block, which others can follow where the length in front of it was changed. They are checked to be a record
 * of this network; the caller takes the block out of them and compares the hash. */
GBytes *node_block_files_read_block (NodeBlockFiles *files, gint32 file, guint32 pos, GError **error);

/* The undo data, its checksum verified. */
GBytes *
node_block_files_read_undo (NodeBlockFiles *files, gint32 file, guint32 pos, const guint8 prev32[32], GError **error);

G_END_DECLS
