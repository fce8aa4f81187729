#pragma once

#include "dbus/address.h"
#include "dbus/pair_code.h"

G_BEGIN_DECLS

/* Pairs this program with one on another machine that has shown a code. Main context. */

typedef struct {
  const char *own_role; /* what this program is: "gui", "wallet", "cli" */
  const char *role;     /* what the other one is: "node", "wallet" */
  const char *network;
  const char *name; /* under which the other one will list this one: see bus_pairing_name_is_valid() */
} BusPairRequest;

/* Connects to ADDRESS, of the kind TLS, where CODE was shown, with the certificate OWN, and proves that this program has the
 * code. All arguments are copied. The other program does not accept a code twice: if the reply is lost, the two may be paired
 * although this has failed, and are paired once more with another code. */
void bus_pair_async (const BusAddress *address,
                     const BusPairCode *code,
                     GTlsCertificate *own,
                     const BusPairRequest *request,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer data);

/* The same over CONNECTION, at whose other end the certificate has the fingerprint of CODE; OWN32 is the fingerprint of this
 * program. Messages are not processed yet. */
void bus_pair_over_async (GDBusConnection *connection,
                          const BusPairCode *code,
                          const guint8 own32[BUS_FINGERPRINT_LEN],
                          const BusPairRequest *request,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data);

/* Of both. TRUE: they are paired, this program has ROLES from its next connection on, and both sides have proved that they
 * have the code. The caller keeps that: see bus_pairings_add_program(). FALSE: ERROR has a message for people. */
gboolean bus_pair_finish (GAsyncResult *result, BusRoles *roles, GError **error);

G_END_DECLS
