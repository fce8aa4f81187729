/* A file of block records with arbitrary content. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "node/store/block_files.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static gboolean
check_block (GBytes *bytes, guint64 pos, gpointer data)
{
  g_autoptr (BtcBlock) block = btc_block_new (bytes);

  if (g_bytes_get_size (bytes) < BTC_HEADER_SIZE || pos + g_bytes_get_size (bytes) > *(gsize *) data)
    abort ();
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  static const guint8 magic[4] = { 0xfa, 0xbf, 0xb5, 0xda };
  static int fd = -1;
  g_autofree char *path = NULL;

  if (fd < 0)
    fd = memfd_create ("scan", MFD_CLOEXEC);
  if (ftruncate (fd, 0) != 0 || pwrite (fd, data, len, 0) != (gssize) len)
    abort ();
  path = g_strdup_printf ("/proc/self/fd/%d", fd);
  if (!node_block_files_scan (path, magic, NULL, check_block, &len, NULL))
    abort ();
  return 0;
}
