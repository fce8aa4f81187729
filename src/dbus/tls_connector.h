#pragma once

#include "dbus/tls_handshake.h"

G_BEGIN_DECLS

/* Connects to a program on another machine. */

typedef struct {
  GTlsCertificate *certificate;         /* of this program, with its private key */
  guint8 server32[BUS_FINGERPRINT_LEN]; /* the fingerprint of the other one: no other certificate is accepted */
  guint silence_ms;                     /* see bus_tls_set_socket_options() */
} BusTlsTarget;

/* Connects to PORT of HOST, a name or an address; at most TIMEOUT_MS for everything. The addresses of a name are tried
 * one after the other, and two at once if the first one is slow. TARGET is copied. Main context. */
void bus_tls_connector_open_async (const char *host,
                                   guint16 port,
                                   const BusTlsTarget *target,
                                   guint timeout_ms,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);

/* The connection, owned by the caller, for bus_connection_new_tls(). NULL with ERROR, whose message is for people. */
GTlsConnection *bus_tls_connector_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
