#pragma once

#include "dbus/pair_code.h"
#include "dbus/role.h"

G_BEGIN_DECLS

/* An offer of a program to be paired with one other: a code with a role, for ten minutes and for one use. Main context. */
typedef struct _BusInvitation BusInvitation;

#define BUS_INVITATION_S 600
/* After this many wrong proofs it is void. */
#define BUS_INVITATION_MAX_WRONG 5u

/* Of the program with FINGERPRINT32. NOW_US is of a monotonic clock, as in all calls. */
BusInvitation *bus_invitation_new (const guint8 fingerprint32[BUS_FINGERPRINT_LEN], BusRoles roles, gint64 now_us);
void bus_invitation_free (BusInvitation *invitation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusInvitation, bus_invitation_free)

BusRoles bus_invitation_get_roles (const BusInvitation *invitation);
guint bus_invitation_get_seconds_left (const BusInvitation *invitation, gint64 now_us); /* 0: it has expired */

/* What is shown. The caller owns it. */
CommonSecret *bus_invitation_get_text (const BusInvitation *invitation);

/* Whether it can still be used: not expired, not used, not void. NULL: no. */
gboolean bus_invitation_is_open (const BusInvitation *invitation, gint64 now_us);

/* Uses it for the program with READER32, if PROOF32 is its proof, and writes our proof for it. Whether or not the result is
 * TRUE, bus_invitation_is_open() may have become FALSE. */
gboolean bus_invitation_use (BusInvitation *invitation,
                             const guint8 reader32[BUS_FINGERPRINT_LEN],
                             const guint8 proof32[BUS_PAIR_PROOF_LEN],
                             gint64 now_us,
                             guint8 own_proof32[BUS_PAIR_PROOF_LEN]);

G_END_DECLS
