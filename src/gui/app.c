#include "gui/app.h"

#include "common/file.h"
#include "common/log.h"
#include "config.h"
#include "dbus/inspector.h"
#include "dbus/names.h"
#include "gui/clients/local_program.h"
#include "gui/loop_watch.h"
#include "gui/prefs.h"
#include "gui/start/launcher.h"
#include "gui/start/options.h"
#include "gui/test_actions.h"
#include "gui/window/window.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#define APP_ID "org.moneyrocket.Moneyrocket"

struct _GuiApp {
  AdwApplication parent_instance;

  CommonProgram *program;
  GuiNewProgram *new_inside; /* as in gui_app_new() */
  GuiLauncher *launcher;
  GuiSession *session;
  GuiWindow *window;
  const BtcNetworkInfo *next; /* the network to start when the session has stopped; NULL: none */
  gboolean swapping;          /* the session is being stopped, and another one follows */
  gboolean stopping;          /* the program exits */
  gboolean relaunch;          /* it was activated while it was exiting */
  gboolean unusable;          /* the folder or the log could not be used */
  char *other_folder;         /* the data folder to start again with; NULL: none */
  gboolean refused;           /* nothing was started, and the window says why */
};

G_DEFINE_FINAL_TYPE (GuiApp, gui_app, ADW_TYPE_APPLICATION)

/* TRUE when the network is set on the command line or in the configuration file. */
static gboolean
network_is_named (CommonProgram *program)
{
  static const char *const names[] = { "chain", "regtest", "signet", "testnet", "testnet4" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (common_options_is_set (program->options, names[i]))
      return TRUE;
  return FALSE;
}

static void
load_prefs (GuiApp *self)
{
  g_autofree char *path = NULL;

  /* They name wallets and a network of the folder. */
  if (common_options_is_set (self->program->options, "datadir"))
    path = g_build_filename (self->program->datadir, "gui.ini", NULL);
  else
    path = g_build_filename (g_get_user_config_dir (), "moneyrocket",
                             self->program->classic ? "bitcoin-qt.ini" : "gui.ini", NULL);
  gui_start_options_reset (self->program, path);
  gui_prefs_load (gui_prefs_get_default (), path);
}

static void
apply_theme (GuiPrefs *prefs, gpointer data)
{
  static const AdwColorScheme schemes[] = {
    [GUI_THEME_SYSTEM] = ADW_COLOR_SCHEME_DEFAULT,
    [GUI_THEME_LIGHT] = ADW_COLOR_SCHEME_FORCE_LIGHT,
    [GUI_THEME_DARK] = ADW_COLOR_SCHEME_FORCE_DARK,
  };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[gui_prefs_get_theme (prefs)]);
}

/* Until a network is chosen there is no folder, so the log is written to standard error. A node inside of this process
 * opens the log of both. */
static gboolean
app_open_log (GuiApp *self, GError **error)
{
  CommonProgram *program = self->program;

  if (common_log_is_open () || self->new_inside != NULL
      || (!g_file_test (program->network_dir, G_FILE_TEST_IS_DIR)
          && !common_options_is_set (program->options, "datadir")))
    return TRUE;
  return common_file_make_folder_with (program->network_dir, "wallets", error)
         && common_program_open_log (program, "gui.log", "gui", error);
}

static void app_session_locked_cb (GuiSession *session, GuiApp *self);

static void
app_new_session (GuiApp *self)
{
  g_auto (GStrv) node = common_options_dup_args (self->program->options, COMMON_OPTION_NODE);
  g_auto (GStrv) wallet = gui_start_options_dup_wallet_args (self->program);
  g_autofree const char **addresses = common_options_dup_list (self->program->options, BUS_OPTION_CONNECT);
  g_autofree char *inspect = bus_inspector_dup_value (self->program);
  const GuiSessionOptions options = { (const char *const *) node,
                                      (const char *const *) wallet,
                                      network_is_named (self->program),
                                      inspect,
                                      common_options_is_set (self->program->options, BUS_OPTION_INSPECT),
                                      gui_start_options_is_on_session_bus (self->program),
                                      common_options_is_set (self->program->options, BUS_OPTION_SESSION),
                                      self->new_inside != NULL ? self->new_inside : gui_local_program_new,
                                      addresses };

  g_clear_object (&self->session);
  self->session = gui_session_new (&options);
  g_signal_connect_object (self->session, "locked", G_CALLBACK (app_session_locked_cb), self, 0);
  gui_window_set_session (self->window, self->session);
}

static void
app_start (GuiApp *self, const BtcNetworkInfo *network)
{
  gui_window_show_starting (self->window);
  gui_launcher_start (self->launcher, self->session, network->network);
}

static void app_finish_stop (GuiApp *self);

static void
app_swapped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GuiApp *self = data;

  gui_session_stop_finish (GUI_SESSION (source), result, NULL);
  self->swapping = FALSE;
  gui_launcher_clear (self->launcher);
  if (self->stopping) {
    app_finish_stop (self);
  } else {
    app_new_session (self);
    app_start (self, self->next);
  }
  g_application_release (G_APPLICATION (self));
}

/* Replaces the session by one on NETWORK, once its workers have exited. */
static void
app_use_network (GuiApp *self, const BtcNetworkInfo *network)
{
  self->next = network;
  if (self->swapping || self->stopping)
    return;
  if (!gui_session_is_started (self->session)) {
    app_start (self, network);
    return;
  }
  self->swapping = TRUE;
  g_application_hold (G_APPLICATION (self));
  gui_window_show_starting (self->window);
  gui_session_stop_async (self->session, app_swapped_cb, self);
}

static void
app_session_locked_cb (GuiSession *session, GuiApp *self)
{
  app_use_network (self, btc_network_info (gui_session_get_network (session)));
}

/* For a person who started it in a terminal, or a script. */
static void
app_report_state (GuiStartState state, const char *where)
{
  static const char *const reasons[] = {
    [GUI_START_READY] = "",
    [GUI_START_FOLDER] = "it cannot be written to",
    [GUI_START_FULL] = "its disk is full",
    [GUI_START_LOCKED] = "another program uses it",
  };

  g_printerr ("Error: The folder %s cannot be used: %s.\n", where, reasons[state]);
}

static void
launcher_state_cb (GuiLauncher *launcher, guint state, const char *where, GuiApp *self)
{
  if (state == GUI_START_READY && !gui_session_is_fixed (self->session))
    gui_prefs_set_network (gui_prefs_get_default (), btc_network_info (gui_session_get_network (self->session))->name);
  self->refused = state != GUI_START_READY;
  if (self->refused)
    app_report_state (state, where);
  gui_window_show_state (self->window, state, where);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
app_flushed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GuiApp *self = data;

  gui_prefs_flush_finish (GUI_PREFS (source), result, NULL);
  gtk_window_destroy (GTK_WINDOW (self->window));
  self->window = NULL;
  self->stopping = FALSE;
  if (self->relaunch)
    g_application_activate (G_APPLICATION (self));
  self->relaunch = FALSE;
  g_application_release (G_APPLICATION (self));
}

static void
app_finish_stop (GuiApp *self)
{
  gui_launcher_clear (self->launcher);
  gui_prefs_flush_async (gui_prefs_get_default (), app_flushed_cb, self);
}

static void
app_stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  gui_session_stop_finish (GUI_SESSION (source), result, NULL);
  app_finish_stop (data);
}

/* Hides the window at once; the program exits when the workers have closed their databases. */
static void
app_stop (GuiApp *self)
{
  if (self->stopping || self->window == NULL)
    return;
  self->stopping = TRUE;
  g_application_hold (G_APPLICATION (self));
  gtk_widget_set_visible (GTK_WIDGET (self->window), FALSE);
  if (!self->swapping)
    gui_session_stop_async (self->session, app_stopped_cb, self);
}

static void
launcher_elsewhere_cb (GuiLauncher *launcher, GuiApp *self)
{
  common_info ("Moneyrocket is already running with this folder; its window is shown.");
  app_stop (self);
}

static gboolean
close_request_cb (GtkWindow *window, GuiApp *self)
{
  app_stop (self);
  return TRUE;
}

/* Nobody may be there to be asked. */
static gboolean
signal_cb (gpointer data)
{
  GuiApp *self = data;

  if (self->window != NULL)
    gui_window_close_at_once (self->window);
  return G_SOURCE_CONTINUE;
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GuiApp *self = data;

  if (self->window != NULL)
    gtk_window_close (GTK_WINDOW (self->window));
}

static void
network_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const BtcNetworkInfo *network = btc_network_by_name (g_variant_get_string (parameter, NULL));

  if (network != NULL && GUI_APP (data)->window != NULL)
    app_use_network (data, network);
}

/* Another node, on the same network. */
static void
connection_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *address = g_variant_get_string (parameter, NULL);
  GuiApp *self = data;
  const BtcNetworkInfo *network = btc_network_info (gui_session_get_network (self->session));

  if (self->window == NULL || gui_session_get_computers (self->session) == NULL
      || gui_session_is_attached_by_option (self->session))
    return;
  gui_prefs_set_connection (gui_prefs_get_default (), network->name, *address != '\0' ? address : NULL);
  app_use_network (self, network);
}

static void
listen_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GuiApp *self = data;
  const BtcNetworkInfo *network = btc_network_info (gui_session_get_network (self->session));

  if (self->window == NULL || !gui_session_is_started (self->session))
    return;
  gui_prefs_set_listen (gui_prefs_get_default (), network->name, g_variant_get_boolean (parameter));
  app_use_network (self, network);
}

static void app_begin (GuiApp *self);

static void
retry_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GuiApp *self = data;

  if (self->window == NULL || self->stopping)
    return;
  if (self->unusable) {
    app_begin (self);
    return;
  }
  for (guint i = 0; i < GUI_N_WORKERS; i++)
    gui_session_try_again (self->session, i, FALSE);
  gui_launcher_retry (self->launcher);
}

/* The folder is an option: the program starts again with another one. */
static void
folder_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GuiApp *self = data;

  if (self->window == NULL || self->stopping)
    return;
  g_free (self->other_folder);
  self->other_folder = g_variant_dup_bytestring (parameter, NULL);
  app_stop (self);
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GuiApp *self = data;

  adw_show_about_window (GTK_WINDOW (self->window), "application-name", _ ("Moneyrocket"), "application-icon", APP_ID,
                         "version", MONEYROCKET_VERSION, "comments",
                         _ ("A Bitcoin wallet with its own node, which checks every payment."), "license-type",
                         GTK_LICENSE_MIT_X11, NULL);
}

static void
set_accels (GuiApp *self)
{
  static const struct {
    const char *action;
    const char *accels[3];
  } accels[] = {
    { "win.page::overview", { "<Control>1" } },
    { "win.page::send", { "<Control>2" } },
    { "win.page::receive", { "<Control>3", "<Control>r" } },
    { "win.page::activity", { "<Control>4" } },
    { "win.page::playground", { "<Control>5" } },
    { "win.page::processes", { "<Control>6" } },
    { "win.page::console", { "<Control>7" } },
    { "win.new-payment", { "<Control>n" } },
    { "win.search", { "<Control>f" } },
    { "win.hide-amounts", { "<Control>h" } },
    { "win.back", { "<Alt>Left" } },
    { "win.preferences", { "<Control>comma" } },
    { "window.close", { "<Control>w" } },
    { "app.quit", { "<Control>q" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action, accels[i].accels);
}

static void
gui_app_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "quit", .activate = quit_action },
    { .name = "about", .activate = about_action },
    { .name = "network", .activate = network_action, .parameter_type = "s" },
    { .name = "connection", .activate = connection_action, .parameter_type = "s" },
    { .name = "listen", .activate = listen_action, .parameter_type = "b" },
    { .name = "retry", .activate = retry_action },
    { .name = "folder", .activate = folder_action, .parameter_type = "ay" },
  };
  GuiApp *self = GUI_APP (application);

  G_APPLICATION_CLASS (gui_app_parent_class)->startup (application);
  /* The end of the bus is that of other programs, not of node and wallet. */
  if (g_application_get_dbus_connection (application) != NULL)
    g_dbus_connection_set_exit_on_close (g_application_get_dbus_connection (application), FALSE);
  gtk_window_set_default_icon_name (APP_ID);
  /* The focus often lands on an address, which would look marked. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/moneyrocket/Moneyrocket/icons");
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  set_accels (self);
  load_prefs (self);
  apply_theme (gui_prefs_get_default (), NULL);
  g_signal_connect (gui_prefs_get_default (), "changed", G_CALLBACK (apply_theme), NULL);
  self->launcher = gui_launcher_new (application, self->program->datadir);
  g_signal_connect_object (self->launcher, "state", G_CALLBACK (launcher_state_cb), self, 0);
  g_signal_connect_object (self->launcher, "elsewhere", G_CALLBACK (launcher_elsewhere_cb), self, 0);
  g_unix_signal_add (SIGINT, signal_cb, self);
  g_unix_signal_add (SIGTERM, signal_cb, self);
}

/* The network to start with: the one of the options, the last one, or one with wallets. NULL: it is chosen later. */
static const BtcNetworkInfo *
first_network (GuiApp *self)
{
  static const BtcNetwork order[]
      = { BTC_NETWORK_MAIN, BTC_NETWORK_SIGNET, BTC_NETWORK_TESTNET4, BTC_NETWORK_TEST, BTC_NETWORK_REGTEST };
  g_autofree char *last = gui_prefs_dup_network (gui_prefs_get_default ());
  const BtcNetworkInfo *network = last != NULL ? btc_network_by_name (last) : NULL;

  if (network_is_named (self->program))
    return btc_network_by_name (self->program->network->name);
  for (gsize i = 0; network == NULL && i < G_N_ELEMENTS (order); i++)
    if (gui_start_has_wallets (self->program->datadir, order[i]))
      network = btc_network_info (order[i]);
  return network;
}

/* Both workers start at once, while the first page is shown. The window appears when it is known that no other program
 * has the folder. */
static void
app_begin (GuiApp *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *where = NULL;
  const BtcNetworkInfo *network = first_network (self);
  GuiStartState state = GUI_START_READY;

  self->refused = self->unusable = !app_open_log (self, &error);
  if (self->unusable) {
    g_printerr ("Error: %s\n", error->message);
    state = gui_start_check (self->program->network_dir, TRUE, &where);
  }
  if (state == GUI_START_FOLDER || state == GUI_START_FULL) {
    gui_window_show_state (self->window, state, where);
  } else if (error != NULL) {
    gui_window_show_error (self->window, error->message);
  } else if (network != NULL) {
    app_start (self, network);
    return;
  }
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
gui_app_activate (GApplication *application)
{
  GuiApp *self = GUI_APP (application);

  if (self->stopping) {
    self->relaunch = TRUE;
    return;
  }
  if (self->window != NULL) {
    gtk_window_present (GTK_WINDOW (self->window));
    return;
  }
  self->window = gui_window_new (ADW_APPLICATION (self), self->program->datadir);
  g_signal_connect_after (self->window, "close-request", G_CALLBACK (close_request_cb), self);
  gui_loop_watch (GTK_WIDGET (self->window));
  gui_test_actions_add (G_APPLICATION (self), GTK_WINDOW (self->window));
  app_new_session (self);
  app_begin (self);
  if (gui_start_options_is_minimised (self->program))
    gtk_window_minimize (GTK_WINDOW (self->window));
}

static void
gui_app_dispose (GObject *object)
{
  g_clear_object (&GUI_APP (object)->launcher);
  g_clear_object (&GUI_APP (object)->session);
  G_OBJECT_CLASS (gui_app_parent_class)->dispose (object);
}

static void
gui_app_finalize (GObject *object)
{
  g_free (GUI_APP (object)->other_folder);
  G_OBJECT_CLASS (gui_app_parent_class)->finalize (object);
}

static void
gui_app_class_init (GuiAppClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_app_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_app_finalize;
  G_APPLICATION_CLASS (klass)->startup = gui_app_startup;
  G_APPLICATION_CLASS (klass)->activate = gui_app_activate;
}

static void
gui_app_init (GuiApp *self)
{
}

const char *
gui_app_get_other_folder (GuiApp *self)
{
  g_return_val_if_fail (GUI_IS_APP (self), NULL);
  return self->other_folder;
}

gboolean
gui_app_has_failed (GuiApp *self)
{
  g_return_val_if_fail (GUI_IS_APP (self), TRUE);
  return self->refused;
}

GuiApp *
gui_app_new (CommonProgram *program, GuiNewProgram *new_inside)
{
  /* A second start on the default folder, with a node of its own, is passed to the first program by GApplication. Otherwise the launcher sees that
   * the folder of the network, which may be chosen later, is in use. */
  gboolean usual = !common_options_is_set (program->options, "datadir") && !program->classic
                   && !network_is_named (program) && !common_options_is_set (program->options, BUS_OPTION_CONNECT);
  GuiApp *self = g_object_new (GUI_TYPE_APP, "application-id", APP_ID, "flags",
                               usual ? G_APPLICATION_DEFAULT_FLAGS : G_APPLICATION_NON_UNIQUE, "resource-base-path",
                               "/org/moneyrocket/Moneyrocket", NULL);

  self->program = program;
  self->new_inside = new_inside;
  return self;
}
