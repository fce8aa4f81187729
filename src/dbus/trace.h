#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Logs every request, reply and signal on CONNECTION under -debug=ipc, with the duration of calls; PEER names the other
 * end. Arguments that may be secret are omitted. */
void bus_trace (GDBusConnection *connection, const char *peer);

G_END_DECLS
