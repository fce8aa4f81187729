#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether there is space for MORE bytes and a reserve in the folder PATH. FALSE with NODE_STORE_ERROR_FULL.
 * Any thread. */
gboolean node_store_check_space (const char *path, guint64 more, GError **error);

G_END_DECLS
