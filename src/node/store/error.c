#include "node/store/db.h"

#include <errno.h>
#include <string.h>

G_DEFINE_QUARK (node - store - error - quark, node_store_error)

gboolean
node_store_advise (GError **error, const char *advice)
{
  if (error != NULL && *error != NULL && (*error)->domain == NODE_STORE_ERROR
      && ((*error)->code == NODE_STORE_ERROR_CORRUPT || (*error)->code == NODE_STORE_ERROR_FORMAT)
      && strstr ((*error)->message, advice) == NULL) {
    char *text = g_strdup_printf ("%s %s", (*error)->message, advice);
    g_free ((*error)->message);
    (*error)->message = text;
  }
  return FALSE;
}

gboolean
node_store_error_from_errno (GError **error, int saved_errno, const char *what, const char *path)
{
  gboolean full = saved_errno == ENOSPC || saved_errno == EDQUOT;

  g_set_error (error, NODE_STORE_ERROR, full ? NODE_STORE_ERROR_FULL : NODE_STORE_ERROR_IO,
               full ? "The disk is full: could not %s %s: %s. Free some space and start again."
                    : "Could not %s %s: %s.",
               what, path, g_strerror (saved_errno));
  return FALSE;
}
