#pragma once

#include "bitcoin/primitives/serialize.h"

G_BEGIN_DECLS

/* The files of the filters. Writing: one thread; reading: any. Errors are NODE_STORE_ERROR. */

typedef struct _NodeFilterFiles NodeFilterFiles;

typedef struct {
  guint32 file;
  guint32 pos;
} NodeFilterPlace;

NodeFilterFiles *node_filter_files_new (const char *folder);
void node_filter_files_free (NodeFilterFiles *files);

/* Writes a record at *NEXT, or in the next file if it does not fit; *AT becomes its position, *NEXT the position after
 * it. */
gboolean node_filter_files_write (NodeFilterFiles *files,
                                  NodeFilterPlace *next,
                                  const guint8 block32[32],
                                  BtcSpan filter,
                                  NodeFilterPlace *at,
                                  GError **error);

/* fsync of the file of NEXT; the ones before it were synced when they were full. */
gboolean node_filter_files_flush (NodeFilterFiles *files, const NodeFilterPlace *next, GError **error);

/* The filter of the record at AT, and the hash of its block. */
GBytes *node_filter_files_read (NodeFilterFiles *files, const NodeFilterPlace *at, guint8 block32[32], GError **error);

G_END_DECLS
