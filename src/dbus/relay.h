#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Carries bytes between a TLS connection and one end of a socketpair, so that a program that may not connect to other
 * machines itself can speak with one, whose certificate this program has checked. It reads nothing of what it carries,
 * and descriptors do not pass: the program at the other machine says so in its reply to Hello. The work is done on a
 * thread of its own; memory is bounded, since a side that does not read stops the other one. When one end is closed,
 * what it has sent before still arrives, and then both are closed. */
typedef struct _BusRelay BusRelay;

/* Begins with TLS, of which it takes a reference, and FD, of which it takes ownership, even on failure. ENDED (DATA) is
 * called once on the main context when both have been closed, unless the relay is freed before; it may free it. */
BusRelay *bus_relay_new (GTlsConnection *tls, int fd, void (*ended) (gpointer data), gpointer data, GError **error);

/* Closes both. ENDED is not called after this. NULL is allowed. Main context. */
void bus_relay_free (BusRelay *relay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusRelay, bus_relay_free)

/* Connects one end of a socketpair with TLS, and returns the other end, for AttachPeer; -1 with ERROR. The relay frees
 * itself when one of the ends is closed. Takes a reference to TLS. */
int bus_relay_open (GTlsConnection *tls, GError **error);

G_END_DECLS
