#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads what this program uses, as of org.moneyrocket.Trace1.GetStatus(), without blocking. ROLE is that of this program.
 * The result is an a{sv}, owned by the caller. Main context. */
void bus_status_read_async (const char *role, GAsyncReadyCallback callback, gpointer data);
GVariant *bus_status_read_finish (GAsyncResult *result);

G_END_DECLS
