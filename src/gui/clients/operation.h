#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Waits until the Operation1 at PATH has finished. The result is its a{sv}, owned by the caller; NULL with ERROR (that
 * of the operation, that of the connection, or G_IO_ERROR_INVALID_DATA). Cancelling completes the call and cancels the
 * operation. Main context. */
void gui_operation_wait_async (GDBusConnection *connection,
                               const char *path,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);
GVariant *gui_operation_wait_finish (GAsyncResult *result, GError **error);

G_END_DECLS
