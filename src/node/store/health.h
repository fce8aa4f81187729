#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether there was a failure after which nothing may be written any more: a second fsync would report success although
 * the first one lost data, and partly changed coins do not match any block. Never cleared. Any thread. */

typedef struct {
  gint broken; /* atomic */
} NodeHealth;

void node_health_break (NodeHealth *health);
gboolean node_health_is_broken (NodeHealth *health);

/* Sets "the node stopped after an earlier failure" (NODE_STORE_ERROR_IO). Returns FALSE. */
gboolean node_health_refuse (GError **error);

G_END_DECLS
