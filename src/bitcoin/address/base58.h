#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Base58, plain and with the four-byte checksum. Pure, any thread. The caller owns what is returned. */
char *btc_base58_encode (const guint8 *data, gsize len);
GBytes *btc_base58_decode (const char *text, gsize max_len); /* NULL: malformed, or longer than MAX_LEN bytes */
char *btc_base58check_encode (const guint8 *data, gsize len);
GBytes *btc_base58check_decode (const char *text, gsize max_len); /* without the checksum */

G_END_DECLS
