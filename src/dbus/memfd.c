#include "dbus/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dbus/errors.h"

static int
fail_with_errno (int fd, const char *what, GError **error)
{
  int saved = errno;

  g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (saved), "%s: %s", what, g_strerror (saved));
  if (fd >= 0)
    close (fd);
  return -1;
}

int
bus_memfd_new (const guint8 *data, gsize len, GError **error)
{
  int fd = memfd_create ("moneyrocket", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd < 0)
    return fail_with_errno (fd, "cannot create a memory file", error);
  for (gsize done = 0; done < len;) {
    gssize n = write (fd, data + done, len - done);

    if (n < 0 && errno != EINTR)
      return fail_with_errno (fd, "cannot write a memory file", error);
    done += n > 0 ? (gsize) n : 0;
  }
  if (fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
    return fail_with_errno (fd, "cannot seal a memory file", error);
  return fd;
}

typedef struct {
  gpointer address;
  gsize len;
} Mapping;

static void
mapping_free (gpointer data)
{
  Mapping *mapping = data;

  munmap (mapping->address, mapping->len);
  g_free (mapping);
}

GBytes *
bus_memfd_map (int fd, gsize max_len, GError **error)
{
  const int needed = F_SEAL_WRITE | F_SEAL_SHRINK;
  struct stat st;
  gpointer address;
  Mapping *mapping;
  int seals = fcntl (fd, F_GET_SEALS);

  if (seals < 0 || (seals & needed) != needed || fstat (fd, &st) < 0 || !S_ISREG (st.st_mode)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the descriptor is not a sealed memory file");
    return NULL;
  }
  if (st.st_size < 0 || (guint64) st.st_size > max_len) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED, "the memory file is longer than %" G_GSIZE_FORMAT " bytes",
                 max_len);
    return NULL;
  }
  if (st.st_size == 0)
    return g_bytes_new (NULL, 0);

  /* Private, because Linux before 6.7 refuses every shared mapping of a file that is sealed against writing. */
  address = mmap (NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (address == MAP_FAILED) {
    fail_with_errno (-1, "cannot map a memory file", error);
    return NULL;
  }
  mapping = g_new (Mapping, 1);
  *mapping = (Mapping){ .address = address, .len = st.st_size };
  return g_bytes_new_with_free_func (address, mapping->len, mapping_free, mapping);
}

GBytes *
bus_memfd_map_handle (GUnixFDList *fds, gint32 index, gsize max_len, GError **error)
{
  if (fds == NULL || index < 0 || index >= g_unix_fd_list_get_length (fds)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "the message lacks its descriptor");
    return NULL;
  }
  return bus_memfd_map (g_unix_fd_list_peek_fds (fds, NULL)[index], max_len, error);
}
