#pragma once

#include "dbus/tls_listener.h"

G_BEGIN_DECLS

/* The connections of a BusTlsListener whose handshake is not complete. Main context. */
typedef struct _BusTlsPending BusTlsPending;

/* OPTIONS is copied; its accepted() is called for each one that was admitted. */
BusTlsPending *bus_tls_pending_new (const BusTlsListenerOptions *options);

/* Takes ownership of FD, a connection from REMOTE that was just accepted. */
void bus_tls_pending_add (BusTlsPending *pending, int fd, GSocketAddress *remote);

/* Closes them. No callback is called after this. */
void bus_tls_pending_free (BusTlsPending *pending);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusTlsPending, bus_tls_pending_free)

G_END_DECLS
