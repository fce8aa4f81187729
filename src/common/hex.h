#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Hexadecimal text. Pure functions, any thread. */

/* Writes the lower-case hex of DATA (LEN bytes; NULL only when LEN is 0) into OUT: 2 * LEN digits, without a final zero
 * byte. */
void common_hex_write (char *out, const guint8 *data, gsize len);
void common_hex_write_reversed (char *out, const guint8 *data, gsize len); /* last byte first */

/* The same as text that the caller owns. */
char *common_hex_encode (const guint8 *data, gsize len);

/* Like common_hex_encode(), last byte first: how hashes are displayed. */
char *common_hex_encode_reversed (const guint8 *data, gsize len);

/* Decodes the whole of TEXT into OUT, which has room for OUT_LEN bytes. FALSE when TEXT is not exactly
 * 2 * OUT_LEN hex digits of either case; OUT is then unspecified. */
gboolean common_hex_decode (const char *text, guint8 *out, gsize out_len);

/* Like common_hex_decode(), last byte first. */
gboolean common_hex_decode_reversed (const char *text, guint8 *out, gsize out_len);

/* Decodes TEXT of any even length. NULL when it is not hex; else the caller owns the bytes (may be empty). */
GBytes *common_hex_decode_bytes (const char *text);

G_END_DECLS
