#pragma once

#include "dbus/identity.h"

G_BEGIN_DECLS

/* TLS 1.3 between two programs that know each other's certificate by its fingerprint, the SHA-256 of its DER. Nothing
 * else about a certificate counts: neither an authority, nor a name, nor a date. Main context. */

/* How long the other end may be silent, although it has something to acknowledge, before the connection counts as lost.
 * */
#define BUS_TLS_SILENCE_MS 60000u

/* Whether the certificate of the other end is the one of a known program. May be called twice. */
typedef gboolean (*BusTlsCheck) (gpointer data, const guint8 fingerprint32[BUS_FINGERPRINT_LEN]);

/* Sets the options of a TCP socket: no delay, and SILENCE_MS (0: BUS_TLS_SILENCE_MS), also while the connection is
 * idle. */
void bus_tls_set_socket_options (GSocket *socket, guint silence_ms);

/* Does the handshake over the connected SOCKET, as its SERVER or as its client, with the certificate OWN, which has its
 * private key. Both ends must have a certificate, and CHECK (CHECK_DATA) decides about that of the other end. There is
 * no time limit: the caller cancels it. CALLBACK is always called; CHECK is not called after CANCELLABLE was cancelled.
 * Occupies a thread of GLib's pool. */
void bus_tls_handshake_async (GSocket *socket,
                              gboolean server,
                              GTlsCertificate *own,
                              BusTlsCheck check,
                              gpointer check_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);

/* The connection, owned by the caller, and the fingerprint of the other end. NULL with ERROR:
 * G_TLS_ERROR_BAD_CERTIFICATE when CHECK has returned FALSE. A client may succeed although the server refuses it: then
 * the connection ends at its first read. */
GTlsConnection *
bus_tls_handshake_finish (GAsyncResult *result, guint8 fingerprint32[BUS_FINGERPRINT_LEN], GError **error);

G_END_DECLS
