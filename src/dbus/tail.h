#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The standard error of a worker, of which only the end is kept. Main context. */

#define BUS_TAIL_MAX_BYTES (64u << 10)

typedef struct _BusTail BusTail;

/* *WRITE_FD becomes the worker's end, for the caller to own, or -1 when there is none. A worker that has lost its
 * parent can continue to write: it ignores SIGPIPE, like every program that uses sockets of GLib. */
BusTail *bus_tail_new (int *write_fd);
void bus_tail_free (BusTail *tail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusTail, bus_tail_free)

/* What is there now, for the caller to own: as UTF-8, in which control characters but ends of lines are escaped, so
 * that a terminal interprets nothing. */
char *bus_tail_dup_text (BusTail *tail);

G_END_DECLS
