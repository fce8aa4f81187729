#pragma once

#include "common/secret.h"

G_BEGIN_DECLS

/* Base58 with checksum for secrets: temporary copies in ordinary memory are wiped. Private to this folder. */

CommonSecret *btc_secret_base58check_decode (const char *text, gsize max_len); /* NULL: malformed, too long or empty */
CommonSecret *btc_secret_base58check_encode (const guint8 *data, gsize len);

G_END_DECLS
