#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads the standard error of a worker, and keeps only the last part. Main context. */

#define BUS_TAIL_MAX_BYTES (64u << 10)

typedef struct _BusTail BusTail;

/* *WRITE_FD becomes the worker's end, owned by the caller, or -1 on failure. A worker that has lost its parent can
 * continue to write: it ignores SIGPIPE, like every program that uses GLib sockets. */
BusTail *bus_tail_new (int *write_fd);
void bus_tail_free (BusTail *tail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusTail, bus_tail_free)

/* The text so far, owned by the caller: as UTF-8, with control characters other than line ends escaped, so that a
 * terminal does not interpret them. */
char *bus_tail_dup_text (BusTail *tail);

G_END_DECLS
