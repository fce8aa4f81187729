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
  RpcTable *rest;          /* NULL: not asked for */
  RpcServer *server;
  char *pid_file;       /* NULL: none was written */
  const char **imports; /* -loadblock; the chain thread's once it has started */
  guint next_import;
  gboolean imports_done;     /* chain thread: nothing of -loadblock is left */
  gboolean chain_idle;       /* chain thread: the chain said "ready", and has begun nothing since */
  gboolean start_finished;   /* chain thread */
  const NodeBlock *told_tip; /* chain thread: by -blocknotify */
  NodeState paced;           /* chain thread: what PACE is of */
  CommonPace pace;           /* chain thread */
  CommonPace validation_pace;
  gint64 stop_at_height; /* 0: nowhere */
  gint stopping;         /* atomic */
  gboolean closed;       /* node_app_close_parts() was there */
  int exit_code;
  GThread *closer;
};

/* app_files.c: main context. */

/* Takes the lock of the data folder; a worker waits a while for the one before it. */
gboolean node_app_take_lock (NodeApp *app, GError **error);
/* Two programs must not write the same blocks either: their folder, which is made here, may be one that data folders
 * share. */
gboolean node_app_lock_blocks (NodeApp *app, GError **error);
gboolean node_app_make_folders (NodeApp *app, GError **error);
gboolean node_app_write_pid (NodeApp *app, GError **error);

/* app_server.c: starts the HTTP server if the options want one. Main context. */
gboolean node_app_start_server (NodeApp *app, GError **error);

/* app_load.c: from the block index on disk to a node that is what it will be. Chain thread; the first is a job of it. */
void node_app_load (NodeChain *chain, gpointer app);
/* Goes on to that once the imports are over and the chain is idle. */
void node_app_finish_start (NodeApp *app);
/* Methods are answered once the chain is loaded. */
void node_app_end_warmup (NodeApp *app);

/* app_report.c: what that means for the state of the node. */
void node_app_report (NodeApp *app, NodeState state, double fraction, guint64 n_blocks); /* chain thread */
void node_app_report_running (NodeApp *app);                                             /* chain thread */
void node_app_report_validation (NodeApp *app, double fraction, guint64 n_blocks);       /* chain thread */
void node_app_report_fatal (gpointer app, const char *message);                          /* any thread */

/* app_listen.c: what chain, indexes, mempool and monitor notify the app of. */
void node_app_listen (NodeApp *app);
NodeIndexOwner node_app_index_owner (NodeApp *app);

/* app_stop.c: closes what is open, in order; may take long. */
void node_app_close_parts (NodeApp *app);

G_END_DECLS
