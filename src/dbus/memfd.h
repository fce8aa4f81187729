#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/* Bulk data as a sealed memory file. Any thread. */

/* A memfd with LEN bytes of DATA, sealed against all changes. -1 with ERROR; otherwise the caller closes it. */
int bus_memfd_new (const guint8 *data, gsize len, GError **error);

/* Maps FD, which is not closed, after checking that it is a memfd sealed against writing and shrinking and not longer
 * than MAX_LEN. The caller owns the bytes. */
GBytes *bus_memfd_map (int fd, gsize max_len, GError **error);

/* The same for the handle at INDEX of a message's descriptor list (NULL allowed: an error). */
GBytes *bus_memfd_map_handle (GUnixFDList *fds, gint32 index, gsize max_len, GError **error);

G_END_DECLS
