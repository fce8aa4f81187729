#pragma once

#include <gio/gio.h>
#include <stdio.h>

G_BEGIN_DECLS

/* A file that a method writes to a path chosen by its caller: a new file, which gets its name when all of it is on
 * disk, or a named pipe with a reader. Existing files are neither written to nor replaced, and symbolic links are not
 * followed. */

typedef struct {
  FILE *file;
  char *path;
  char *temporary; /* NULL: PATH is a pipe */
} NodeDumpFile;

/* FALSE with an RPC error. Opening a pipe waits for a reader, and writing to it may block, until CANCELLABLE (which
 * outlives DUMP) is cancelled. */
gboolean node_dump_file_open (NodeDumpFile *dump, const char *path, GCancellable *cancellable, GError **error);
/* To be called when everything was written. FALSE with an RPC error. */
gboolean node_dump_file_commit (NodeDumpFile *dump, GError **error);
/* Closes the file, and deletes it unless it was committed. */
void node_dump_file_clear (NodeDumpFile *dump);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NodeDumpFile, node_dump_file_clear)

G_END_DECLS
