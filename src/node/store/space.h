#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Is there room for MORE bytes in the folder PATH, and some to spare? FALSE with NODE_STORE_ERROR_FULL. Any thread. */
gboolean node_store_check_space (const char *path, guint64 more, GError **error);

G_END_DECLS
