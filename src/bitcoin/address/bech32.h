#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bech32 (BIP 173) and bech32m (BIP 350). Pure, any thread. */

typedef enum { BTC_BECH32_NONE, BTC_BECH32, BTC_BECH32M } BtcBech32;

#define BTC_BECH32_MAX 90 /* characters of the whole text */

typedef struct {
  BtcBech32 encoding;            /* which checksum is valid; NONE: not bech32 */
  char hrp[BTC_BECH32_MAX];      /* the part before the last "1", in lower case */
  guint8 values[BTC_BECH32_MAX]; /* 5 bits each, without the checksum */
  gsize n_values;
} BtcBech32Text;

/* Decodes TEXT. FALSE when it is malformed or its checksum is wrong; *WHY (may be NULL) is then set to a static error
 * message. */
gboolean btc_bech32_decode (const char *text, BtcBech32Text *decoded, const char **why);

/* Why btc_bech32_decode() fails for TEXT, as a static message, which is that of the reference. Appends the positions
 * (gsize) of characters that are likely to be wrong to PLACES, which may be NULL. */
const char *btc_bech32_locate_errors (const char *text, GArray *places);

/* ENCODING is not NONE; HRP is lower case; the result must not exceed 90 characters. The caller owns it. */
char *btc_bech32_encode (BtcBech32 encoding, const char *hrp, const guint8 *values, gsize n_values);

/* Regroups bits from 8 to 5 per value, padded with zeros; OUT has room for (8 * LEN + 4) / 5. Returns the number of
 * values. */
gsize btc_bech32_from_bytes (const guint8 *data, gsize len, guint8 *out);

/* The reverse: OUT has room for 5 * N / 8. FALSE when the padding is too long or not zero. */
gboolean btc_bech32_to_bytes (const guint8 *values, gsize n, guint8 *out, gsize *len);

G_END_DECLS
