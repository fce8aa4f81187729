#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A floating ay with a copy of the LEN bytes of DATA. Any thread. */
GVariant *bus_bytes_new (const guint8 *data, gsize len);

G_END_DECLS
