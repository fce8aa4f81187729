#include "node/index/private.h"

/* Errors that name the index, with advice. */

gboolean
node_index_fail_corrupt (NodeIndex *index, const char *what, GError **error)
{
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "The index %s is damaged: %s. Delete the folder %s to rebuild it.", index->class->name, what,
               index->path);
  return FALSE;
}

gboolean
node_index_advise (NodeIndex *index, GError **error)
{
  g_autofree char *advice
      = g_strdup_printf ("Delete the folder %s to rebuild the index %s.", index->path, index->class->name);

  return node_store_advise (error, advice);
}
