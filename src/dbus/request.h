#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A call to the other end that ends there, too, when it is cancelled here. Main context. */

typedef struct {
  const char *path;
  const char *interface;
  const char *method;
  const char *reply;         /* type of the results, a tuple; NULL: of any, which the stream has checked */
  int timeout_ms;            /* finite; -1: BUS_CALL_TIMEOUT_MS */
  GCancellable *cancellable; /* may be NULL */
} BusRequest;

/* Calls REQUEST, copied, with ARGS, a tuple, consumed when floating. The other end is sent Init1.Cancel when CANCELLABLE is
 * cancelled or the time is over, and CALLBACK comes without waiting for what it says to that. */
void bus_request_async (GDBusConnection *connection,
                        const BusRequest *request,
                        GVariant *args,
                        GAsyncReadyCallback callback,
                        gpointer data);

/* The results; FDS (may be NULL): the descriptors that came along. */
GVariant *bus_request_finish (GDBusConnection *connection, GAsyncResult *result, GUnixFDList **fds, GError **error);

G_END_DECLS
