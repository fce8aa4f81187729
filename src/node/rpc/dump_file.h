#pragma once

#include <gio/gio.h>
#include <stdio.h>

G_BEGIN_DECLS

/* A file that a method writes to the path of its caller: a new one, which gets its name once all of it is on disk; or a
 * named pipe with a reader. Existing files are not written to or replaced, and symbolic links are not followed. */

typedef struct {
  FILE *file;
  char *path;
  char *temporary; /* NULL: PATH is a pipe */
} NodeDumpFile;

/* FALSE with an RPC error. For a reader of a pipe it waits, and so does writing, until CANCELLABLE (which outlives
 * DUMP) is cancelled. */
gboolean node_dump_file_open (NodeDumpFile *dump, const char *path, GCancellable *cancellable, GError **error);
/* All was written. FALSE with an RPC error. */
gboolean node_dump_file_commit (NodeDumpFile *dump, GError **error);
/* Closes it; unless it was committed, the file is deleted. */
void node_dump_file_clear (NodeDumpFile *dump);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NodeDumpFile, node_dump_file_clear)

G_END_DECLS
