#include "node/app.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "common/clock.h"
#include "common/ending.h"
#include "common/file.h"
#include "common/log.h"
#include "common/pace.h"
#include "dbus/names.h"
#include "node/app_events.h"
#include "node/options.h"
#include "node/rpc/router.h"
#include "node/rpc/rpc.h"

/* A worker comes into a folder that the one before, whose application was killed, may not have left yet. */
#define LOCK_PATIENCE_US (15 * G_USEC_PER_SEC)
#define LOCK_AGAIN_US (50 * 1000)
#define WARMUP_LOADING "Loading block index…"
#define WARMUP_VERIFYING "Verifying blocks…"

static const NodeAppProgress nothing;

struct _NodeApp {
  CommonProgram *program;
  BtcParams *params;
  char *blocksdir;
  CommonFileLock *lock;
  NodeChain *chain;
  gboolean chain_loaded; /* the chain thread's */
  NodeIndexes *indexes;
  gboolean indexes_loaded; /* chain thread */
  NodeMempool *mempool;
  NodeMempoolKeep *keep;
  NodeMining *mining;
  NodeAppEvents *events;
  RpcTable *table;
  NodeRpcRouter *router;
  RpcServer *server;
  char *pid_file; /* NULL: none was written */
  gint64 start_us;
  const char **imports; /* -loadblock; the chain thread's once it has started */
  guint next_import;
  gboolean imports_done;   /* chain thread: nothing of -loadblock is left */
  gboolean chain_idle;     /* chain thread: the chain said "ready", and has begun nothing since */
  gboolean start_finished; /* chain thread */
  NodeAppState paced;      /* chain thread: what PACE is of */
  CommonPace pace;         /* chain thread */
  CommonPace validation_pace;
  gint64 stop_at_height; /* 0: nowhere */
  gint stopping;         /* atomic */
  int exit_code;
  GThread *closer;
  GMutex lock_warnings;
  GHashTable *warnings; /* id → text */
};

const char *
node_app_state_name (NodeAppState state)
{
  switch (state) {
  case NODE_APP_STARTING:
    return "starting";
  case NODE_APP_LOADING:
    return "loading";
  case NODE_APP_VERIFYING:
    return "verifying";
  case NODE_APP_REINDEXING:
    return "reindexing";
  case NODE_APP_IMPORTING:
    return "importing";
  case NODE_APP_CONNECTING:
    return "connecting";
  case NODE_APP_SNAPSHOT:
    return "snapshot";
  case NODE_APP_SYNCING:
    return "syncing";
  case NODE_APP_READY:
    return "ready";
  case NODE_APP_STOPPING:
    return "stopping";
  case NODE_APP_STOPPED:
    return "stopped";
  }
  return "starting";
}

/* ---- from the chain thread ---- */

typedef struct {
  NodeApp *app;
  int exit_code;
} StopRequest;

static gboolean
stop_in_main (gpointer data)
{
  StopRequest *request = data;
  node_app_stop (request->app, request->exit_code);
  return G_SOURCE_REMOVE;
}

static void
request_stop (NodeApp *app, int exit_code)
{
  StopRequest *request = g_new (StopRequest, 1);
  request->app = app;
  request->exit_code = exit_code;
  g_idle_add_full (G_PRIORITY_DEFAULT, stop_in_main, request, g_free);
}

static void
set_status (NodeApp *app, NodeAppState state, const NodeAppProgress *progress)
{
  if (!g_atomic_int_get (&app->stopping))
    node_app_events_status (app->events, state, progress);
}

static NodeAppProgress
take_pace (CommonPace *pace, double fraction, guint64 n_blocks)
{
  common_pace_report (pace, common_clock_monotonic_us (), fraction, n_blocks);
  return (NodeAppProgress){ fraction, common_pace_get_rate (pace), common_pace_get_eta_s (pace) };
}

static void finish_start (NodeApp *app);

static void
report_stage (NodeApp *app, NodeAppState state, double fraction, guint64 n_blocks)
{
  NodeAppProgress progress;

  if (state != app->paced) {
    common_pace_reset (&app->pace);
    app->paced = state;
  }
  progress = take_pace (&app->pace, fraction, n_blocks);
  set_status (app, state, &progress);
}

static void
report_validation (NodeApp *app, double fraction, guint64 n_blocks)
{
  NodeAppProgress progress = take_pace (&app->validation_pace, fraction, n_blocks);

  node_app_events_validation (app->events, fraction < 1, &progress);
}

static void
on_progress (gpointer data, const char *stage, double fraction, guint64 n_blocks)
{
  NodeApp *app = data;
  static const struct {
    const char *stage;
    NodeAppState state;
  } stages[] = { { "loading", NODE_APP_LOADING },       { "verifying", NODE_APP_VERIFYING },
                 { "reindexing", NODE_APP_REINDEXING }, { "importing", NODE_APP_IMPORTING },
                 { "connecting", NODE_APP_CONNECTING }, { "snapshot", NODE_APP_SNAPSHOT } };

  if (g_str_equal (stage, "background")) {
    report_validation (app, fraction, n_blocks);
    return;
  }
  app->chain_idle = g_str_equal (stage, "ready");
  if (app->chain_idle)
    finish_start (app);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++) {
    if (!g_str_equal (stages[i].stage, stage))
      continue;
    if (stages[i].state == NODE_APP_VERIFYING)
      rpc_table_set_warmup (app->table, WARMUP_VERIFYING);
    report_stage (app, stages[i].state, fraction, n_blocks);
  }
}

/* Whether the chain is up to date decides between the two states of a running node. A regtest chain has nobody to be
 * behind: it is whatever was mined here. */
static void
set_running_status (NodeApp *app, NodeChain *chain)
{
  gboolean alone = node_chain_params (chain)->network->network == BTC_NETWORK_REGTEST;
  gboolean behind = !alone && node_chain_is_initial_download (chain);

  report_stage (app, behind ? NODE_APP_SYNCING : NODE_APP_READY, 1, 0);
}

/* Methods are answered once there is a chain to tell of. */
static void
end_warmup (NodeApp *app)
{
  if (app->indexes_loaded && node_chain_tip (app->chain) != NULL)
    rpc_table_set_warmup (app->table, NULL);
}

static void
on_tip_changed (gpointer data, NodeTip *tip)
{
  NodeApp *app = data;
  NodeAppState state = node_app_events_get_status (app->events).state;

  end_warmup (app);

  node_app_events_tip (app->events, tip);
  if (state == NODE_APP_SYNCING && !tip->initial_download)
    report_stage (app, NODE_APP_READY, 1, 0);
  if (app->stop_at_height > 0 && tip->block->height >= app->stop_at_height) {
    common_info ("The chain has the height of -stopatheight: stopping");
    request_stop (app, 0);
  }
}

static void
on_fatal (gpointer data, const char *message)
{
  NodeApp *app = data;

  common_error ("%s", message);
  node_app_set_warning (app, "fatal", message);
  request_stop (app, 1);
}

static void
on_index_changed (gpointer data)
{
  node_app_events_indexes (((NodeApp *) data)->events);
}

static void
on_mempool_changed (gpointer data, const NodeMempoolEntry *entry, guint64 sequence)
{
  node_app_events_mempool (((NodeApp *) data)->events, sequence);
}

static void
on_mempool_removed (gpointer data, const NodeMempoolEntry *entry, NodeMempoolRemoval why, guint64 sequence)
{
  node_app_events_mempool (((NodeApp *) data)->events, sequence);
}

/* ---- loading and importing, on the chain thread ---- */

static void import_next (NodeChain *chain, NodeApp *app);

static void
on_imported (NodeChain *chain, gpointer data, const GError *error)
{
  NodeApp *app = data;

  if (error != NULL)
    common_warn ("Could not import %s: %s", app->imports[app->next_import - 1], error->message);
  import_next (chain, app);
}

/* Chain thread. Whoever waits for the whole mempool hears of it. */
static void
on_mempool_loaded (gpointer data)
{
  NodeApp *app = data;

  node_app_events_mempool (app->events, node_mempool_sequence (app->mempool));
}

/* Once all imports are over, and a reindex, the node is what it will be. */
static void
finish_start (NodeApp *app)
{
  if (!app->imports_done || !app->chain_idle)
    return;
  set_running_status (app, app->chain);
  if (app->start_finished)
    return;
  app->start_finished = TRUE;
  if (common_options_get_bool (app->program->options, "stopafterblockimport", FALSE)) {
    common_info ("Stopping after block import");
    request_stop (app, 0);
    return;
  }
  node_mempool_keep_start (app->keep, on_mempool_loaded, app);
}

static void
import_next (NodeChain *chain, NodeApp *app)
{
  const char *path = app->imports[app->next_import];

  if (g_atomic_int_get (&app->stopping))
    return;
  if (path == NULL) {
    app->imports_done = TRUE;
    finish_start (app);
    return;
  }
  app->next_import++;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    common_warn ("Could not open blocks file %s", path);
    import_next (chain, app);
    return;
  }
  common_info ("Importing blocks file %s...", path);
  report_stage (app, NODE_APP_IMPORTING, 0, 0);
  node_chain_import (chain, path, on_imported, app);
}

static void
load (NodeChain *chain, gpointer data)
{
  NodeApp *app = data;
  g_autoptr (GError) error = NULL;

  if (g_atomic_int_get (&app->stopping))
    return;
  common_info ("initload thread start");
  if (!node_chain_load (chain, &error)) {
    if (!g_atomic_int_get (&app->stopping))
      on_fatal (app, error != NULL ? error->message : "The chain could not be loaded");
    return;
  }
  app->chain_loaded = TRUE;
  if (!node_indexes_load (app->indexes, &error)) {
    g_autofree char *message = node_store_dup_message (error);
    on_fatal (app, message);
    return;
  }
  app->indexes_loaded = TRUE;
  end_warmup (app);
  import_next (chain, app);
}

/* ---- main context ---- */

static gboolean
take_lock (NodeApp *app, GError **error)
{
  g_autofree char *path = g_build_filename (app->program->network_dir, ".lock", NULL);
  g_autoptr (GError) problem = NULL;
  gboolean worker = common_options_is_set (app->program->options, BUS_OPTION_FD);
  gint64 end_us = common_clock_monotonic_us () + (worker ? LOCK_PATIENCE_US : 0);

  app->lock = common_file_lock_new (path, &problem);
  while (app->lock == NULL && g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_AGAIN)
         && common_clock_monotonic_us () < end_us) {
    g_usleep (LOCK_AGAIN_US);
    g_clear_error (&problem);
    app->lock = common_file_lock_new (path, &problem);
  }
  if (app->lock != NULL)
    return TRUE;
  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
                 COMMON_ENDING_LOCKED " %s. Moneyrocket is probably already running.", app->program->network_dir);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static guint32
lowest_needed (gpointer data)
{
  NodeApp *app = data;

  /* Until they are loaded nobody knows where they are. */
  return app->indexes_loaded ? node_indexes_lowest_needed (app->indexes) : 0;
}

/* The folder of -blocksdir must be there: a disk that is not mounted is no reason to begin anew. A new data folder gets
 * a place for wallets at once, as other programs that use it expect. */
static gboolean
make_folders (NodeApp *app, GError **error)
{
  const char *blocksdir = common_options_get (app->program->options, "blocksdir", NULL);
  g_autofree char *blocks = g_build_filename (app->program->network_dir, "blocks", NULL);
  g_autofree char *wallets = g_build_filename (app->program->network_dir, "wallets", NULL);

  if (blocksdir != NULL && *blocksdir != '\0' && !g_str_equal (blocksdir, "0")
      && !g_file_test (blocksdir, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "Specified blocks directory \"%s\" does not exist.",
                 blocksdir);
    return FALSE;
  }
  if (!g_file_test (blocks, G_FILE_TEST_EXISTS) && !common_file_make_folder (wallets, error))
    return FALSE;
  return common_file_make_folder (app->blocksdir, error);
}

static NodeMempoolKeep *
new_keep (NodeApp *app)
{
  const CommonOptions *options = app->program->options;
  g_autofree char *path = g_build_filename (app->program->network_dir, "mempool.dat", NULL);

  return node_mempool_keep_new (app->chain, app->mempool, path,
                                common_options_get_bool (options, "persistmempool", TRUE),
                                common_options_get_bool (options, "persistmempoolv1", FALSE));
}

static gboolean
make_parts (NodeApp *app, GError **error)
{
  static const NodeChainListener chain_listener
      = { .tip_changed = on_tip_changed, .progress = on_progress, .fatal = on_fatal };
  static const NodeMempoolListener mempool_listener = { on_mempool_changed, on_mempool_removed };
  CommonOptions *options = app->program->options;
  NodeChainOptions chain_options;
  NodeIndexesOptions index_options;
  NodeMempoolOptions mempool_options;
  NodeMiningOptions mining_options;

  app->params = node_options_new_params (app->program, error);
  if (app->params == NULL || !node_options_fill_mempool (app->program, &mempool_options, error)
      || !node_options_fill_mining (app->program, &mining_options, error)
      || !node_options_fill_indexes (app->program, &index_options, error))
    return FALSE;
  if (!node_options_fill_chain (app->program, app->params, &chain_options, &app->blocksdir, error)
      || !make_folders (app, error))
    return FALSE;
  app->chain = node_chain_new (&chain_options);
  index_options.owner = (NodeIndexOwner){ .fatal = on_fatal, .changed = on_index_changed, .data = app };
  app->indexes = node_indexes_new (app->chain, &index_options);
  node_chain_set_prune_lock (app->chain, lowest_needed, app);
  app->mempool = node_mempool_new (app->chain, &mempool_options);
  app->keep = new_keep (app);
  app->mining = node_mining_new (app->chain, app->mempool, &mining_options);
  node_chain_add_listener (app->chain, &chain_listener, app);
  node_mempool_add_listener (app->mempool, &mempool_listener, app);
  app->table = rpc_table_new (app, (guint) CLAMP (common_options_get_int (options, "rpcthreads", 16), 1, 256));
  rpc_table_set_warmup (app->table, WARMUP_LOADING);
  node_rpc_add_methods (app->table);
  app->router = node_rpc_router_new (app->table);
  return TRUE;
}

NodeApp *
node_app_new (CommonProgram *program, GError **error)
{
  g_autoptr (NodeApp) app = NULL;

  g_return_val_if_fail (program != NULL, NULL);
  app = g_new0 (NodeApp, 1);
  app->program = program;
  app->start_us = common_clock_monotonic_us ();
  app->events = node_app_events_new ();
  g_mutex_init (&app->lock_warnings);
  app->warnings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  app->imports = common_options_dup_list (program->options, "loadblock");
  app->stop_at_height = common_options_get_int (program->options, "stopatheight", 0);
  if (!node_options_check (program, error) || !take_lock (app, error) || !make_parts (app, error))
    return NULL;
  return g_steal_pointer (&app);
}

/* An index may write its place only as far as the chain is on disk. A failure is told by the chain. */
static void
flush_for_indexes (NodeChain *chain, gpointer data)
{
  if (((NodeApp *) data)->chain_loaded)
    node_chain_flush (chain, NULL);
}

static void
close_parts (NodeApp *app)
{
  g_autoptr (GError) error = NULL;

  if (app->chain != NULL && app->keep != NULL) {
    node_mempool_keep_stop (app->keep);
    node_mempool_keep_save_last (app->keep);
  }
  if (app->chain != NULL && app->indexes != NULL) {
    node_chain_call (app->chain, flush_for_indexes, app);
    node_indexes_stop (app->indexes);
  }
  if (app->chain != NULL && !node_chain_close (app->chain, &error)) {
    common_error ("%s", error->message);
    node_app_set_warning (app, "close", error->message);
    app->exit_code = 1;
  }
  app->chain = NULL;
}

void
node_app_free (NodeApp *app)
{
  if (app == NULL)
    return;
  if (app->closer != NULL)
    g_thread_join (app->closer);
  close_parts (app);
  g_clear_pointer (&app->mining, node_mining_free);
  g_clear_pointer (&app->keep, node_mempool_keep_free);
  g_clear_pointer (&app->mempool, node_mempool_free);
  g_clear_pointer (&app->events, node_app_events_free);
  g_clear_object (&app->router);
  g_clear_object (&app->table);
  g_clear_pointer (&app->indexes, node_indexes_free);
  g_clear_pointer (&app->params, btc_params_free);
  g_clear_pointer (&app->warnings, g_hash_table_unref);
  g_mutex_clear (&app->lock_warnings);
  common_file_lock_free (app->lock);
  g_free (app->imports);
  g_free (app->blocksdir);
  g_free (app->pid_file);
  g_free (app);
}

void
node_app_add_listener (NodeApp *app, const NodeAppListener *listener, gpointer data)
{
  g_return_if_fail (app != NULL && listener != NULL);
  node_app_events_add (app->events, listener, data);
}

void
node_app_remove_listener (NodeApp *app, gpointer data)
{
  g_return_if_fail (app != NULL);
  node_app_events_remove (app->events, data);
}

static gboolean
start_server (NodeApp *app, GError **error)
{
  const CommonOptions *options = app->program->options;
  const BtcNetworkInfo *network = app->params->network;
  g_autofree const char **bind = common_options_dup_list (options, "rpcbind");
  g_autofree const char **allow = common_options_dup_list (options, "rpcallowip");
  g_autofree const char **auth = common_options_dup_list (options, "rpcauth");
  g_autofree char *cookie = common_program_dup_path (app->program, "rpccookiefile", ".cookie");
  gint64 port = common_options_get_int (options, "rpcport", network->rpc_port);
  RpcServerOptions server = { 0 };

  /* The application has its own connection: its node listens for others only when that is asked for. */
  if (!common_options_get_bool (options, "server", !common_options_is_set (options, BUS_OPTION_FD)))
    return TRUE;
  if (port < 1 || port > G_MAXUINT16) {
    g_set_error (error, COMMON_OPTIONS_ERROR, 0, "Invalid port specified in -rpcport: '%s'",
                 common_options_get (options, "rpcport", ""));
    return FALSE;
  }
  if (bind[0] != NULL && allow[0] == NULL) {
    common_warn ("Option -rpcbind was ignored because -rpcallowip was not specified, refusing to allow everyone to "
                 "connect");
    bind[0] = NULL;
  }
  server.bind = bind;
  server.port = (guint16) port;
  server.allow_ip = allow;
  server.cookie_file = cookie;
  server.user = common_options_get (options, "rpcuser", NULL);
  server.password = common_options_get (options, "rpcpassword", NULL);
  server.auth = auth;
  server.work_queue = (guint) CLAMP (common_options_get_int (options, "rpcworkqueue", 64), 1, 100000);
  server.threads = (guint) CLAMP (common_options_get_int (options, "rpcthreads", 16), 1, 256);
  server.timeout_s = (guint) CLAMP (common_options_get_int (options, "rpcservertimeout", 30), 1, 86400);
  app->server = rpc_server_new (&server, RPC_HANDLER (app->router), error);
  return app->server != NULL;
}

static gboolean
write_pid (NodeApp *app, GError **error)
{
  const char *name = app->program->classic ? "bitcoind.pid" : "moneyrocketd.pid";
  g_autofree char *path = common_program_dup_path (app->program, "pid", name);
  g_autofree char *text = g_strdup_printf ("%ld\n", (long) getpid ());

  if (path == NULL)
    return TRUE;
  if (!common_file_replace (path, text, strlen (text), 0600, error))
    return FALSE;
  app->pid_file = g_steal_pointer (&path);
  return TRUE;
}

gboolean
node_app_start (NodeApp *app, GError **error)
{
  g_return_val_if_fail (app != NULL, FALSE);
  if (!write_pid (app, error) || !start_server (app, error))
    return FALSE;
  set_status (app, NODE_APP_LOADING, &nothing);
  node_chain_post (app->chain, load, app, NULL);
  return TRUE;
}

static gboolean
on_closed (gpointer data)
{
  NodeApp *app = data;

  g_clear_pointer (&app->closer, g_thread_join);
  if (app->pid_file != NULL)
    g_unlink (app->pid_file);
  node_app_events_status (app->events, NODE_APP_STOPPED, &nothing);
  common_info ("Shutdown done");
  node_app_events_stopped (app->events, app->exit_code);
  return G_SOURCE_REMOVE;
}

/* The last flush may take long, so it has a thread of its own. */
static gpointer
close_thread (gpointer data)
{
  NodeApp *app = data;

  close_parts (app);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_closed, app, NULL);
  return NULL;
}

void
node_app_stop (NodeApp *app, int exit_code)
{
  g_return_if_fail (app != NULL);
  if (app->exit_code == 0)
    app->exit_code = exit_code;
  if (!g_atomic_int_compare_and_exchange (&app->stopping, 0, 1))
    return;
  common_info ("Shutdown in progress...");
  node_app_events_status (app->events, NODE_APP_STOPPING, &nothing);
  g_clear_pointer (&app->server, rpc_server_free);
  app->closer = g_thread_new ("close", close_thread, app);
}

void
node_app_request_stop (NodeApp *app)
{
  g_return_if_fail (app != NULL);
  request_stop (app, 0);
}

void
node_app_set_wallet_handler (NodeApp *app, RpcHandler *handler)
{
  g_return_if_fail (app != NULL);
  node_rpc_router_set_wallet (app->router, handler);
}

NodeAppStatus
node_app_get_status (NodeApp *app)
{
  return node_app_events_get_status (app->events);
}

char **
node_app_dup_warnings (NodeApp *app)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer text;

  g_mutex_lock (&app->lock_warnings);
  g_hash_table_iter_init (&iter, app->warnings);
  while (g_hash_table_iter_next (&iter, NULL, &text))
    g_strv_builder_add (builder, text);
  g_mutex_unlock (&app->lock_warnings);
  return g_strv_builder_end (builder);
}

void
node_app_set_warning (NodeApp *app, const char *id, const char *text)
{
  g_return_if_fail (app != NULL && id != NULL);
  g_mutex_lock (&app->lock_warnings);
  if (text != NULL)
    g_hash_table_replace (app->warnings, g_strdup (id), g_strdup (text));
  else
    g_hash_table_remove (app->warnings, id);
  g_mutex_unlock (&app->lock_warnings);
  node_app_events_warnings (app->events);
}

NodeTip *
node_app_ref_tip (NodeApp *app)
{
  return node_chain_ref_tip (app->chain);
}

guint64
node_app_mempool_sequence (NodeApp *app)
{
  return node_mempool_sequence (app->mempool);
}

CommonProgram *
node_app_program (NodeApp *app)
{
  return app->program;
}

NodeChain *
node_app_chain (NodeApp *app)
{
  return app->chain;
}

NodeMempoolKeep *
node_app_mempool_keep (NodeApp *app)
{
  return app->keep;
}

NodeMempool *
node_app_mempool (NodeApp *app)
{
  return app->mempool;
}

NodeMining *
node_app_mining (NodeApp *app)
{
  return app->mining;
}

NodeIndexes *
node_app_indexes (NodeApp *app)
{
  return app->indexes;
}

const BtcParams *
node_app_params (NodeApp *app)
{
  return app->params;
}

RpcHandler *
node_app_rpc (NodeApp *app)
{
  return RPC_HANDLER (app->router);
}

gint64
node_app_uptime_s (NodeApp *app)
{
  return (common_clock_monotonic_us () - app->start_us) / G_USEC_PER_SEC;
}

RpcJson *
node_app_dup_active_calls (NodeApp *app)
{
  return rpc_table_dup_active (app->table);
}
