#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The long operations in progress: set by the code that performs them. Chain thread. */

typedef enum {
  NODE_BUSY_IMPORTING = 1 << 0,
  NODE_BUSY_REINDEXING = 1 << 1,
  NODE_BUSY_ACTIVATING = 1 << 2, /* a long activation is processed in several slices */
  NODE_BUSY_LOADING_SNAPSHOT = 1 << 3,
} NodeBusy;

typedef struct _NodeBusyWork NodeBusyWork;

NodeBusyWork *node_busy_new (void);
void node_busy_free (NodeBusyWork *work);

void node_busy_set (NodeChain *chain, NodeBusy work, gboolean going_on);
gboolean node_busy_is (NodeChain *chain, guint works); /* any of these */
void node_busy_report_idle (NodeChain *chain);         /* "ready", unless blocks are still being connected */

G_END_DECLS
