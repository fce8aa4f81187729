#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How many objects of a type there are in this process: each counts from its construction to its finalization, on any thread.
 * For leak tests, which compare the counts of before and after. */

/* Counts objects of TYPE, which nothing is derived from, from now on. Before other threads make such objects. */
void object_count_watch (GType type);

/* Iterates the main context until all counts have been the same for a while: an array of int, in the order of
 * object_count_watch(). */
GArray *object_count_settle (void);

/* Iterates the main context until all counts are those of BEFORE again, since the last reference may be dropped on a thread of
 * GDBus; fails after a minute, and names the types that differ. */
void object_count_wait (const GArray *before);

G_END_DECLS
