#include "common/ending.h"
#include "common/file.h"
#include "node/store/db.h"

#include <errno.h>
#include <string.h>

G_DEFINE_QUARK (node - store - error - quark, node_store_error)

static gboolean
has_advice (const char *message)
{
  return strstr (message, "estart with") != NULL || strstr (message, "elete the folder") != NULL;
}

gboolean
node_store_advise (GError **error, const char *advice)
{
  if (error != NULL && *error != NULL && (*error)->domain == NODE_STORE_ERROR
      && ((*error)->code == NODE_STORE_ERROR_CORRUPT || (*error)->code == NODE_STORE_ERROR_FORMAT)
      && !has_advice ((*error)->message)) {
    char *text = g_strdup_printf ("%s %s", (*error)->message, advice);
    g_free ((*error)->message);
    (*error)->message = text;
  }
  return FALSE;
}

/* Errors about damage and a full disk already include advice. */
char *
node_store_dup_message (const GError *error)
{
  const char *end = g_str_has_suffix (error->message, ".") ? "" : ".";

  if (error->domain == NODE_STORE_ERROR)
    switch ((NodeStoreError) error->code) {
    case NODE_STORE_ERROR_CORRUPT:
      return g_strdup_printf (COMMON_ENDING_DAMAGED ". %s%s If it happens again, check the disk and the memory of this "
                                                    "computer.",
                              error->message, end);
    case NODE_STORE_ERROR_FULL:
    case NODE_STORE_ERROR_FORMAT:
    case NODE_STORE_ERROR_LOCKED:
    case NODE_STORE_ERROR_NOT_STORED:
      return g_strdup_printf ("%s%s", error->message, end);
    case NODE_STORE_ERROR_IO:
      break;
    }
  return g_strdup_printf (COMMON_ENDING_UNREADABLE ". %s%s Check that the disk is connected and "
                                                   "writable, then start again.",
                          error->message, end);
}

gboolean
node_store_take_file_error (GError **error, GError *local)
{
  gboolean full = g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOSPC);

  g_set_error (error, NODE_STORE_ERROR, full ? NODE_STORE_ERROR_FULL : NODE_STORE_ERROR_IO,
               full ? COMMON_ENDING_DISK_FULL ": %s. Free some space and start again." : "%s.", local->message);
  g_error_free (local);
  return FALSE;
}

gboolean
node_store_error_from_errno (GError **error, int saved_errno, const char *what, const char *path)
{
  gboolean full = saved_errno == ENOSPC || saved_errno == EDQUOT;

  g_set_error (error, NODE_STORE_ERROR, full ? NODE_STORE_ERROR_FULL : NODE_STORE_ERROR_IO,
               full ? COMMON_ENDING_DISK_FULL ": could not %s %s: %s. Free some space and start again."
                    : "Could not %s %s: %s.",
               what, path, g_strerror (saved_errno));
  return FALSE;
}

gboolean
node_store_sync_folder (const char *path, GError **error)
{
  GError *local = NULL;

  return common_file_sync_folder (path, &local) || node_store_take_file_error (error, local);
}
