#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A floating ay of LEN bytes of DATA, copied. Any thread. */
GVariant *bus_bytes_new (const guint8 *data, gsize len);

G_END_DECLS
