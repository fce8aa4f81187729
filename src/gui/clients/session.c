#include "gui/clients/session.h"

#include "common/ending.h"
#include "common/log.h"
#include "dbus/names.h"
#include "dbus/pair.h"
#include "gui/clients/inspection.h"
#include "gui/clients/wallet_clients.h"
#include "gui/prefs.h"

#define FAILURES_TO_SHOW 3

struct _GuiSession {
  GObject parent_instance;

  char **args[GUI_N_WORKERS];
  char *inspect; /* as in GuiSessionOptions */
  GuiInspection *inspection;
  BtcNetwork network;
  gboolean fixed; /* the network is in args */
  gboolean started;
  gboolean node_was_ready;
  BusSupervisor *supervisors[GUI_N_WORKERS];
  BusPair *pair;
  GuiWorkerState states[GUI_N_WORKERS];
  char *details[GUI_N_WORKERS];

  GuiNodeClient *node;
  GuiWalletManagerClient *manager;
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
set_worker_state (GuiSession *self, GuiWorker worker, GuiWorkerState state)
{
  self->states[worker] = state;
  g_signal_emit (self, signals[SIGNAL_WORKER], 0, (guint) worker, (guint) state);
}

static GuiWorker
worker_of (GuiSession *self, BusSupervisor *supervisor)
{
  return supervisor == self->supervisors[GUI_WORKER_NODE] ? GUI_WORKER_NODE : GUI_WORKER_WALLET;
}

/* Takes ownership of DETAIL. */
static void
set_detail (GuiSession *self, GuiWorker worker, char *detail)
{
  g_free (self->details[worker]);
  self->details[worker] = detail;
}

/* An invalid value was ignored. It may be repeated with each change, but is reported once. */
static void
session_on_wrong (GuiSession *self, GuiWorker worker, const char *what)
{
  g_autofree char *detail = g_strdup_printf ("%s is invalid.", what);

  if (self->stopping != 0 || (self->states[worker] == GUI_WORKER_WRONG && g_str_equal (self->details[worker], detail)))
    return;
  common_warn ("The %s worker sent an invalid value: %s", worker == GUI_WORKER_NODE ? "node" : "wallet", what);
  set_detail (self, worker, g_steal_pointer (&detail));
  set_worker_state (self, worker, GUI_WORKER_WRONG);
}

static void
session_on_node_wrong (GuiSession *self, const char *what)
{
  session_on_wrong (self, GUI_WORKER_NODE, what);
}

static void
session_on_wallet_wrong (GuiSession *self, const char *what)
{
  session_on_wrong (self, GUI_WORKER_WALLET, what);
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
  GDBusConnection *connection = bus_supervisor_get_connection (self->supervisors[GUI_WORKER_WALLET]);
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
}

static void
ready_cb (BusSupervisor *supervisor, GDBusConnection *connection, GuiSession *self)
{
  GuiWorker worker = worker_of (self, supervisor);

  self->node_was_ready |= worker == GUI_WORKER_NODE;
  if (worker == GUI_WORKER_NODE)
    gui_client_attach (GUI_CLIENT (self->node), connection, BUS_PATH_NODE);
  else
    gui_wallet_manager_client_attach (self->manager, connection);
  set_worker_state (self, worker, GUI_WORKER_RUNNING);
}

static void
detach (GuiSession *self, GuiWorker worker)
{
  if (worker == GUI_WORKER_NODE) {
    gui_client_detach (GUI_CLIENT (self->node));
    return;
  }
  gui_wallet_manager_client_detach (self->manager);
  gui_wallet_clients_detach (self->wallets);
}

static void
lost_cb (BusSupervisor *supervisor, gboolean again, GuiSession *self)
{
  GuiWorker worker = worker_of (self, supervisor);

  set_detail (self, worker, g_strdup (""));
  detach (self, worker);
  if (self->stopping == 0)
    set_worker_state (self, worker, again ? GUI_WORKER_LOST : GUI_WORKER_FAILED);
}

/* The reason is known only after the connection was closed. A failed start may just have been too early: if the
 * application was killed, its worker may still hold the files. Repeated failures are shown. */
static void
ended_cb (BusSupervisor *supervisor, const char *message, guint n_failures, GuiSession *self)
{
  GuiWorker worker = worker_of (self, supervisor);
  int code = bus_supervisor_get_exit_code (supervisor);

  if (self->stopping != 0)
    return;
  if (worker == GUI_WORKER_NODE && !self->node_was_ready && message != NULL
      && g_str_has_prefix (message, COMMON_ENDING_LOCKED)) {
    g_signal_emit (self, signals[SIGNAL_LOCKED], 0);
    return;
  }
  if (message != NULL)
    set_detail (self, worker, g_strdup (message));
  else if (code < 0)
    set_detail (self, worker, g_strdup ("The program was terminated by a signal."));
  else
    set_detail (self, worker, g_strdup_printf ("The program exited with code %d.", code));
  if (n_failures == 0 || n_failures >= FAILURES_TO_SHOW)
    set_worker_state (self, worker, GUI_WORKER_LOST);
}

static void
answering_cb (BusSupervisor *supervisor, gboolean answers, GuiSession *self)
{
  GuiWorker worker = worker_of (self, supervisor);

  if (self->stopping != 0)
    return;
  set_detail (self, worker, g_strdup (""));
  set_worker_state (self, worker, answers ? GUI_WORKER_RUNNING : GUI_WORKER_SILENT);
}

static void
failed_cb (BusSupervisor *supervisor, const GError *error, GuiSession *self)
{
  GuiWorker worker = worker_of (self, supervisor);

  common_error ("The %s worker cannot be started: %s", worker == GUI_WORKER_NODE ? "node" : "wallet", error->message);
  set_detail (self, worker, g_strdup (error->message));
  detach (self, worker);
  set_worker_state (self, worker, GUI_WORKER_FAILED);
}

/* A network that was chosen in the application is added to the command line arguments. */
static void
add_network_arg (GuiSession *self, char ***args)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *chain = g_strdup_printf ("-chain=%s", network_name (self));

  g_strv_builder_addv (builder, (const char **) *args);
  g_strv_builder_add (builder, chain);
  g_strfreev (*args);
  *args = g_strv_builder_end (builder);
}

void
gui_session_start (GuiSession *self, BtcNetwork network)
{
  static const char *const roles[] = { "node", "wallet" };
  static const char *const programs[] = { "moneyrocket-node", "moneyrocket-wallet" };

  g_return_if_fail (GUI_IS_SESSION (self));
  g_return_if_fail (!self->started);

  self->started = TRUE;
  self->network = network;
  self->wallets = gui_wallet_clients_new (network);
  self->wanted = gui_prefs_dup_wallet (gui_prefs_get_default (), network_name (self));
  for (guint i = 0; i < GUI_N_WORKERS; i++) {
    BusSupervisor *supervisor;

    if (!self->fixed)
      add_network_arg (self, &self->args[i]);
    supervisor = bus_supervisor_new (roles[i], programs[i], (const char *const *) self->args[i], network_name (self));
    self->supervisors[i] = supervisor;
    bus_supervisor_set_final_errors (supervisor, TRUE);
    g_signal_connect_object (supervisor, "ready", G_CALLBACK (ready_cb), self, 0);
    g_signal_connect_object (supervisor, "lost", G_CALLBACK (lost_cb), self, 0);
    g_signal_connect_object (supervisor, "ended", G_CALLBACK (ended_cb), self, 0);
    g_signal_connect_object (supervisor, "failed", G_CALLBACK (failed_cb), self, 0);
    g_signal_connect_object (supervisor, "answering", G_CALLBACK (answering_cb), self, 0);
  }
  self->inspection = gui_inspection_new (self->inspect, network_name (self), self->supervisors[GUI_WORKER_WALLET]);
  self->pair = bus_pair_new (self->supervisors[GUI_WORKER_NODE], self->supervisors[GUI_WORKER_WALLET]);
  for (guint i = 0; i < GUI_N_WORKERS; i++) {
    set_worker_state (self, i, GUI_WORKER_STARTING);
    bus_supervisor_start (self->supervisors[i]);
  }
}

void
gui_session_try_again (GuiSession *self, GuiWorker worker, gboolean rebuild)
{
  g_return_if_fail (GUI_IS_SESSION (self) && worker < GUI_N_WORKERS);

  if (self->states[worker] != GUI_WORKER_FAILED || self->stopping != 0)
    return;
  set_worker_state (self, worker, GUI_WORKER_STARTING);
  if (rebuild)
    bus_supervisor_start_with (self->supervisors[worker], "-reindex");
  else
    bus_supervisor_start (self->supervisors[worker]);
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GuiSession *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!bus_supervisor_stop_finish (BUS_SUPERVISOR (source), result, &error))
    common_warn ("A worker did not exit cleanly: %s", error->message);
  set_worker_state (self, worker_of (self, BUS_SUPERVISOR (source)), GUI_WORKER_STOPPED);
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
    bus_supervisor_stop_async (self->supervisors[i], stopped_cb, g_object_ref (task));
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

  g_clear_pointer (&self->pair, bus_pair_free);
  g_clear_pointer (&self->inspection, gui_inspection_free);
  for (guint i = 0; i < GUI_N_WORKERS; i++)
    g_clear_object (&self->supervisors[i]);
  self->wallet = NULL;
  g_clear_pointer (&self->wallets, gui_wallet_clients_free);
  g_clear_object (&self->manager);
  g_clear_object (&self->node);

  G_OBJECT_CLASS (gui_session_parent_class)->dispose (object);
}

static void
gui_session_finalize (GObject *object)
{
  GuiSession *self = GUI_SESSION (object);

  g_free (self->inspect);
  g_free (self->wanted);
  for (guint i = 0; i < GUI_N_WORKERS; i++) {
    g_free (self->details[i]);
    g_strfreev (self->args[i]);
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
  self->manager = gui_wallet_manager_client_new ();
  g_signal_connect_object (self->manager, "changed", G_CALLBACK (manager_changed_cb), self, 0);
  g_signal_connect_object (self->node, "wrong", G_CALLBACK (session_on_node_wrong), self, G_CONNECT_SWAPPED);
  session_watch_wallet (self, self->manager);
  for (guint i = 0; i < GUI_N_WORKERS; i++)
    self->details[i] = g_strdup ("");
}

GuiSession *
gui_session_new (const GuiSessionOptions *options)
{
  GuiSession *self = g_object_new (GUI_TYPE_SESSION, NULL);

  self->args[GUI_WORKER_NODE] = g_strdupv ((char **) options->node_args);
  self->args[GUI_WORKER_WALLET] = g_strdupv ((char **) options->wallet_args);
  self->fixed = options->fixed;
  self->inspect = g_strdup (options->inspect);
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

GuiWorkerState
gui_session_get_worker_state (GuiSession *self, GuiWorker worker)
{
  g_return_val_if_fail (GUI_IS_SESSION (self) && worker < GUI_N_WORKERS, GUI_WORKER_STOPPED);
  return self->states[worker];
}

const char *
gui_session_get_worker_detail (GuiSession *self, GuiWorker worker)
{
  g_return_val_if_fail (GUI_IS_SESSION (self) && worker < GUI_N_WORKERS, "");
  return self->details[worker];
}

GuiNodeClient *
gui_session_get_node (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  return self->node;
}

GuiWalletManagerClient *
gui_session_get_manager (GuiSession *self)
{
  g_return_val_if_fail (GUI_IS_SESSION (self), NULL);
  return self->manager;
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
