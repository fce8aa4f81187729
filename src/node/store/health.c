#include "node/store/health.h"

#include "node/store/db.h"

void
node_health_break (NodeHealth *health)
{
  g_atomic_int_set (&health->broken, 1);
}

gboolean
node_health_is_broken (NodeHealth *health)
{
  return g_atomic_int_get (&health->broken) != 0;
}

gboolean
node_health_refuse (GError **error)
{
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_IO, "the node stopped after an earlier failure");
  return FALSE;
}
