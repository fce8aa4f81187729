#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* LEN bytes of a URL: "%XX" is a byte, everything else stands for itself. Zero bytes become U+0000 as in common/text.h; other
 * bytes may not be UTF-8. The caller owns it. */
char *rpc_url_unescape (const char *text, gsize len);

G_END_DECLS
