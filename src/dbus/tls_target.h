#pragma once

#include "dbus/address.h"
#include "dbus/tls_connector.h"

G_BEGIN_DECLS

/* What is needed to connect to the program at ADDRESS of another machine, from the files in FOLDER, the network's: the
 * identity of this program, which is ROLE ("node", "wallet", "gui", "cli"), and the certificate with which the other
 * one was paired. NULL with ERROR: they are not paired, or a file is damaged; the message says what to do. Blocks: for
 * the start of a program. The caller owns the result. */
BusTlsTarget *bus_tls_target_load (const char *folder, const char *role, const BusAddress *address, GError **error);

BusTlsTarget *bus_tls_target_copy (const BusTlsTarget *target); /* NULL is allowed, here and below */
void bus_tls_target_free (BusTlsTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusTlsTarget, bus_tls_target_free)

G_END_DECLS
