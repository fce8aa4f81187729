#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Every connection of our programs is made here: a GDBusConnection over a BusStream. Between two of them no authentication is
 * spoken, since both ends were handed over. */

typedef struct {
  const char *peer;    /* the name of the other end for the log */
  const char *network; /* calls are refused until Hello for it has come; NULL: no Hello is expected */
  guint hello_ms;      /* how long that may take; 0: BUS_CALL_TIMEOUT_MS */
  guint max_calls;     /* of the other end, not answered yet; 0: it may call nothing */
  gboolean handshake;  /* the other end came from a listening socket, and authenticates itself as of this user */
} BusConnectionOptions;

/* The connection over FD, which is taken over in any case, without waiting for the other end. Messages wait until
 * g_dbus_connection_start_message_processing(). It is closed when the other end breaks a rule (see wire/check.h). */
GDBusConnection *bus_connection_new (int fd, const BusConnectionOptions *options, GError **error);

/* The socket of a connection that bus_connection_new() made, else NULL. Borrowed. */
GSocket *bus_connection_get_socket (GDBusConnection *connection);

/* Whether it was closed because the other end broke a rule. */
gboolean bus_connection_broke_rule (GDBusConnection *connection);

G_END_DECLS
