#include "rpc/cookie.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "common/file.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/random.h"

#define PASSWORD_BYTES 32
#define MAX_COOKIE_BYTES 4096

char *
rpc_cookie_dup_wallet_name (guint16 port)
{
  return g_strdup_printf (".cookie.%u", port);
}

/* A file that is left of a node that was killed is replaced. It need not survive a power failure. */
static gboolean
cookie_write_file (const char *path, const char *text, guint mode)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean ok;

  if (fd < 0)
    return FALSE;
  /* The umask may have taken away what MODE allows. */
  ok = write (fd, text, strlen (text)) == (ssize_t) strlen (text) && fchmod (fd, mode) == 0;
  return close (fd) == 0 && ok;
}

char *
rpc_cookie_write (const char *path, guint mode, GError **error)
{
  guint8 secret[PASSWORD_BYTES];
  g_autofree char *password = NULL, *text = NULL, *temporary = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  temporary = g_strconcat (path, ".tmp", NULL);
  common_random_bytes (secret, sizeof secret);
  password = common_hex_encode (secret, sizeof secret);
  text = g_strconcat (RPC_COOKIE_USER, ":", password, NULL);
  if (cookie_write_file (temporary, text, mode) && g_rename (temporary, path) == 0)
    return g_steal_pointer (&password);
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "The cookie file %s cannot be written: %s", path,
               g_strerror (errno));
  return NULL;
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
