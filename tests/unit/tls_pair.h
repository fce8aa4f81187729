#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* TLS within a process, for tests and benches. Main context. */

/* Whether GIO has its module for TLS. */
gboolean tls_pair_is_supported (void);

/* A new self-signed certificate with its private key. The caller owns it. */
GTlsCertificate *tls_pair_make_certificate (void);

/* Two connected TCP sockets of the loopback interface. */
void tls_pair_open_sockets (GSocket *sockets[2]);

/* One end of a TLS connection over SOCKET, with a process that does the same. The caller owns it. Iterates the main
 * context. */
GTlsConnection *tls_pair_shake_hands (GSocket *socket, gboolean server, GTlsCertificate *certificate);

/* Two ends of a TLS connection over the loopback interface, whose handshake is done: that of the server, and that of
 * the client. For bus_connection_new_tls(), which takes a reference; the caller owns both. Iterates the main context.
 * */
void tls_pair_new (GTlsConnection *ends[2]);

G_END_DECLS
