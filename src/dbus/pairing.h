#pragma once

#include "dbus/identity.h"
#include "dbus/role.h"

G_BEGIN_DECLS

/* One program that this one is paired with. Any thread. */

#define BUS_PAIRING_MAX_NAME 64u

typedef struct {
  guint8 fingerprint32[BUS_FINGERPRINT_LEN]; /* of the other program */
  char *address;                             /* where this one connects to it; NULL: it connects to this one */
  char *name;                                /* for lists */
  BusRoles roles;                            /* of the program that connects, at the other one */
  gint64 since_s, seen_s;                    /* since 1970; SEEN_S 0: never */
} BusPairing;

/* Copies its arguments. ADDRESS may be NULL. */
BusPairing *bus_pairing_new (const guint8 fingerprint32[BUS_FINGERPRINT_LEN],
                             const char *address,
                             const char *name,
                             BusRoles roles,
                             gint64 since_s);
void bus_pairing_free (BusPairing *pairing);

/* An empty list that owns its BusPairing. */
GPtrArray *bus_pairing_new_list (void);

/* Whether NAME, which may be any bytes, can be a name: UTF-8 of 1 to BUS_PAIRING_MAX_NAME bytes without invisible
 * characters. */
gboolean bus_pairing_name_is_valid (const char *name);

G_END_DECLS
