#pragma once

#include "dbus/tap.h"

G_BEGIN_DECLS

/* The last messages on the connections of this program, without their arguments, while somebody looks at them. Messages
 * about a log itself (Trace1), and copies for monitors, are left out. Any thread. */

typedef struct {
  guint64 sequence;   /* counted from 1 in this log */
  gint64 time_us;     /* since 1970 */
  guint64 connection; /* as bus_connections_get_number() */
  const char *peer;   /* static */
  gboolean incoming;
  BusTapKind kind;
  char *interface; /* as in BusTapEvent */
  char *member;
  char *path; /* "": a reply */
  guint32 serial;
  guint64 n_bytes;    /* of the body */
  gint64 duration_us; /* of a reply */
  char *error;        /* the name of an error; "": another kind */
} BusTraceRow;

/* Reference counted, with g_atomic_rc_box_acquire(). */
void bus_trace_row_unref (BusTraceRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusTraceRow, bus_trace_row_unref)

typedef struct _BusTraceLog BusTraceLog;

/* Begins to listen on the connections of the program ROLE, of which there may be several in a process. It holds the last
 * MAX_ROWS rows. */
BusTraceLog *bus_trace_log_new (const char *role, guint max_rows);
void bus_trace_log_free (BusTraceLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusTraceLog, bus_trace_log_free)

/* The sequence number of the last row; 0: none so far. */
guint64 bus_trace_log_get_last (BusTraceLog *log);

/* The first rows, at most LIMIT, after the row with the sequence number AFTER: BusTraceRow. A gap before the first one
 * means that rows were dropped. The caller owns the list and its references. */
GPtrArray *bus_trace_log_read (BusTraceLog *log, guint64 after, guint limit);

G_END_DECLS
