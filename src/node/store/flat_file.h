#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbered files (blk00000.dat, rev00000.dat) that grow in chunks and are written at given positions. Errors are
 * NODE_STORE_ERROR. */

typedef struct {
  const char *prefix; /* "blk" or "rev" */
  guint32 chunk;      /* bytes that are allocated at a time */
} NodeFlatKind;

/* FOLDER/PREFIXNNNNN.dat. The caller owns it. */
char *node_flat_dup_path (const char *folder, const NodeFlatKind *kind, guint32 file);

/* A descriptor, or -1 with ERROR set. For writing, the file is created if missing. */
int node_flat_open (const char *path, gboolean write, GError **error);

/* Preallocates space for LEN bytes at POS if they exceed the last chunk. NODE_STORE_ERROR_FULL when less than 50 MiB
 * would remain free on the disk. */
gboolean
node_flat_allocate (int fd, const char *path, const NodeFlatKind *kind, guint32 pos, gsize len, GError **error);

/* Writes all of LEN bytes at POS, or fails. */
gboolean node_flat_write (int fd, const char *path, guint64 pos, const guint8 *data, gsize len, GError **error);

/* Reads at most LEN bytes, fewer at the end of the file; -1 with ERROR set. */
gssize node_flat_read (int fd, const char *path, guint64 pos, guint8 *data, gsize len, GError **error);

gboolean node_flat_truncate (int fd, const char *path, guint64 size, GError **error);
gboolean node_flat_commit (int fd, const char *path, GError **error);

G_END_DECLS
