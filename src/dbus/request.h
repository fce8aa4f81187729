#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A call that is cancelled at the other end, too. Main context. */

typedef struct {
  const char *path;
  const char *interface;
  const char *method;
  const char *reply;         /* type of the results, a tuple; NULL: any, the stream has checked it */
  int timeout_ms;            /* finite; -1: BUS_CALL_TIMEOUT_MS */
  GCancellable *cancellable; /* may be NULL */
} BusRequest;

/* Calls REQUEST, copied, with ARGS, a tuple, consumed when floating. The other end is sent Init1.Cancel when
 * CANCELLABLE is cancelled or after the timeout, and CALLBACK is called without waiting for the answer to that. */
void bus_request_async (GDBusConnection *connection,
                        const BusRequest *request,
                        GVariant *args,
                        GAsyncReadyCallback callback,
                        gpointer data);

/* The results; FDS (may be NULL): the descriptors that came along. */
GVariant *bus_request_finish (GDBusConnection *connection, GAsyncResult *result, GUnixFDList **fds, GError **error);

G_END_DECLS
