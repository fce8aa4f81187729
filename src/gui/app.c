#include "gui/app.h"

#include "common/log.h"
#include "config.h"
#include "gui/loop_watch.h"
#include "gui/prefs.h"
#include "gui/test_actions.h"
#include "gui/window/window.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#define APP_ID "org.moneyrocket.Moneyrocket"

struct _GuiApp {
  AdwApplication parent_instance;

  CommonProgram *program;
  GuiSession *session;
  GuiWindow *window;
  gboolean stopping;
};

G_DEFINE_FINAL_TYPE (GuiApp, gui_app, ADW_TYPE_APPLICATION)

/* TRUE when the network is set on the command line or in the configuration file. */
static gboolean
network_is_named (GuiApp *self)
{
  static const char *const names[] = { "chain", "regtest", "signet", "testnet", "testnet4" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (common_options_is_set (self->program->options, names[i]))
      return TRUE;
  return FALSE;
}

static void
load_prefs (GuiApp *self)
{
  g_autofree char *path = NULL;

  if (common_options_is_set (self->program->options, "datadir"))
    path = g_build_filename (self->program->datadir, "gui.ini", NULL);
  else
    path = g_build_filename (g_get_user_config_dir (), "moneyrocket", "gui.ini", NULL);
  gui_prefs_load (gui_prefs_get_default (), path);
}

static GuiSession *
new_session (GuiApp *self)
{
  g_auto (GStrv) args = common_options_dup_shared_args (self->program->options);

  return gui_session_new ((const char *const *) args, network_is_named (self));
}

static void
app_stopped_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GuiApp *self = data;

  gui_session_stop_finish (GUI_SESSION (source), result, NULL);
  gtk_window_destroy (GTK_WINDOW (self->window));
  self->window = NULL;
  g_application_release (G_APPLICATION (self));
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
  gui_session_stop_async (self->session, app_stopped_cb, self);
}

static gboolean
close_request_cb (GtkWindow *window, GuiApp *self)
{
  app_stop (self);
  return TRUE;
}

static gboolean
signal_cb (gpointer data)
{
  GuiApp *self = data;

  if (self->window != NULL)
    gtk_window_close (GTK_WINDOW (self->window));
  return G_SOURCE_CONTINUE;
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  signal_cb (data);
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
    { "win.new-payment", { "<Control>n" } },
    { "win.search", { "<Control>f" } },
    { "win.hide-amounts", { "<Control>h" } },
    { "win.back", { "<Alt>Left" } },
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
  };
  GuiApp *self = GUI_APP (application);

  G_APPLICATION_CLASS (gui_app_parent_class)->startup (application);
  gtk_window_set_default_icon_name (APP_ID);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/moneyrocket/Moneyrocket/icons");
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  set_accels (self);
  load_prefs (self);
  g_unix_signal_add (SIGINT, signal_cb, self);
  g_unix_signal_add (SIGTERM, signal_cb, self);
}

static void
gui_app_activate (GApplication *application)
{
  GuiApp *self = GUI_APP (application);
  const BtcNetworkInfo *network = NULL;
  g_autofree char *last = NULL;

  if (self->window != NULL) {
    gtk_window_present (GTK_WINDOW (self->window));
    return;
  }
  if (self->stopping)
    return;
  last = gui_prefs_dup_network (gui_prefs_get_default ());
  if (network_is_named (self))
    network = btc_network_by_name (self->program->network->name);
  else if (last != NULL)
    network = btc_network_by_name (last);
  self->session = new_session (self);
  self->window = gui_window_new (ADW_APPLICATION (self), self->session, self->program->datadir);
  g_signal_connect_after (self->window, "close-request", G_CALLBACK (close_request_cb), self);
  gui_loop_watch (GTK_WIDGET (self->window));
  gui_test_actions_add (G_APPLICATION (self), GTK_WINDOW (self->window));
  /* Both workers start at once, while the first page is shown. */
  if (network != NULL)
    gui_session_start (self->session, network->network);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
gui_app_dispose (GObject *object)
{
  g_clear_object (&GUI_APP (object)->session);
  G_OBJECT_CLASS (gui_app_parent_class)->dispose (object);
}

static void
gui_app_class_init (GuiAppClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_app_dispose;
  G_APPLICATION_CLASS (klass)->startup = gui_app_startup;
  G_APPLICATION_CLASS (klass)->activate = gui_app_activate;
}

static void
gui_app_init (GuiApp *self)
{
}

GuiApp *
gui_app_new (CommonProgram *program)
{
  /* One instance for each data folder: the name on the session bus ensures this for the default one, the lock file for
   * all others. */
  gboolean usual = !common_options_is_set (program->options, "datadir");
  GuiApp *self = g_object_new (GUI_TYPE_APP, "application-id", APP_ID, "flags",
                               usual ? G_APPLICATION_DEFAULT_FLAGS : G_APPLICATION_NON_UNIQUE, "resource-base-path",
                               "/org/moneyrocket/Moneyrocket", NULL);

  self->program = program;
  return self;
}
