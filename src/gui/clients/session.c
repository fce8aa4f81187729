#include "gui/clients/session.h"

#include "common/log.h"
#include "dbus/inspector.h"
#include "dbus/names.h"
#include "gui/clients/inspection.h"
#include "gui/clients/link.h"
#include "gui/clients/remote_program.h"
#include "gui/clients/session_names.h"
#include "gui/clients/wallet_clients.h"
#include "gui/prefs.h"

/* From the port for JSON-RPC of the network. */
#define LISTEN_PORT_OFFSET 20u

struct _GuiSession {
  GObject parent_instance;

  char **args[GUI_N_WORKERS]; /* as in GuiSessionOptions, like the next two */
  char *addresses[GUI_N_WORKERS];
  char *inspect;
  GuiNewProgram *new_local;
  gboolean inspect_is_set;
  gboolean on_session_bus;
  gboolean session_bus_is_set;
  gboolean by_option; /* ADDRESSES are those of options */
  char *folder;       /* of the network, for paths of sockets */
  GuiInspection *inspection;
  GuiSessionNames *names; /* NULL: it is not on the session bus */
  BtcNetwork network;
  gboolean fixed; /* the network is in args */
  gboolean started;
  GuiProgram *programs[GUI_N_WORKERS];
  GuiLink *link;
  GuiComputers *computers; /* of the network; NULL before it is prepared */

  GuiNodeClient *node;
  GuiAccessClient *access; /* of the node */
  GuiWalletManagerClient *manager;
  GuiTraces *traces;
  GuiRpcClient *rpc[GUI_N_WORKERS];
  GuiWalletClients *wallets;
  GuiWalletClient *wallet; /* one of them; NULL: none */
  char *wanted;            /* name of the wallet to show; NULL: any */
  guint stopping;          /* workers that have not exited yet */
};

G_DEFINE_FINAL_TYPE (GuiSession, gui_session, G_TYPE_OBJECT)

enum { SIGNAL_WORKER, SIGNAL_LOCKED, SIGNAL_WALLET_CHANGED, SIGNAL_WALLET_UPDATED, SIGNAL_WALLETS_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static const char *
network_name (GuiSession *self)
{
  return btc_network_info (self->network)->name;
}

static void
session_on_node_wrong (GuiSession *self, const char *what)
{
  gui_program_report_wrong (self->programs[GUI_WORKER_NODE], what);
}

static void
session_on_wallet_wrong (GuiSession *self, const char *what)
{
  gui_program_report_wrong (self->programs[GUI_WORKER_WALLET], what);
}

static void
session_watch_wallet (GuiSession *self, gpointer client)
{
  g_signal_connect_object (client, "wrong", G_CALLBACK (session_on_wallet_wrong), self, G_CONNECT_SWAPPED);
}

static void
wallet_updated (GuiSession *self)
{
  g_signal_emit (self, signals[SIGNAL_WALLET_UPDATED], 0);
}

static void
set_wallet (GuiSession *self, const char *name)
{
  gboolean created;

  if (self->wallet != NULL)
    g_signal_handlers_disconnect_by_func (self->wallet, wallet_updated, self);
  self->wallet = gui_wallet_clients_get (self->wallets, name, &created);
  if (created) {
    session_watch_wallet (self, self->wallet);
    session_watch_wallet (self, gui_wallet_client_get_spend (self->wallet));
  }
  g_signal_connect_object (self->wallet, "changed", G_CALLBACK (wallet_updated), self, G_CONNECT_SWAPPED);
  gui_prefs_set_wallet (gui_prefs_get_default (), network_name (self), name);
}

/* The name of the wallet to show: the wanted one, the one that is shown, or the first. NULL: none is loaded. */
static const char *
session_choose_wallet (GuiSession *self)
{
  const char *shown = self->wallet != NULL ? gui_wallet_client_get_name (self->wallet) : NULL;

  if (self->wanted != NULL && gui_wallet_manager_client_get_path (self->manager, self->wanted) != NULL)
    return self->wanted;
  if (shown != NULL && gui_wallet_manager_client_get_path (self->manager, shown) != NULL)
    return shown;
  return gui_wallet_manager_client_get_names (self->manager)[0];
}

/* Chooses the wallet to show and attaches it to its object, whenever either may have changed. */
static void
update_wallet (GuiSession *self)
{
  GDBusConnection *connection = gui_program_get_connection (self->programs[GUI_WORKER_WALLET]);
  const char *name;
  gboolean other;

  if (!gui_wallet_manager_client_get_ready (self->manager) || connection == NULL)
    return;
  name = session_choose_wallet (self);
  other = name != NULL && (self->wallet == NULL || !g_str_equal (gui_wallet_client_get_name (self->wallet), name));
  if (other)
    set_wallet (self, name);
  gui_wallet_clients_attach (self->wallets, self->manager, connection);
  if (other) {
    g_signal_emit (self, signals[SIGNAL_WALLET_CHANGED], 0);
    wallet_updated (self);
  }
}

static void
manager_changed_cb (GuiWalletManagerClient *manager, GuiSession *self)
{
  update_wallet (self);
  g_signal_emit (self, signals[SIGNAL_WALLETS_CHANGED], 0);
  if (self->wallet != NULL)
    wallet_updated (self);
}

static GuiProcess
session_process_of (GuiWorker worker)
{
  return worker == GUI_WORKER_NODE ? GUI_PROCESS_NODE : GUI_PROCESS_WALLET;
}

static void
session_attach_node (GuiSession *self, GDBusConnection *connection)
{
  gui_client_attach (GUI_CLIENT (self->node), connection, BUS_PATH_NODE);
  gui_client_attach (GUI_CLIENT (self->access), connection, BUS_PATH_ACCESS);
}

static void
session_connected_cb (GuiProgram *program, GDBusConnection *connection, GuiSession *self)
{
  if (gui_program_get_worker (program) == GUI_WORKER_NODE)
    session_attach_node (self, connection);
  else
    gui_wallet_manager_client_attach (self->manager, connection);
  gui_client_attach (GUI_CLIENT (self->rpc[gui_program_get_worker (program)]), connection, BUS_PATH_RPC);
  gui_traces_attach (self->traces, session_process_of (gui_program_get_worker (program)), connection);
}

static void
session_disconnected_cb (GuiProgram *program, GuiSession *self)
{
  gui_client_detach (GUI_CLIENT (self->rpc[gui_program_get_worker (program)]));
  gui_traces_detach (self->traces, session_process_of (gui_program_get_worker (program)));
  if (gui_program_get_worker (program) == GUI_WORKER_NODE) {
    gui_client_detach (GUI_CLIENT (self->node));
    gui_client_detach (GUI_CLIENT (self->access));
    return;
  }
  gui_wallet_manager_client_detach (self->manager);
  gui_wallet_clients_detach (self->wallets);
}

static void
session_state_cb (GuiProgram *program, GuiSession *self)
{
  g_signal_emit (self, signals[SIGNAL_WORKER], 0, (guint) gui_program_get_worker (program),
                 (guint) gui_program_get_state (program));
}

static void
session_locked_cb (GuiSession *self)
{
  g_signal_emit (self, signals[SIGNAL_LOCKED], 0);
}

static void
session_add_arg (char ***args, const char *arg)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **) *args);
  g_strv_builder_add (builder, arg);
  g_strfreev (*args);
  *args = g_strv_builder_end (builder);
}

gboolean
gui_session_listens (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), FALSE);
  return gui_prefs_get_listen (gui_prefs_get_default (), network_name (self));
}

guint
gui_session_get_listen_port (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), 0);
  return btc_network_info (self->network)->rpc_port + LISTEN_PORT_OFFSET;
}

/* Another computer is called as the user calls it. */
static void
session_name_place (GuiSession *self, GuiAttachment *attachment)
{
  g_autofree char *address = bus_address_dup_text (attachment->address);
  const BusPairing *computer = gui_computers_find (self->computers, address);

  if (computer == NULL)
    return;
  g_free (attachment->place);
  attachment->place = g_strdup (computer->name);
}

static GuiProgram *
session_new_remote (GuiSession *self, GuiWorker worker)
{
  GuiAttachment *attachment = gui_attachment_parse (self->addresses[worker], self->folder, NULL);

  g_assert (attachment != NULL); /* it was checked */
  session_name_place (self, attachment);
  return gui_remote_program_new (attachment, network_name (self), self->folder);
}

static GuiProgram *
session_new_local (GuiSession *self, GuiWorker worker)
{
  g_autofree char *chain = g_strdup_printf ("-chain=%s", network_name (self));
  g_autofree char *bind = g_strdup_printf ("-ipcbind=tls:0.0.0.0:%u", gui_session_get_listen_port (self));

  /* A network that was chosen in the application is added to the command line arguments. */
  if (!self->fixed)
    session_add_arg (&self->args[worker], chain);
  if (worker == GUI_WORKER_NODE && gui_session_listens (self))
    session_add_arg (&self->args[worker], bind);
  return self->new_local (worker, (const char *const *) self->args[worker], network_name (self));
}

static void
session_make_programs (GuiSession *self)
{
  for (guint i = 0; i < GUI_N_WORKERS; i++) {
    GuiProgram *program = gui_session_is_local (self, i) ? session_new_local (self, i) : session_new_remote (self, i);

    self->programs[i] = program;
    g_signal_connect_object (program, "connected", G_CALLBACK (session_connected_cb), self, 0);
    g_signal_connect_object (program, "disconnected", G_CALLBACK (session_disconnected_cb), self, 0);
    g_signal_connect_object (program, "state", G_CALLBACK (session_state_cb), self, 0);
    g_signal_connect_object (program, "locked", G_CALLBACK (session_locked_cb), self, G_CONNECT_SWAPPED);
  }
}

/* NULL: it was not started by this program. */
static GuiProgram *
session_get_worker (GuiSession *self, GuiWorker worker)
{
  return gui_session_is_local (self, worker) ? self->programs[worker] : NULL;
}

/* What is on the session bus is what can be inspected. */
static void
session_take_names (GuiSession *self)
{
  g_clear_pointer (&self->names, gui_session_names_free);
  if (self->on_session_bus && self->inspect != NULL)
    self->names = gui_session_names_new (network_name (self), session_get_worker (self, GUI_WORKER_NODE),
                                         session_get_worker (self, GUI_WORKER_WALLET));
}

/* A node has the option, too, and then listens by itself. */
static void
session_inspect (GuiSession *self)
{
  g_clear_pointer (&self->inspection, gui_inspection_free);
  self->inspection = gui_inspection_new (self->inspect, network_name (self),
                                         self->inspect_is_set ? NULL : session_get_worker (self, GUI_WORKER_NODE),
                                         session_get_worker (self, GUI_WORKER_WALLET));
  session_take_names (self);
}

void
gui_session_prepare (GuiSession *self, BtcNetwork network, const char *folder)
{
  g_autofree char *address = gui_prefs_dup_connection (gui_prefs_get_default (), btc_network_info (network)->name);
  g_autoptr (GError) error = NULL;

  g_return_if_fail (GUI_IS_SESSION (self) && folder != NULL);
  g_return_if_fail (!self->started);

  self->network = network;
  g_free (self->folder);
  self->folder = g_strdup (folder);
  g_clear_object (&self->computers);
  self->computers = gui_computers_new (folder, network_name (self));
  if (self->by_option)
    return;
  g_clear_pointer (&self->addresses[GUI_WORKER_NODE], g_free);
  if (address != NULL && gui_attachment_check ((const char *const[]){ address, NULL }, folder, &error))
    self->addresses[GUI_WORKER_NODE] = g_steal_pointer (&address);
  else if (address != NULL)
    common_warn ("The node in the preferences is ignored: %s", error->message);
}

void
gui_session_start (GuiSession *self)
{
  g_return_if_fail (GUI_IS_SESSION (self));
  g_return_if_fail (!self->started && self->folder != NULL);

  session_make_programs (self);
  self->started = TRUE;
  self->wallets = gui_wallet_clients_new (self->network);
  self->wanted = gui_prefs_dup_wallet (gui_prefs_get_default (), network_name (self));
  if (!self->inspect_is_set && gui_prefs_get_inspection (gui_prefs_get_default ()))
    self->inspect = g_strdup ("");
  if (!gui_session_is_session_bus_fixed (self))
    self->on_session_bus = gui_prefs_get_session_bus (gui_prefs_get_default ());
  session_inspect (self);
  self->link = gui_link_new (self->programs[GUI_WORKER_NODE], self->programs[GUI_WORKER_WALLET]);
  for (guint i = 0; i < GUI_N_WORKERS; i++)
    gui_program_start (self->programs[i], FALSE);
}

void
gui_session_try_again (GuiSession *self, GuiWorker worker, gboolean rebuild)
{
  g_return_if_fail (GUI_IS_SESSION (self) && worker < GUI_N_WORKERS);

  if (self->stopping == 0
      && (gui_session_get_worker_state (self, worker) == GUI_WORKER_FAILED
          || (gui_session_get_worker_state (self, worker) == GUI_WORKER_LOST && !gui_session_is_local (self, worker))))
    gui_program_start (self->programs[worker], rebuild);
}

static void
session_stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GuiSession *self = g_task_get_source_object (task);

  gui_program_stop_finish (GUI_PROGRAM (source), result, NULL);
  if (--self->stopping == 0)
    g_task_return_boolean (task, TRUE);
}

void
gui_session_stop_async (GuiSession *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GUI_IS_SESSION (self));
  g_return_if_fail (self->stopping == 0);

  task = g_task_new (self, NULL, callback, data);
  if (!self->started) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  self->stopping = GUI_N_WORKERS;
  for (guint i = 0; i < GUI_N_WORKERS; i++)
    gui_program_stop_async (self->programs[i], session_stopped_cb, g_object_ref (task));
}

gboolean
gui_session_stop_finish (GuiSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
gui_session_dispose (GObject *object)
{
  GuiSession *self = GUI_SESSION (object);

  g_clear_pointer (&self->link, gui_link_free);
  g_clear_pointer (&self->names, gui_session_names_free);
  g_clear_pointer (&self->inspection, gui_inspection_free);
  for (guint i = 0; i < GUI_N_WORKERS; i++) {
    g_clear_object (&self->programs[i]);
    g_clear_object (&self->rpc[i]);
  }
  g_clear_object (&self->computers);
  self->wallet = NULL;
  g_clear_pointer (&self->wallets, gui_wallet_clients_free);
  g_clear_object (&self->manager);
  g_clear_object (&self->traces);
  g_clear_object (&self->node);
  g_clear_object (&self->access);

  G_OBJECT_CLASS (gui_session_parent_class)->dispose (object);
}

static void
gui_session_finalize (GObject *object)
{
  GuiSession *self = GUI_SESSION (object);

  g_free (self->inspect);
  g_free (self->folder);
  g_free (self->wanted);
  for (guint i = 0; i < GUI_N_WORKERS; i++) {
    g_strfreev (self->args[i]);
    g_free (self->addresses[i]);
  }

  G_OBJECT_CLASS (gui_session_parent_class)->finalize (object);
}

static void
gui_session_class_init (GuiSessionClass *klass)
{
  GType type = GUI_TYPE_SESSION;

  G_OBJECT_CLASS (klass)->dispose = gui_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_session_finalize;

  signals[SIGNAL_WORKER]
      = g_signal_new ("worker", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_LOCKED] = g_signal_new ("locked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WALLET_CHANGED]
      = g_signal_new ("wallet-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WALLET_UPDATED]
      = g_signal_new ("wallet-updated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WALLETS_CHANGED]
      = g_signal_new ("wallets-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gui_session_init (GuiSession *self)
{
  self->node = gui_node_client_new ();
  self->access = gui_access_client_new ();
  self->manager = gui_wallet_manager_client_new ();
  self->traces = gui_traces_new ();
  g_signal_connect_object (self->manager, "changed", G_CALLBACK (manager_changed_cb), self, 0);
  g_signal_connect_object (self->node, "wrong", G_CALLBACK (session_on_node_wrong), self, G_CONNECT_SWAPPED);
  session_watch_wallet (self, self->manager);
  for (guint i = 0; i < GUI_N_WORKERS; i++)
    self->rpc[i] = gui_rpc_client_new ();
  g_signal_connect_object (self->rpc[GUI_WORKER_NODE], "wrong", G_CALLBACK (session_on_node_wrong), self,
                           G_CONNECT_SWAPPED);
  session_watch_wallet (self, self->rpc[GUI_WORKER_WALLET]);
}

GuiSession *
gui_session_new (const GuiSessionOptions *options)
{
  GuiSession *self = g_object_new (GUI_TYPE_SESSION, NULL);

  self->args[GUI_WORKER_NODE] = g_strdupv ((char **) options->node_args);
  self->args[GUI_WORKER_WALLET] = g_strdupv ((char **) options->wallet_args);
  self->fixed = options->fixed;
  self->inspect = g_strdup (options->inspect);
  self->new_local = options->new_local;
  self->inspect_is_set = options->inspect_is_set;
  self->on_session_bus = options->on_session_bus;
  self->session_bus_is_set = options->session_bus_is_set;
  self->by_option = *options->addresses != NULL;
  for (const char *const *text = options->addresses; *text != NULL; text++) {
    GuiWorker worker = gui_attachment_get_worker (*text);

    if (worker < GUI_N_WORKERS && self->addresses[worker] == NULL)
      self->addresses[worker] = g_strdup (*text);
  }
  return self;
}

gboolean
gui_session_is_fixed (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), FALSE);
  return self->fixed;
}

gboolean
gui_session_is_started (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), FALSE);
  return self->started;
}

BtcNetwork
gui_session_get_network (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), BTC_NETWORK_MAIN);
  return self->network;
}

const char *
gui_session_get_node_address (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  return self->addresses[GUI_WORKER_NODE];
}

GuiComputers *
gui_session_get_computers (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  return self->computers;
}

gboolean
gui_session_is_attached_by_option (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), FALSE);
  return self->by_option;
}

gboolean
gui_session_is_local (GuiSession *self, GuiWorker worker)
{
  g_return_val_if_fail (GUI_IS_SESSION (self) && worker < GUI_N_WORKERS, TRUE);
  return self->addresses[worker] == NULL;
}

GuiProgram *
gui_session_get_program (GuiSession *self, GuiWorker worker)
{
  g_return_val_if_fail (GUI_IS_SESSION (self) && worker < GUI_N_WORKERS, NULL);
  return self->programs[worker];
}

GuiWorkerState
gui_session_get_worker_state (GuiSession *self, GuiWorker worker)
{
  GuiProgram *program = gui_session_get_program (self, worker);

  return program != NULL ? gui_program_get_state (program) : GUI_WORKER_STOPPED;
}

GuiNodeClient *
gui_session_get_node (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  return self->node;
}

GuiAccessClient *
gui_session_get_access (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  return self->access;
}

GuiWalletManagerClient *
gui_session_get_manager (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  return self->manager;
}

gboolean
gui_session_get_inspected (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), FALSE);
  return self->inspect != NULL;
}

gboolean
gui_session_is_inspect_fixed (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), TRUE);
  return self->inspect_is_set;
}

gboolean
gui_session_set_inspected (GuiSession *self, gboolean inspected)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), FALSE);
  g_return_val_if_fail (!self->inspect_is_set, FALSE);

  g_free (self->inspect);
  self->inspect = inspected ? g_strdup ("") : NULL;
  if (!self->started)
    return TRUE;
  session_inspect (self);
  return gui_inspection_is_complete (self->inspection);
}

gboolean
gui_session_get_on_session_bus (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), FALSE);
  return self->on_session_bus;
}

gboolean
gui_session_is_session_bus_fixed (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), TRUE);
  return self->session_bus_is_set || self->inspect_is_set;
}

void
gui_session_set_on_session_bus (GuiSession *self, gboolean on)
{
  g_return_if_fail (GUI_IS_SESSION (self));
  g_return_if_fail (!gui_session_is_session_bus_fixed (self));

  self->on_session_bus = on;
  if (self->started)
    session_take_names (self);
}

char *
gui_session_dup_inspect_address (GuiSession *self, GuiProcess process)
{
  static const char *const roles[] = { "gui", "node", "wallet" };
  g_autofree char *path = NULL, *escaped = NULL;

  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  g_return_val_if_fail (process < G_N_ELEMENTS (roles), NULL);

  if (self->inspect == NULL || !self->started
      || (process != GUI_PROCESS_APPLICATION
          && !gui_session_is_local (self, process == GUI_PROCESS_NODE ? GUI_WORKER_NODE : GUI_WORKER_WALLET)))
    return NULL;
  path = bus_inspector_dup_socket (self->inspect, network_name (self), roles[process]);
  escaped = g_dbus_address_escape_value (path);
  return g_strconcat ("unix:path=", escaped, NULL);
}

GuiTraces *
gui_session_get_traces (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  return self->traces;
}

GuiRpcClient *
gui_session_get_rpc (GuiSession *self, GuiWorker worker)
{
  g_return_val_if_fail (GUI_IS_SESSION (self) && worker < GUI_N_WORKERS, NULL);
  return self->rpc[worker];
}

GuiWalletClient *
gui_session_get_wallet (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  return self->wallet;
}

void
gui_session_select_wallet (GuiSession *self, const char *name)
{
  g_return_if_fail (GUI_IS_SESSION (self));
  g_return_if_fail (name != NULL);

  g_free (self->wanted);
  self->wanted = g_strdup (name);
  if (self->started)
    update_wallet (self);
}
