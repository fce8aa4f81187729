#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who asks. The cancellable of a request goes with it through every handler, also over the connection to another process, and
 * carries what the client of an HTTP request has shown. It is set before others see the request, then read by any thread. */

/* AUTHORIZATION: the value of the header, which was checked. */
void rpc_caller_set_authorization (GCancellable *request, const char *authorization);

/* Borrowed; NULL when REQUEST is NULL, or did not come from an HTTP client. */
const char *rpc_caller_get_authorization (GCancellable *request);

G_END_DECLS
