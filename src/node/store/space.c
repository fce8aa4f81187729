#include "node/store/space.h"

#include "common/ending.h"
#include "common/file.h"
#include "node/store/db.h"

#define MIN_FREE_BYTES ((guint64) 50 << 20)

gboolean
node_store_check_space (const char *path, guint64 more, GError **error)
{
  guint64 free_bytes = common_file_free_space (path);

  if (free_bytes >= MIN_FREE_BYTES + more)
    return TRUE;
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_FULL,
               COMMON_ENDING_DISK_FULL ": disk space is too low! %s has %" G_GUINT64_FORMAT
                                       " MiB left. Free some space and start again; nothing "
                                       "was lost.",
               path, free_bytes >> 20);
  return FALSE;
}
