/* The beginning of a wallet.dat. SQLite: 16 bytes of magic; at 68 the application id, which is the network's magic (4
 * bytes); at least 512 bytes. Berkeley DB (a B-tree): at 12 the magic 0x00053162 in either byte order; at least 4,096
 * bytes. */
#include "wallet/store/file_kind.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bitcoin/primitives/serialize.h"

#define HEADER_LEN 72
#define SQLITE_MAGIC "SQLite format 3"
#define SQLITE_ID_AT 68
#define SQLITE_MIN_BYTES 512
#define LEGACY_MAGIC 0x00053162u
#define LEGACY_MAGIC_AT 12
#define LEGACY_MIN_BYTES 4096

static gboolean
file_kind_fail (const char *path, GError **error)
{
  int code = errno;

  g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

static WalletFileKind
file_kind_of_header (const guint8 header[HEADER_LEN], goffset size, BtcNetwork network)
{
  guint32 magic = btc_get_u32 (header + LEGACY_MAGIC_AT);

  if (size >= LEGACY_MIN_BYTES && (magic == LEGACY_MAGIC || magic == GUINT32_SWAP_LE_BE_CONSTANT (LEGACY_MAGIC)))
    return WALLET_FILE_LEGACY;
  if (size < SQLITE_MIN_BYTES || memcmp (header, SQLITE_MAGIC, sizeof SQLITE_MAGIC) != 0)
    return WALLET_FILE_UNKNOWN;
  for (guint other = 0; other < BTC_N_NETWORKS; other++)
    if (memcmp (header + SQLITE_ID_AT, btc_network_info ((BtcNetwork) other)->magic, 4) == 0)
      return other == network ? WALLET_FILE_SQLITE : WALLET_FILE_OTHER_NETWORK;
  return WALLET_FILE_UNKNOWN;
}

gboolean
wallet_file_read_kind (const char *path, BtcNetwork network, WalletFileKind *kind, GError **error)
{
  guint8 header[HEADER_LEN] = { 0 };
  struct stat info;
  ssize_t got;
  int fd;

  g_return_val_if_fail (path != NULL && kind != NULL, FALSE);

  *kind = WALLET_FILE_ABSENT;
  /* A FIFO must not block. */
  fd = g_open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  if (fd < 0)
    return errno == ENOENT || errno == ENOTDIR || file_kind_fail (path, error);
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    close (fd);
    return TRUE;
  }
  got = read (fd, header, sizeof header);
  close (fd);
  if (got < 0)
    return file_kind_fail (path, error);
  *kind = file_kind_of_header (header, got == sizeof header ? info.st_size : 0, network);
  return TRUE;
}
