#pragma once

#include "dbus/tap.h"

G_BEGIN_DECLS

/* The lines of -debug=ipc: each request, reply and signal with its connection, its size, and the duration of calls.
 * Arguments that may be secret are omitted. Any thread. */
gboolean bus_trace_is_enabled (void);
void bus_trace (const BusTapEvent *event); /* does nothing unless it is enabled */

/* Whether the parameters of a JSON-RPC method may hold a passphrase or a key. By parts of names, so that methods that are
 * added later are hidden rather than shown. */
gboolean bus_trace_is_secret (const char *method);

G_END_DECLS
