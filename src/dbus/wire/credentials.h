#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the program at the other end of the local socket FD runs as this user, as reported by the kernel. Any thread. */
gboolean bus_credentials_are_own (int fd);

G_END_DECLS
