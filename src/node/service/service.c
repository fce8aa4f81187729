#include "node/service/service.h"

#include <errno.h>
#include <sys/socket.h>

#include "common/ending.h"
#include "common/log.h"
#include "dbus/access1.h"
#include "dbus/init.h"
#include "dbus/names.h"
#include "dbus/peer.h"
#include "dbus/supervisor.h"
#include "dbus/worker_end.h"
#include "node/service/clients.h"
#include "node/service/node1.h"
#include "node/service/wallet_link.h"
#include "rpc/auth.h"
#include "rpc/bus/server.h"

/* Failed starts in a row before a warning: the first one may just have been too early. */
#define FAILURES_TO_SHOW 3
/* A wallet program that crashes so often while it loads the wallets of the startup does not hold up the node. */
#define MAX_CRASHES 3
#define RECONNECT_MS 200

struct _NodeService {
  const NodeContext *context;
  const char *network;
  NodeChainCalls *calls;
  NodeClients *clients;
  RpcWallets *wallets;      /* of all wallet programs */
  NodeWalletLink *link;     /* with the wallet program of this node or of the application; NULL: no wallet */
  NodeChain1 *wallet_chain; /* while it is connected */
  /* As a worker. */
  BusWorkerEnd *end;
  NodeNode1 *node1;
  BusAccessExport *access;
  /* As the parent of the wallet. */
  BusSupervisor *wallet;
  BusPeer *wallet_peer;
  guint n_crashes;
  guint reconnect_source;
  gboolean wallet_stopping;
  gboolean wallet_stopped;
};

static void
node_service_on_parent_connected (gpointer data, GDBusConnection *connection)
{
  NodeService *service = data;
  g_autoptr (GError) error = NULL;

  service->node1 = node_node1_new (service->context, connection, &error);
  if (service->node1 != NULL)
    service->access = bus_access1_export (service->context->access, connection, NULL, &error);
  if (service->access == NULL || !rpc_bus_export (connection, RPC_HANDLER (service->context->router), NULL, &error))
    common_error ("The node cannot be offered to the application: %s", error->message);
}

static void
service_unlink_wallet (NodeService *service)
{
  node_wallet_link_disconnect (service->link);
  g_clear_pointer (&service->wallet_chain, node_chain1_free);
}

static void
service_link_wallet (NodeService *service, GDBusConnection *connection)
{
  g_autoptr (GError) error = NULL;

  service_unlink_wallet (service);
  service->wallet_chain = node_chain1_new (service->calls, connection, &error);
  if (service->wallet_chain != NULL)
    node_wallet_link_connect (service->link, connection, service->wallet_chain);
  else
    common_error ("The chain cannot be offered to the wallet process: %s", error->message);
}

static void
node_service_on_peer_connected (gpointer data, const char *role, GDBusConnection *connection)
{
  NodeService *service = data;

  if (!g_str_equal (role, "wallet"))
    return;
  if (service->link == NULL)
    service->link = node_wallet_link_new (service->wallets, NULL);
  service_link_wallet (service, connection);
}

static void
node_service_on_peer_closed (gpointer data, const char *role)
{
  service_unlink_wallet (data);
}

static void
node_service_on_observer_connected (gpointer data, int fd)
{
  NodeService *service = data;

  node_clients_add_inspector (service->clients, fd);
}

static void
node_service_on_shutdown (gpointer data, gboolean parent_gone)
{
  NodeService *service = data;

  common_info ("%s", parent_gone ? "The application has exited: shutting down" : "Shutdown requested");
  node_monitor_request_stop (service->context->monitor, 0);
}

static void
on_wallet_connected (gpointer data, GDBusConnection *connection)
{
  service_link_wallet (data, connection);
}

static void connect_wallet (NodeService *service);

static gboolean
node_service_on_reconnect_time (gpointer data)
{
  NodeService *service = data;

  service->reconnect_source = 0;
  if (bus_supervisor_get_connection (service->wallet) != NULL)
    connect_wallet (service);
  return G_SOURCE_REMOVE;
}

/* Usually because the wallet process has exited; if it has not, it gets another socket pair. */
static void
on_wallet_closed (gpointer data)
{
  NodeService *service = data;

  service_unlink_wallet (service);
  g_clear_pointer (&service->wallet_peer, bus_peer_free);
  if (service->reconnect_source == 0 && !service->wallet_stopping)
    service->reconnect_source = g_timeout_add (RECONNECT_MS, node_service_on_reconnect_time, service);
}

/* Node and wallet communicate over a separate socket pair, as under the application. */
static void
connect_wallet (NodeService *service)
{
  const BusPeerOptions options = { .own_role = "node",
                                   .peer_role = "wallet",
                                   .network = service->network,
                                   .connected = on_wallet_connected,
                                   .closed = on_wallet_closed };
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_clear_handle_id (&service->reconnect_source, g_source_remove);
  g_clear_pointer (&service->wallet_peer, bus_peer_free);
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
    common_error ("The wallet process cannot be connected: %s", g_strerror (errno));
    return;
  }
  service->wallet_peer = bus_peer_new (fds[0], &options, service, &error);
  if (service->wallet_peer == NULL)
    common_error ("The wallet process cannot be connected: %s", error->message);
  bus_init_attach_peer (bus_supervisor_get_connection (service->wallet), "node", fds[1]);
}

static void
on_wallet_ready (BusSupervisor *wallet, GDBusConnection *connection, gpointer data)
{
  NodeService *service = data;

  node_monitor_set_warning (service->context->monitor, "wallet", NULL);
  connect_wallet (service);
}

static void
on_wallet_answering (BusSupervisor *wallet, gboolean answers, gpointer data)
{
  NodeService *service = data;

  node_wallet_link_set_silent (service->link, !answers);
  node_monitor_set_warning (service->context->monitor, "wallet",
                            answers ? NULL : "The wallet program does not answer.");
}

static void
on_wallet_ended (BusSupervisor *wallet, const char *message, guint n_failures, gpointer data)
{
  NodeService *service = data;
  g_autofree char *text = NULL;

  /* The user named a wallet that cannot be loaded; the wallet program has printed why. */
  if (bus_supervisor_get_exit_code (wallet) == COMMON_ENDING_CODE_STARTUP) {
    common_error ("The wallets of the startup could not be loaded: %s", message != NULL ? message : "see the log");
    node_monitor_request_stop (service->context->monitor, 1);
    return;
  }
  if (++service->n_crashes >= MAX_CRASHES)
    node_warmup_end_wallets (service->context->warmup);
  if (n_failures < FAILURES_TO_SHOW)
    return;
  text = g_strdup_printf ("The wallet program does not start: %s", message != NULL ? message : "see the log");
  node_monitor_set_warning (service->context->monitor, "wallet", text);
}

static void
on_wallet_failed (BusSupervisor *wallet, const GError *error, gpointer data)
{
  NodeService *service = data;

  /* Its methods are then unknown, instead of not being available yet. */
  service_unlink_wallet (service);
  g_clear_pointer (&service->link, node_wallet_link_free);
  node_warmup_end_wallets (service->context->warmup);
  node_monitor_set_warning (service->context->monitor, "wallet",
                            "The wallet program cannot be started. Is everything installed?");
}

static void
on_wallet_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  NodeService *service = data;

  bus_supervisor_stop_finish (BUS_SUPERVISOR (source), result, NULL);
  service->wallet_stopped = TRUE;
  g_main_context_wakeup (NULL);
}

static void
stop_wallet (NodeService *service)
{
  if (service->wallet == NULL || service->wallet_stopping)
    return;
  service->wallet_stopping = TRUE;
  bus_supervisor_stop_async (service->wallet, on_wallet_stopped, service);
}

/* The wallet closes while the chain does. */
static void
node_service_on_status_changed (gpointer data, const NodeStatus *status)
{
  if (status->state >= NODE_STATE_STOPPING)
    stop_wallet (data);
}

/* The credentials of the server's clients, which the wallet checks itself. A password is passed as its hash. */
static void
add_clients (const CommonProgram *program, GStrvBuilder *args)
{
  g_autofree const char **auth = common_options_dup_list (program->options, "rpcauth");
  g_autofree char *cookie = common_program_dup_path (program, "rpccookiefile", ".cookie");
  g_autofree char *cookie_arg
      = cookie != NULL ? g_strconcat ("-rpccookiefile=", cookie, NULL) : g_strdup ("-norpccookiefile");
  const char *password = common_options_get (program->options, "rpcpassword", "");

  g_strv_builder_add (args, "-rpcclients");
  g_strv_builder_add (args, cookie_arg);
  if (*password != '\0') {
    g_autofree char *hashed = rpc_auth_hash_password (common_options_get (program->options, "rpcuser", ""), password);
    g_autofree char *arg = g_strconcat ("-rpcauth=", hashed, NULL);

    g_strv_builder_add (args, arg);
  }
  for (guint i = 0; auth[i] != NULL; i++) {
    g_autofree char *arg = g_strconcat ("-rpcauth=", auth[i], NULL);

    g_strv_builder_add (args, arg);
  }
}

/* Our command line, followed by the resulting folder, file and network, so that the wallet uses the same even where
 * they depend on the name of this program. */
static char **
dup_wallet_args (const CommonProgram *program)
{
  g_auto (GStrv) shared = common_options_dup_args (program->options, COMMON_OPTION_WALLET);
  g_autoptr (GStrvBuilder) args = g_strv_builder_new ();
  g_autofree char *datadir = g_strconcat ("-datadir=", program->datadir, NULL);
  g_autofree char *conf = g_strconcat ("-conf=", program->conf_file, NULL);

  g_strv_builder_addv (args, (const char **) shared);
  g_strv_builder_add (args, datadir);
  if (program->conf_file != NULL && g_file_test (program->conf_file, G_FILE_TEST_EXISTS))
    g_strv_builder_add (args, conf);
  add_clients (program, args);
  return g_strv_builder_end (args);
}

static void
start_wallet (NodeService *service)
{
  g_auto (GStrv) args = dup_wallet_args (service->context->program);

  node_warmup_expect_wallets (service->context->warmup);
  service->link = node_wallet_link_new (service->wallets, service->context->warmup);
  service->wallet = bus_supervisor_new ("wallet", "moneyrocket-wallet", (const char *const *) args, service->network);
  g_signal_connect (service->wallet, "ready", G_CALLBACK (on_wallet_ready), service);
  g_signal_connect (service->wallet, "answering", G_CALLBACK (on_wallet_answering), service);
  g_signal_connect (service->wallet, "ended", G_CALLBACK (on_wallet_ended), service);
  g_signal_connect (service->wallet, "failed", G_CALLBACK (on_wallet_failed), service);
  bus_supervisor_start_with (service->wallet, "-strictstartup"); /* not when it is restarted after a crash */
}

NodeService *
node_service_new (const NodeContext *context, int fd, GError **error)
{
  static const NodeMonitorListener listener = { .status_changed = node_service_on_status_changed };
  CommonOptions *options = context->program->options;
  NodeService *service = g_new0 (NodeService, 1);

  service->context = context;
  service->network = context->params->network->name;
  service->calls = node_chain_calls_new (context);
  service->wallets = rpc_wallets_new ();
  rpc_router_set_wallet (context->router, RPC_HANDLER (service->wallets));
  service->clients = node_clients_new (service->calls, service->wallets);
  node_monitor_add_listener (context->monitor, &listener, service);
  if (fd >= 0) {
    const BusWorkerEndCallbacks callbacks = { .role = "node",
                                              .network = service->network,
                                              .parent_connected = node_service_on_parent_connected,
                                              .peer_connected = node_service_on_peer_connected,
                                              .peer_closed = node_service_on_peer_closed,
                                              .observer_connected = node_service_on_observer_connected,
                                              .shutdown = node_service_on_shutdown };

    service->end = bus_worker_end_new (fd, &callbacks, service, error);
    if (service->end == NULL) {
      node_service_free (service);
      return NULL;
    }
  } else if (!common_options_switch (options, "disablewallet")) {
    start_wallet (service);
  }
  if (!node_clients_listen_for_tools (service->clients, service->wallet, error)
      || !node_clients_listen (service->clients, error)) {
    node_service_free (service);
    return NULL;
  }
  return service;
}

void
node_service_free (NodeService *service)
{
  if (service == NULL)
    return;
  node_monitor_remove_listener (service->context->monitor, service);
  stop_wallet (service);
  g_clear_handle_id (&service->reconnect_source, g_source_remove);
  while (service->wallet != NULL && !service->wallet_stopped)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&service->wallet_peer, bus_peer_free);
  service_unlink_wallet (service);
  g_clear_pointer (&service->link, node_wallet_link_free);
  g_clear_pointer (&service->clients, node_clients_free);
  rpc_router_set_wallet (service->context->router, NULL);
  g_clear_object (&service->wallets);
  g_clear_pointer (&service->calls, node_chain_calls_free);
  g_clear_pointer (&service->node1, node_node1_free);
  g_clear_pointer (&service->access, bus_access1_free);
  g_clear_pointer (&service->end, bus_worker_end_free);
  g_clear_object (&service->wallet);
  g_free (service);
}
