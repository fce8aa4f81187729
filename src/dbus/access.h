#pragma once

#include "dbus/clients.h"
#include "dbus/invitation.h"
#include "dbus/pairings.h"

G_BEGIN_DECLS

/* Who may use this program: the programs on other machines that are paired with it, the code with which one more can be
 * paired, and the programs that are connected. access1.c offers it over D-Bus, rpc/bus/access.c by RPC. Signal "changed" ():
 * a client has come or gone, or a pairing or the invitation has changed; at most ten a second. Main context. */
#define BUS_TYPE_ACCESS (bus_access_get_type ())
G_DECLARE_FINAL_TYPE (BusAccess, bus_access, BUS, ACCESS, GObject)

/* Of the program ROLE ("node" or "wallet"), at which there are ROLES. FOLDER is the network's. Reads the pairings there,
 * which blocks: at the start of a program. */
BusAccess *bus_access_new (const char *folder, const char *role, BusRoles roles, GError **error);

/* CLIENTS are those of the program; borrowed until bus_access_set_clients (NULL). Call bus_access_on_client_changed() for each
 * that has said Hello or has gone. */
void bus_access_set_clients (BusAccess *self, BusClients *clients);
void bus_access_on_client_changed (BusAccess *self, BusClient *client);

/* Loads our identity, which blocks and creates it if there is none. The result is borrowed. */
GTlsCertificate *bus_access_load_identity (BusAccess *self, GError **error);

/* Lets the clients of PROGRAM be of other machines, if it is to listen for them (-ipcbind=tls:…): before bus_clients_listen(),
 * and at the start of a program. */
gboolean bus_access_accept_others (BusAccess *self, const CommonProgram *program, GError **error);

/* What the program with FINGERPRINT32 may do; 0: it is refused. BUS_ROLE_PAIR, for which the other ROLES are no limit, while
 * there is an invitation. ACCESS is a BusAccess. */
BusRoles bus_access_admit (gpointer access, const guint8 fingerprint32[BUS_FINGERPRINT_LEN]);

/* ---- state: borrowed, until the next change ---- */

const GPtrArray *bus_access_get_clients (BusAccess *self);  /* BusClient, with tools; NULL: there are none */
const GPtrArray *bus_access_get_pairings (BusAccess *self); /* BusPairing */

/* The name of CLIENT: of its pairing, or as it says itself. */
const char *bus_access_get_client_name (BusAccess *self, BusClient *client);

guint64 bus_access_get_sequence (BusAccess *self);                /* of "changed" */
const guint8 *bus_access_get_fingerprint32 (BusAccess *self);     /* of this program; NULL: no identity is loaded */
const BusInvitation *bus_access_get_invitation (BusAccess *self); /* NULL: there is none that can be used */

/* ---- changes: at once in memory, on the disk by bus_access_save_async() ---- */

/* Makes a code for the role ROLE, in place of an earlier one. The caller owns the text. *SECONDS: how long it can be used. */
CommonSecret *bus_access_invite (BusAccess *self, const char *role, guint *seconds, GError **error);

/* Shows a code on standard output if PROGRAM was started for that (see pair_ask.h), for the role FALLBACK if it names none. */
gboolean bus_access_show_code (BusAccess *self, const CommonProgram *program, const char *fallback, GError **error);

/* TRUE: there was one. */
gboolean bus_access_cancel_invitation (BusAccess *self);

/* Pairs the program with READER32, which has sent PROOF32 (PROOF_LEN bytes). Writes our proof for it and its roles. */
gboolean bus_access_pair (BusAccess *self,
                          const guint8 reader32[BUS_FINGERPRINT_LEN],
                          const char *name,
                          const guint8 proof32[BUS_PAIR_PROOF_LEN],
                          guint8 own_proof32[BUS_PAIR_PROOF_LEN],
                          BusRoles *roles,
                          GError **error);

gboolean
bus_access_rename (BusAccess *self, const guint8 fingerprint32[BUS_FINGERPRINT_LEN], const char *name, GError **error);

/* Closes its connections, too. */
gboolean bus_access_revoke (BusAccess *self, const guint8 fingerprint32[BUS_FINGERPRINT_LEN], GError **error);

/* Closes the connection of the client NUMBER. */
gboolean bus_access_disconnect (BusAccess *self, guint64 number, GError **error);

/* CALLBACK is called with all changes so far on the disk, and ends with bus_pairings_save_finish(). */
void bus_access_save_async (BusAccess *self, GAsyncReadyCallback callback, gpointer data);

G_END_DECLS
