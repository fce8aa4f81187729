#include "rpc/cookie.h"

#include <string.h>

#include <glib/gstdio.h>

#include "common/file.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/random.h"

#define PASSWORD_BYTES 32
#define MAX_COOKIE_BYTES 4096

char *
rpc_cookie_write (const char *path, guint mode, GError **error)
{
  guint8 secret[PASSWORD_BYTES];
  g_autofree char *password = NULL, *text = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  common_random_bytes (secret, sizeof secret);
  password = common_hex_encode (secret, sizeof secret);
  text = g_strconcat (RPC_COOKIE_USER, ":", password, NULL);
  if (!common_file_replace (path, text, strlen (text), mode, error))
    return NULL;
  return g_steal_pointer (&password);
}

char *
rpc_cookie_read (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  char *text;

  g_return_val_if_fail (path != NULL, NULL);
  bytes = common_file_read (path, MAX_COOKIE_BYTES, error);
  if (bytes == NULL)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return g_strchomp (text);
}

void
rpc_cookie_remove (const char *path, const char *password)
{
  g_autofree char *now = NULL, *own = NULL;

  g_return_if_fail (path != NULL && password != NULL);
  now = rpc_cookie_read (path, NULL);
  own = g_strconcat (RPC_COOKIE_USER, ":", password, NULL);
  if (g_strcmp0 (now, own) == 0 && g_unlink (path) != 0)
    common_warn ("The cookie file %s could not be removed", path);
}
