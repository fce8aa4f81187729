#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What TEXT is, when it is something else than a Bitcoin address that people paste in its place: a Lightning invoice, a
 * private key, an address of another currency. A translated sentence, NULL if it is none of these. COMPACT: TEXT without
 * its spaces. Pure. */
const char *gui_address_kind_sentence (const char *text, const char *compact);

G_END_DECLS
