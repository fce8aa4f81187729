#pragma once

#include "node/net/transport.h"

G_BEGIN_DECLS

/* A transport for tests, with a fixed key unless V2 is FALSE, and 200 bytes of garbage. */
NodeTransport *test_transport_new (gboolean initiator, gboolean v2);

/* Moves all output of FROM to TO in parts of at most STEP bytes. Messages are appended to MESSAGES (NodeMessage). The
 * last result that is not NODE_READ_MORE. */
NodeRead test_transport_move (NodeTransport *from, NodeTransport *to, gsize step, GPtrArray *messages);

/* The same for N bytes of DATA. */
NodeRead test_transport_feed (NodeTransport *to, const guint8 *data, gsize n, gsize step, GPtrArray *messages);

G_END_DECLS
