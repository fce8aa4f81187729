#pragma once

#include "dbus/pairings_text.h"

G_BEGIN_DECLS

/* Which programs on other machines this one is paired with: clients that may connect to it, with what they may do; and
 * programs that it may connect to, by their addresses. Kept in the file ROLE-pairings.conf in the network's folder, a key file
 * with a group for each:
 *
 *   [client 1]                         [program 1]
 *   fingerprint=64 hex digits          address=tls:HOST:PORT
 *   name=laptop                        fingerprint=64 hex digits
 *   role=observe                       name=node
 *   since=seconds since 1970           role=observe
 *   seen=seconds since 1970            since=seconds since 1970
 *
 * Main context. Changes count at once; bus_pairings_save_async() makes them last. */
typedef struct _BusPairings BusPairings;

/* The pairings of the program ROLE ("node", "wallet", "gui", "cli") in FOLDER; none if there is no file. NULL with ERROR: the
 * file is damaged, with a message that says what to do. Blocks: for the start of a program. */
BusPairings *bus_pairings_load (const char *folder, const char *role, GError **error);

/* Saves what has not been saved, which blocks. NULL is allowed. */
void bus_pairings_free (BusPairings *pairings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusPairings, bus_pairings_free)

/* Writes all changes so far to the disk, on another thread; then CALLBACK, which may be NULL. PAIRINGS may be freed
 * before that. */
void bus_pairings_save_async (BusPairings *pairings, GAsyncReadyCallback callback, gpointer data);
gboolean bus_pairings_save_finish (GAsyncResult *result, GError **error);

/* ---- clients ---- */

/* What the client may do; 0: it is not paired. */
BusRoles bus_pairings_get_roles (BusPairings *pairings, const guint8 fingerprint32[BUS_FINGERPRINT_LEN]);

/* NULL: it is not paired. Borrowed, until the next change. */
const BusPairing *bus_pairings_find (BusPairings *pairings, const guint8 fingerprint32[BUS_FINGERPRINT_LEN]);

/* BusPairing, the oldest first. Borrowed, until the next change. */
const GPtrArray *bus_pairings_get_clients (BusPairings *pairings);

/* Adds a client, or gives one that is paired already another name and role. NAME is valid. FALSE: there are BUS_PAIRINGS_MAX
 * already (BUS_ERROR_LIMIT_EXCEEDED). */
gboolean bus_pairings_add (BusPairings *pairings,
                           const guint8 fingerprint32[BUS_FINGERPRINT_LEN],
                           const char *name,
                           BusRoles roles,
                           gint64 now_s,
                           GError **error);

/* FALSE: it is not paired (BUS_ERROR_NOT_FOUND), or NAME is not valid (BUS_ERROR_INVALID_NAME). */
gboolean bus_pairings_rename (BusPairings *pairings,
                              const guint8 fingerprint32[BUS_FINGERPRINT_LEN],
                              const char *name,
                              GError **error);

/* FALSE: it is not paired (BUS_ERROR_NOT_FOUND). Its connections are for the caller to close. */
gboolean bus_pairings_revoke (BusPairings *pairings, const guint8 fingerprint32[BUS_FINGERPRINT_LEN], GError **error);

/* The client is connected at NOW_S. Saved from time to time. */
void bus_pairings_touch (BusPairings *pairings, const guint8 fingerprint32[BUS_FINGERPRINT_LEN], gint64 now_s);

/* ---- programs ---- */

/* The program at ADDRESS, "tls:HOST:PORT" as of bus_address_dup_text(). NULL: this one is not paired with it. Borrowed,
 * until the next change. */
const BusPairing *bus_pairings_find_program (BusPairings *pairings, const char *address);

/* BusPairing. Borrowed, until the next change. */
const GPtrArray *bus_pairings_get_programs (BusPairings *pairings);

/* Replaces the one at ADDRESS. Otherwise like bus_pairings_add(). */
gboolean bus_pairings_add_program (BusPairings *pairings,
                                   const char *address,
                                   const guint8 fingerprint32[BUS_FINGERPRINT_LEN],
                                   const char *name,
                                   BusRoles roles,
                                   gint64 now_s,
                                   GError **error);

/* FALSE: there is none at ADDRESS (BUS_ERROR_NOT_FOUND). */
gboolean bus_pairings_forget_program (BusPairings *pairings, const char *address, GError **error);

G_END_DECLS
