#include "dbus/address.h"
#include "gui/prefs.h"
#include "gui/widgets/css_class.h"
#include "gui/widgets/focus.h"
#include "gui/widgets/names.h"
#include "gui/widgets/stack_pages.h"
#include "gui/window/prefs_window.h"
#include "gui/window/window_private.h"

#include <glib/gi18n.h>

/* Where a page has less room than this beside the sidebar, at the usual size of text, either of them is shown. */
#define LEAST_PAGE_WIDTH 460
#define EYE_WIDTH 420
/* Below this width, at the usual size of text, the network is named below the title instead of beside it. */
#define TAG_WIDTH 860
#define USUAL_DPI (96 * 1024)

G_DEFINE_FINAL_TYPE (GuiWindow, gui_window, ADW_TYPE_APPLICATION_WINDOW)

static void
toast_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AdwToast *toast = adw_toast_new (g_variant_get_string (parameter, NULL));

  adw_toast_overlay_add_toast (GUI_WINDOW (widget)->toasts, toast);
}

static void
window_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gui_window_pages_show (GUI_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
title_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GuiWindow *self = GUI_WINDOW (widget);

  if (self->built)
    gui_window_pages_set_title (self, g_variant_get_string (parameter, NULL));
}

static void
new_payment_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gui_window_pages_start_payment (GUI_WINDOW (widget));
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gui_window_pages_search (GUI_WINDOW (widget));
}

static void
payment_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gui_window_pages_show_payment (GUI_WINDOW (widget), parameter);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GuiWindow *self = GUI_WINDOW (widget);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "welcome") == 0)
    gui_welcome_page_go_back (self->welcome);
  else
    gui_window_pages_go_back (self);
}

static void
preferences_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GuiWindow *self = GUI_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (gui_prefs_window_new (GTK_WINDOW (self), self->session, self->datadir)));
}

static void
update_hide_button (GuiWindow *self)
{
  gboolean hide = gui_prefs_get_hide_amounts (gui_prefs_get_default ());
  const char *name = hide ? _ ("Show amounts") : _ ("Hide amounts");
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "hide-amounts");

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (hide));
  gtk_button_set_icon_name (GTK_BUTTON (self->hide_button), hide ? "view-conceal-symbolic" : "view-reveal-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->hide_button), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->hide_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Shows the page NAME of the window; another one than before gets the focus. */
static void
show_root (GuiWindow *self, const char *name)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->root), name) == 0)
    return;
  gtk_stack_set_visible_child_name (self->root, name);
  if (g_str_equal (name, "main"))
    gui_window_pages_take_focus (self);
  else if (g_str_equal (name, "welcome"))
    gui_welcome_page_take_focus (self->welcome);
  else
    gui_start_page_take_focus (self->start_page);
}

static void
update_root (GuiWindow *self)
{
  GuiWalletManagerClient *manager = gui_session_get_manager (self->session);
  gboolean started = gui_session_is_started (self->session);

  if (self->choosing) {
    show_root (self, "welcome");
  } else if (gui_start_page_is_failed (self->start_page)) {
    show_root (self, "starting");
  } else if (gui_welcome_page_is_busy (self->welcome)) {
    show_root (self, "welcome");
  } else if (gui_session_get_wallet (self->session) != NULL) {
    gui_window_pages_build (self);
    show_root (self, "main");
  } else if (started ? gui_wallet_manager_client_get_ready (manager) && gui_welcome_page_knows_wallets (self->welcome)
                     : !self->launching) {
    show_root (self, "welcome");
  } else {
    show_root (self, "starting");
  }
}

static void
window_choose_network (GuiWindow *self)
{
  self->choosing = TRUE;
  gui_welcome_page_choose_network (self->welcome,
                                   g_strcmp0 (gtk_stack_get_visible_child_name (self->root), "welcome") != 0);
  update_root (self);
}

static void
window_answer_cb (AdwMessageDialog *dialog, const char *response, GuiWindow *self)
{
  self->asking = FALSE;
  if (g_str_equal (response, "quit"))
    gui_window_close_at_once (self);
  else if (g_str_equal (response, "network"))
    window_choose_network (self);
}

/* What was entered on Send would be lost. RESPONSE: what is done then, with LABEL on its button. */
static void
window_ask_to_leave (GuiWindow *self, const char *title, const char *response, const char *label)
{
  GtkWidget *dialog;

  if (self->asking)
    return;
  dialog = adw_message_dialog_new (GTK_WINDOW (self), title,
                                   _ ("The payment that you have entered was not sent. It will be lost."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _ ("Keep editing"), response, label, NULL);
  gui_name_buttons (dialog);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), response, ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (window_answer_cb), self, 0);
  self->asking = TRUE;
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
choose_network_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GuiWindow *self = GUI_WINDOW (widget);

  if (gui_window_pages_are_filled (self))
    window_ask_to_leave (self, _ ("Leave without sending?"), "network", _ ("Leave"));
  else
    window_choose_network (self);
}

static void
window_wallet_changed_cb (GuiWindow *self)
{
  gui_window_pages_close_payment (self);
  /* A node that runs by itself may be away: the bar reports it. */
  if (gui_start_page_is_failed (self->start_page) && !gui_session_is_local (self->session, GUI_WORKER_NODE))
    gui_start_page_show_starting (self->start_page);
  update_root (self);
}

static void
welcome_done_cb (GuiWindow *self)
{
  self->choosing = FALSE;
  update_root (self);
}

void
gui_window_show_starting (GuiWindow *self)
{
  g_return_if_fail (GUI_IS_WINDOW (self));

  self->launching = TRUE;
  self->choosing = FALSE;
  gui_start_page_show_starting (self->start_page);
  update_root (self);
}

/* Whether what uses the folder WHERE is a node that accepts other programs. */
static gboolean
window_can_attach (GuiWindow *self, GuiStartState state, const char *where)
{
  g_autofree char *path = g_build_filename (where, BUS_ADDRESS_NODE_SOCKET, NULL);

  return state == GUI_START_LOCKED && !gui_session_is_attached_by_option (self->session)
         && g_file_test (path, G_FILE_TEST_EXISTS);
}

void
gui_window_show_state (GuiWindow *self, GuiStartState state, const char *where)
{
  g_return_if_fail (GUI_IS_WINDOW (self));

  self->launching = FALSE;
  if (state == GUI_START_READY) {
    gui_start_page_show_starting (self->start_page);
  } else {
    self->choosing = FALSE;
    gui_start_page_show_state (self->start_page, state, where, window_can_attach (self, state, where));
  }
  update_root (self);
}

void
gui_window_show_error (GuiWindow *self, const char *message)
{
  g_return_if_fail (GUI_IS_WINDOW (self));

  gui_start_page_show_error (self->start_page, message);
  update_root (self);
}

/* A program that fails, or cannot be reached, before there is a wallet to show has the whole window. With a wallet the bar
 * reports it. */
static gboolean
window_is_stopped_by (GuiProgram *program)
{
  GuiWorkerState state = program != NULL ? gui_program_get_state (program) : GUI_WORKER_STOPPED;

  return state == GUI_WORKER_FAILED
         || (state == GUI_WORKER_LOST && gui_program_get_place (program) != NULL && !gui_program_was_ready (program));
}

static void
window_worker_cb (GuiSession *session, guint worker, guint state, GuiWindow *self)
{
  if (self->built || gui_session_get_wallet (session) != NULL || gui_welcome_page_is_busy (self->welcome))
    return;
  for (guint i = 0; i < GUI_N_WORKERS; i++)
    if (window_is_stopped_by (gui_session_get_program (session, i))) {
      gui_start_page_show_failure (self->start_page, gui_session_get_program (session, i),
                                   !gui_session_is_local (session, i) && !gui_session_is_attached_by_option (session));
      update_root (self);
      return;
    }
  if (state == GUI_WORKER_STARTING || (state == GUI_WORKER_RUNNING && gui_start_page_is_failed (self->start_page)))
    gui_start_page_show_starting (self->start_page);
  update_root (self);
}

/* The last figures are dimmed while a worker is stopped. */
static void
trouble_cb (GuiWorkerBar *bar, gboolean trouble, GuiWindow *self)
{
  gui_set_css_class (GTK_WIDGET (self->pages), "stale", trouble);
}

/* LENGTH, larger by as much as the person has text enlarged. */
static int
window_scale_with_text (GuiWindow *self, int length)
{
  int dpi = -1;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  return dpi > USUAL_DPI ? length * (dpi / 1024) / (USUAL_DPI / 1024) : length;
}

static void
window_adapt (GuiWindow *self, int width)
{
  adw_leaflet_set_can_unfold (self->leaflet, width >= SIDEBAR_WIDTH + window_scale_with_text (self, LEAST_PAGE_WIDTH));
  /* A narrow title bar has no room for the button; the menu has the same action. */
  gtk_widget_set_visible (GTK_WIDGET (self->hide_button), width >= window_scale_with_text (self, EYE_WIDTH));
  gui_window_pages_set_narrow (self, width < window_scale_with_text (self, TAG_WIDTH));
}

static void
surface_layout_cb (GdkSurface *surface, int width, int height, GuiWindow *self)
{
  window_adapt (self, width);
}

/* The size of text was changed. */
static void
window_dpi_cb (GuiWindow *self)
{
  window_adapt (self, gtk_widget_get_width (GTK_WIDGET (self)));
}

static void
gui_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gui_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout", G_CALLBACK (surface_layout_cb),
                           widget, 0);
  g_signal_connect_object (gtk_widget_get_settings (widget), "notify::gtk-xft-dpi", G_CALLBACK (window_dpi_cb), widget,
                           G_CONNECT_SWAPPED);
}

void
gui_window_close_at_once (GuiWindow *self)
{
  g_return_if_fail (GUI_IS_WINDOW (self));

  self->leaving = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
gui_window_close_request (GtkWindow *window)
{
  GuiWindow *self = GUI_WINDOW (window);
  int width, height;

  if (!self->leaving && gui_window_pages_are_filled (self)) {
    window_ask_to_leave (self, _ ("Quit without sending?"), "quit", _ ("Quit"));
    return TRUE;
  }
  gtk_window_get_default_size (window, &width, &height);
  gui_prefs_set_window (gui_prefs_get_default (), width, height, gtk_window_is_maximized (window));
  return GTK_WINDOW_CLASS (gui_window_parent_class)->close_request (window);
}

static void
gui_window_dispose (GObject *object)
{
  g_clear_object (&GUI_WINDOW (object)->session);
  G_OBJECT_CLASS (gui_window_parent_class)->dispose (object);
}

static void
gui_window_finalize (GObject *object)
{
  g_free (GUI_WINDOW (object)->page);
  g_free (GUI_WINDOW (object)->page_title);
  g_free (GUI_WINDOW (object)->datadir);
  G_OBJECT_CLASS (gui_window_parent_class)->finalize (object);
}

static void
gui_window_class_init (GuiWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_window_finalize;
  widget_class->realize = gui_window_realize;
  GTK_WINDOW_CLASS (klass)->close_request = gui_window_close_request;
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_action);
  gtk_widget_class_install_action (widget_class, "win.page", "s", window_page_action);
  gtk_widget_class_install_action (widget_class, "win.title", "s", title_action);
  gtk_widget_class_install_action (widget_class, "win.new-payment", NULL, new_payment_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.payment", "ay", payment_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.choose-network", NULL, choose_network_action);
  gtk_widget_class_install_action (widget_class, "win.preferences", NULL, preferences_action);
  /* After popovers, dialogs and fields. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);

  g_type_ensure (GUI_TYPE_START_PAGE);
  g_type_ensure (GUI_TYPE_WORKER_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/window/window.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, root);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, start_page);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, hide_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWindow, worker_bar);
  gui_window_pages_class_init (widget_class);
}

static void
hide_changed_cb (GSimpleAction *action, GVariant *state, gpointer data)
{
  gui_prefs_set_hide_amounts (gui_prefs_get_default (), g_variant_get_boolean (state));
}

static void
gui_window_init (GuiWindow *self)
{
  GuiPrefs *prefs = gui_prefs_get_default ();
  g_autoptr (GSimpleAction) hide = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  gui_window_pages_init (self);
  gui_focus_keep (GTK_WINDOW (self));
  hide
      = g_simple_action_new_stateful ("hide-amounts", NULL, g_variant_new_boolean (gui_prefs_get_hide_amounts (prefs)));
  g_signal_connect (hide, "change-state", G_CALLBACK (hide_changed_cb), NULL);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (hide));
  g_signal_connect_object (prefs, "changed", G_CALLBACK (update_hide_button), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->worker_bar, "trouble", G_CALLBACK (trouble_cb), self, 0);
  update_hide_button (self);
}

void
gui_window_set_session (GuiWindow *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_WINDOW (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  gui_window_pages_clear (self);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  self->choosing = FALSE;
  gui_start_page_set_can_choose (self->start_page, !gui_session_is_fixed (session));
  gui_worker_bar_set_session (self->worker_bar, session);
  gui_welcome_page_set_session (self->welcome, session);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (window_wallet_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallets-changed", G_CALLBACK (update_root), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "worker", G_CALLBACK (window_worker_cb), self, 0);
  update_root (self);
}

GuiWindow *
gui_window_new (AdwApplication *app, const char *datadir)
{
  GuiWindow *self = g_object_new (GUI_TYPE_WINDOW, "application", app, NULL);
  int width, height;
  gboolean maximized;

  self->datadir = g_strdup (datadir);
  self->welcome = GUI_WELCOME_PAGE (gui_welcome_page_new (datadir));
  gtk_stack_add_named (self->root, GTK_WIDGET (self->welcome), "welcome");
  gui_stack_hide_unmapped (self->root);
  g_signal_connect_object (self->welcome, "done", G_CALLBACK (welcome_done_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->welcome, "listed", G_CALLBACK (update_root), self, G_CONNECT_SWAPPED);
  gui_prefs_get_window (gui_prefs_get_default (), &width, &height, &maximized);
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (maximized)
    gtk_window_maximize (GTK_WINDOW (self));
  return self;
}
