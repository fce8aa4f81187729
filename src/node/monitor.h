#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The state of the node as a whole (with its progress and warnings), and notification when it, the tip, the mempool or
 * an index changes: on the main context, at most ten times a second, always with the latest state. */
typedef struct _NodeMonitor NodeMonitor;

typedef enum {
  NODE_STATE_STARTING,  /* before node_app_start() */
  NODE_STATE_LOADING,   /* the block index */
  NODE_STATE_VERIFYING, /* the last blocks */
  NODE_STATE_REINDEXING,
  NODE_STATE_IMPORTING,  /* -loadblock */
  NODE_STATE_CONNECTING, /* blocks that are already stored */
  NODE_STATE_SNAPSHOT,   /* one is being loaded */
  NODE_STATE_SYNCING,    /* initial download: the tip is old */
  NODE_STATE_READY,
  NODE_STATE_STOPPING,
  NODE_STATE_STOPPED,
} NodeState;

const char *node_state_name (NodeState state); /* "starting", "loading", … static */

/* The progress of long work. */
typedef struct {
  double fraction; /* 0 to 1 */
  double rate;     /* blocks per second; 0: not known */
  guint64 eta_s;   /* seconds that are left; 0: not known */
} NodeProgress;

typedef struct {
  NodeState state;
  NodeProgress progress;   /* of what STATE names */
  gboolean validating;     /* the blocks below a snapshot are being validated, in any STATE */
  NodeProgress validation; /* the progress of that */
  gboolean answering;      /* methods are answered: see warmup.h */
} NodeStatus;

/* All are called on the main context; any may be NULL. */
typedef struct {
  void (*status_changed) (gpointer data, const NodeStatus *status);
  void (*tip_changed) (gpointer data, NodeTip *tip); /* borrowed */
  void (*mempool_changed) (gpointer data, guint64 mempool_sequence);
  void (*warnings_changed) (gpointer data);
  void (*indexes_changed) (gpointer data); /* their states: see node_index_get_state() */
  /* The node is requested to stop: see node_monitor_request_stop(). May be called more than once. */
  void (*stop_requested) (gpointer data, int exit_code);
  /* Everything is closed; the program may end with EXIT_CODE. */
  void (*stopped) (gpointer data, int exit_code);
} NodeMonitorListener;

NodeMonitor *node_monitor_new (void);
void node_monitor_free (NodeMonitor *monitor); /* main context; no listener is called after this */

/* Main context, also while listeners are called. DATA is borrowed, and names the listener when it is removed. */
void node_monitor_add_listener (NodeMonitor *monitor, const NodeMonitorListener *listener, gpointer data);
void node_monitor_remove_listener (NodeMonitor *monitor, gpointer data);

/* Any thread. PROGRESS may be NULL: there is none. */
void node_monitor_set_status (NodeMonitor *monitor, NodeState state, const NodeProgress *progress);
void node_monitor_set_validation (NodeMonitor *monitor, gboolean validating, const NodeProgress *progress);
void node_monitor_set_answering (NodeMonitor *monitor);
void node_monitor_set_warning (NodeMonitor *monitor, const char *id, const char *text); /* TEXT NULL clears it */
void node_monitor_notify_tip (NodeMonitor *monitor, NodeTip *tip);
void node_monitor_notify_mempool (NodeMonitor *monitor, guint64 sequence);
void node_monitor_notify_indexes (NodeMonitor *monitor);
NodeStatus node_monitor_get_status (NodeMonitor *monitor);
char **node_monitor_dup_warnings (NodeMonitor *monitor); /* g_strfreev() */

/* Any thread: requests the node to stop and to exit with EXIT_CODE. The listeners are called soon, regardless of the
 * limit of ten notifications a second. */
void node_monitor_request_stop (NodeMonitor *monitor, int exit_code);

/* Main context, at once. */
void node_monitor_notify_stopped (NodeMonitor *monitor, int exit_code);

G_END_DECLS
