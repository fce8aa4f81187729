#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Logs every request, reply and signal on CONNECTION under -debug=ipc, with how long the answer took; PEER names the
 * other end. Arguments that may be secret are left out. */
void bus_trace (GDBusConnection *connection, const char *peer);

G_END_DECLS
