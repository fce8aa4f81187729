#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Hashes of 32 bytes in internal order as the keys of a GHashTable. Not salted: proof of work does not affect the first
 * bytes, but transactions can be chosen to collide. Pure, any thread. */
guint btc_hash32_hash (gconstpointer hash32);
gboolean btc_hash32_equal (gconstpointer a32, gconstpointer b32);

G_END_DECLS
