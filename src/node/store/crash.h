#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Deliberate crashes, to test that everything that was acknowledged survives one. Every place that changes a file
 * passes a crash point before, after and, for long writes, in the middle. Off unless one of the setters is called,
 * before the first file is opened. */

/* The program exits at once, as if killed by SIGKILL, at the Nth crash point from now; 0: never. */
void node_store_set_crash_after (guint64 n);

/* -dbcrashratio: crashes with a probability of 1/N after each partial batch of a coins flush; 0: never. */
void node_store_set_crash_ratio (guint32 n);
gboolean node_store_crash_ratio_is_set (void);

/* Any thread. */
void node_store_crash_point (void);
void node_store_crash_by_ratio (void);
gboolean node_store_crash_armed (void);

/* The number of crash points passed since the start. */
guint64 node_store_crash_points (void);

G_END_DECLS
