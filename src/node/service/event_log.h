#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* The events of the chain and the mempool, in order and numbered, so that a reader continues after the last one it has
 * seen. The log is bounded; a reader that was disconnected for too long has to resynchronise. */
typedef struct _NodeEventLog NodeEventLog;

typedef enum {
  NODE_EVENT_CONNECTED,    /* a block */
  NODE_EVENT_DISCONNECTED, /* a block */
  NODE_EVENT_ADDED,        /* a transaction, added to the mempool */
  NODE_EVENT_REMOVED       /* a transaction, removed from the mempool */
} NodeEventKind;

typedef struct {
  NodeEventKind kind;
  guint8 hash32[32];        /* of the block, or the txid */
  guint32 height;           /* CONNECTED, DISCONNECTED */
  BtcTx *tx;                /* ADDED; a reference */
  gboolean confirmed;       /* REMOVED: it is in a block that is connected */
  guint64 mempool_sequence; /* ADDED, REMOVED: of the mempool after the change */
} NodeEvent;

/* A position in a log. Logs of other processes have other IDs. */
typedef struct {
  guint64 log;
  guint64 number; /* of the last event that was seen */
} NodeEventCursor;

typedef struct {
  NodeEventCursor cursor; /* of the last event below, or the current position of the log if there is none */
  gboolean resync;        /* events after the given cursor are missing: resynchronise */
  GArray *events;         /* of NodeEvent; the last one has the number of the cursor */
} NodeEventBatch;
void node_event_batch_free (NodeEventBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeEventBatch, node_event_batch_free)

/* Listens to chain and mempool of CONTEXT: to be created before node_app_start(), and freed when the node has stopped. */
NodeEventLog *node_event_log_new (const NodeContext *context);
void node_event_log_free (NodeEventLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeEventLog, node_event_log_free)

/* The current position. On the chain thread it is consistent with other data that is read in the same job. */
NodeEventCursor node_event_log_get_cursor (NodeEventLog *log);

/* Events after AFTER (NULL: the reader has seen none, and has to resynchronise): of about MAX_BYTES at most, but at
 * least one if there is any. If there is none it waits for one, at most 20 seconds; then the batch is empty. Main
 * context, also for CALLBACK. Fails with G_IO_ERROR_CANCELLED only. */
void node_event_log_read_async (NodeEventLog *log,
                                const NodeEventCursor *after,
                                guint32 max_bytes,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
NodeEventBatch *node_event_log_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
