#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a main loop may spend on one turn, in microseconds. */
#define COMMON_LOOP_LIMIT_US 5000

/* Logs, under -debug=loop, each turn of the default main context that took longer than COMMON_LOOP_LIMIT_US, and the
 * backtrace at that time, the innermost function first: by name where a library exports it, else as an offset in the
 * program for addr2line. Time in which the thread waited for a processor does not count, where the kernel reports it,
 * so that a busy machine does not look like a blocked loop. Called once by a program, on the thread that runs the loop.
 * Does nothing while that category is off. */
void common_loop_watch (void);

/* Between these two the time of this turn does not count: for work of libraries that cannot be divided, such as drawing
 * a frame. On the loop's thread; not nested. */
void common_loop_pause (void);
void common_loop_resume (void);

/* Calls FUNC (DATA) in CONTEXT, and FREE_DATA (may be NULL) once it is removed. Calls are made in order. Any thread. */
void common_loop_invoke (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify free_data);

G_END_DECLS
