#pragma once

#include "common/file.h"
#include "common/pace.h"
#include "node/app.h"
#include "rpc/server.h"

G_BEGIN_DECLS

struct _NodeApp {
  NodeContext context; /* with the parts, which are owned */
  char *blocksdir;
  CommonFileLock *lock;
  CommonFileLock *blocks_lock;
  gboolean chain_loaded;   /* the chain thread's */
  gboolean indexes_loaded; /* chain thread */
  RpcTable *rest;          /* NULL: not enabled */
  RpcServer *server;
  char *pid_file;       /* NULL: none was written */
  const char **imports; /* -loadblock; owned by the chain thread once it has started */
  guint next_import;
  gboolean imports_done;         /* chain thread: all files of -loadblock have been imported */
  gboolean chain_idle;           /* chain thread: the chain reported "ready", and no later work */
  gboolean start_finished;       /* chain thread */
  const NodeBlock *notified_tip; /* chain thread: the last one of -blocknotify */
  NodeState paced;               /* chain thread: the state that PACE measures */
  CommonPace pace;               /* chain thread */
  CommonPace validation_pace;
  gint64 stop_at_height; /* 0: never */
  guint64 prune_target;
  gboolean is_rebuilding; /* -reindex or -reindex-chainstate */
  gint stopping;          /* atomic */
  gboolean closed;        /* node_app_close_parts() has run */
  int exit_code;
  GThread *closer;
};

/* app_files.c: main context. */

/* Takes the lock of the data directory; a worker waits a while for an earlier one. */
gboolean node_app_take_lock (NodeApp *app, GError **error);
/* Locks the blocks folder, which is created here: data directories may share it, but two programs must not write the
 * same block files. */
gboolean node_app_lock_blocks (NodeApp *app, GError **error);
gboolean node_app_make_folders (NodeApp *app, GError **error);
gboolean node_app_write_pid (NodeApp *app, GError **error);

/* app_server.c: starts the HTTP server if the options enable it. Main context. */
gboolean node_app_start_server (NodeApp *app, GError **error);

/* app_load.c: loads everything, from the block index on. Chain thread; the first is a job of it. */
void node_app_load (NodeChain *chain, gpointer app);
/* Ends the start-up once the imports are done and the chain is idle. */
void node_app_finish_start (NodeApp *app);
/* Methods are answered once the chain is loaded. */
void node_app_end_warmup (NodeApp *app);

/* app_report.c: updates the state of the node. */
void node_app_report (NodeApp *app, NodeState state, double fraction, guint64 n_blocks); /* chain thread */
void node_app_report_running (NodeApp *app);                                             /* chain thread */
void node_app_report_validation (NodeApp *app, double fraction, guint64 n_blocks);       /* chain thread */
void node_app_report_fatal (gpointer app, const char *message);                          /* any thread */

/* app_listen.c: handles the notifications of chain, indexes, mempool and monitor. */
void node_app_listen (NodeApp *app);
NodeIndexOwner node_app_index_owner (NodeApp *app);

/* app_stop.c: closes all parts, in order; may take long. */
void node_app_close_parts (NodeApp *app);

G_END_DECLS
