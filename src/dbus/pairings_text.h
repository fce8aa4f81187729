#pragma once

#include "dbus/pairing.h"

G_BEGIN_DECLS

/* The file of pairings as text (see pairings.h for its format). Pure functions, any thread. */

/* Longer than any that bus_pairings_text_write() makes. */
#define BUS_PAIRINGS_TEXT_MAX (512u * 1024u)

/* In one list. */
#define BUS_PAIRINGS_MAX 256u

/* Adds what is in BYTES to the two lists of BusPairing. FALSE with a message that names the group: something is missing, malformed, twice,
 * or too much. */
gboolean bus_pairings_text_read (GBytes *bytes, GPtrArray *clients, GPtrArray *programs, GError **error);

/* The caller owns it. */
char *bus_pairings_text_write (const GPtrArray *clients, const GPtrArray *programs);

G_END_DECLS
