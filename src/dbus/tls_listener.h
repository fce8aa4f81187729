#pragma once

#include "dbus/role.h"
#include "dbus/tls_handshake.h"

G_BEGIN_DECLS

/* Accepts programs from other machines over TLS. Before a handshake is complete, a connection costs little and is
 * closed after five seconds; there are few of them at a time, and even fewer from one machine, so that a flood of
 * connections or of incomplete handshakes occupies neither memory nor threads. What is no handshake at all is closed at
 * once. Main context. */

#define BUS_TLS_MAX_PENDING 16u
#define BUS_TLS_MAX_PENDING_OF_ONE 4u /* of an IPv4 address, or of an IPv6 network (/64) */

typedef struct {
  GTlsCertificate *certificate; /* of this program, with its private key */
  /* What the program with this fingerprint may do; 0: it is refused. */
  BusRoles (*admit) (gpointer data, const guint8 fingerprint32[BUS_FINGERPRINT_LEN]);
  /* A program was admitted. Takes ownership of TLS. */
  void (*accepted) (gpointer data,
                    GTlsConnection *tls,
                    BusRoles roles,
                    const guint8 fingerprint32[BUS_FINGERPRINT_LEN]);
  gpointer data;
  guint handshake_ms; /* how long a handshake may take; 0: five seconds */
  guint silence_ms;   /* see bus_tls_set_socket_options() */
} BusTlsListenerOptions;

typedef struct _BusTlsListener BusTlsListener;

/* Listens at PORT of HOST: an address of this machine ("0.0.0.0" or "::" for all of them), or a name, which is looked
 * up without blocking. Then failures to listen are logged, and looking it up is tried again; with an address they are
 * an ERROR. OPTIONS is copied. */
BusTlsListener *
bus_tls_listener_new (const char *host, guint16 port, const BusTlsListenerOptions *options, GError **error);

/* The port; if it was given as 0, the one that the system has chosen. 0: it does not listen yet. */
guint16 bus_tls_listener_get_port (const BusTlsListener *listener);

/* Stops accepting, and closes connections whose handshake is not complete. NULL is allowed. */
void bus_tls_listener_free (BusTlsListener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusTlsListener, bus_tls_listener_free)

G_END_DECLS
