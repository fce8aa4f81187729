#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/* A call whose cancellation is also sent to the other end. Main context. */

typedef struct {
  const char *path;
  const char *interface;
  const char *method;
  const char *reply;         /* type of the results, a tuple; NULL: as checked by the stream */
  int timeout_ms;            /* finite; -1: BUS_CALL_TIMEOUT_MS */
  GCancellable *cancellable; /* may be NULL */
  GUnixFDList *fds;          /* the descriptors in the arguments; NULL: none */
} BusRequest;

/* Makes the call REQUEST (copied) with ARGS, a tuple, consumed if floating. When CANCELLABLE is cancelled, or after the
 * timeout, Init1.Cancel is sent to the other end, and CALLBACK is called without waiting for its reply. */
void bus_request_async (GDBusConnection *connection,
                        const BusRequest *request,
                        GVariant *args,
                        GAsyncReadyCallback callback,
                        gpointer data);

/* The results. When the connection closes, all pending calls fail at once with BUS_ERROR_DISCONNECTED, and so does each
 * later one; other errors are those of the other end (see bus_error_is_reply()), G_IO_ERROR_CANCELLED,
 * G_IO_ERROR_TIMED_OUT and G_IO_ERROR_INVALID_ARGUMENT (results of another type). FDS (may be NULL): the descriptors of the reply. */
GVariant *bus_request_finish (GDBusConnection *connection, GAsyncResult *result, GUnixFDList **fds, GError **error);

G_END_DECLS
