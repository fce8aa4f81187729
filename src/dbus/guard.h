#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The limits of a connection, and the rule that Hello comes first. The first violation by the other end closes the
 * connection; what it sends after that is dropped. */

typedef struct {
  const char *peer; /* for the log */
  /* Calls but Hello are refused until Hello for this network has come. NULL: no Hello is expected. */
  const char *hello_network;
  guint max_calls; /* calls of the other end that were not answered yet; 0: it may call nothing */
  gsize max_bytes; /* body of a message, and of all those calls together */
} BusGuardOptions;

/* Watches CONNECTION as long as it lives. Called before g_dbus_connection_start_message_processing(), on the context on
 * which the connection is to be closed. OPTIONS is copied. */
void bus_guard (GDBusConnection *connection, const BusGuardOptions *options);

/* What both ends ask of a Hello. */
gboolean bus_guard_check_hello (guint32 protocol, const char *network, const char *own_network, GError **error);

G_END_DECLS
