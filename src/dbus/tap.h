#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Shows every message on all connections of this program to whoever asks: the log (trace.h), the monitors (monitor.h). */

typedef enum { BUS_TAP_CALL, BUS_TAP_REPLY, BUS_TAP_ERROR, BUS_TAP_SIGNAL } BusTapKind;

typedef struct {
  GDBusConnection *connection;
  const char *peer; /* the name of the other end, as in BusConnectionOptions */
  gboolean incoming;
  BusTapKind kind;
  GDBusMessage *message; /* locked */
  const char *interface; /* "org.moneyrocket.Chain1", also of a reply */
  const char *member;    /* "GetBlocks" */
  const char *name;      /* "Chain1.GetBlocks" */
  guint32 serial;        /* of a reply: of its call */
  gint64 duration_us;    /* of a reply: since the call; else 0 */
} BusTapEvent;

/* Called on the GDBus worker thread; must return soon. */
typedef void (*BusTapFunc) (const BusTapEvent *event, gpointer data);

/* For a connection of ours to the program PEER: adds the filter. */
void bus_tap (GDBusConnection *connection, const char *peer);

/* The replies to calls that were made before this are not seen. Any thread, but not within a BusTapFunc. FUNC is not
 * called any more when _remove() has returned. */
guint bus_tap_add (BusTapFunc func, gpointer data);
void bus_tap_remove (guint id);

G_END_DECLS
