#include "gui/welcome/welcome_page.h"

#include "common/file.h"
#include "gui/start/check.h"
#include "gui/welcome/wallet_step.h"
#include "gui/widgets/css_class.h"
#include "gui/widgets/names.h"
#include "gui/widgets/stack_pages.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* The size of the whole chain in bytes, including the growth of a year. */
#define ROOM_MAIN (G_GUINT64_CONSTANT (900) * 1000 * 1000 * 1000)
#define ROOM_SIGNET (G_GUINT64_CONSTANT (40) * 1000 * 1000 * 1000)

struct _GuiWelcomePage {
  GtkWidget parent_instance;

  GuiSession *session;
  char *datadir;
  BtcNetwork network;  /* the chosen one */
  gboolean can_return; /* to the pages of the wallet that is open, or to why it is not */
  gboolean left;       /* the pages are shown */

  GtkWidget *box;
  GtkWidget *back_button;
  GtkStack *stack;
  GtkWidget *start_button;
  GtkListBox *networks;
  GtkWidget *storage_group;
  AdwActionRow *needed_row;
  AdwActionRow *free_row;
  AdwActionRow *folder_row;
  GtkWidget *continue_button;
  GuiWalletStep *wallet_step;
  AdwStatusPage *done_page;
  GtkWidget *done_button;
};

G_DEFINE_FINAL_TYPE (GuiWelcomePage, gui_welcome_page, GTK_TYPE_WIDGET)

enum { SIGNAL_DONE, SIGNAL_LISTED, N_SIGNALS };

static guint signals[N_SIGNALS];

static gboolean
welcome_is_at (GuiWelcomePage *self, const char *step)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), step) == 0;
}

/* Whether the session is that of the chosen network. */
static gboolean
is_session_current (GuiWelcomePage *self)
{
  return gui_session_is_fixed (self->session)
         || (gui_session_is_started (self->session) && gui_session_get_network (self->session) == self->network);
}

static GtkWidget *
network_row (GuiWelcomePage *self, BtcNetwork network)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->networks, i)) != NULL; i++)
    if (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "network")) == (int) network)
      return GTK_WIDGET (row);
  return GTK_WIDGET (gtk_list_box_get_row_at_index (self->networks, 0));
}

void
gui_welcome_page_take_focus (GuiWelcomePage *self)
{
  g_return_if_fail (GUI_IS_WELCOME_PAGE (self));

  if (welcome_is_at (self, "hello"))
    gtk_widget_grab_focus (self->start_button);
  else if (welcome_is_at (self, "where"))
    gtk_widget_grab_focus (network_row (self, self->network));
  else if (welcome_is_at (self, "storage"))
    gtk_widget_grab_focus (self->continue_button);
  else if (welcome_is_at (self, "wallet"))
    gui_wallet_step_take_focus (self->wallet_step);
  else
    gtk_widget_grab_focus (self->done_button);
}

static void
welcome_leave (GuiWelcomePage *self)
{
  self->left = TRUE;
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
show_step (GuiWelcomePage *self, const char *step)
{
  self->left = FALSE;
  gtk_stack_set_visible_child_name (self->stack, step);
  gtk_widget_set_visible (self->back_button, !g_str_equal (step, "hello") && !g_str_equal (step, "done"));
  gui_welcome_page_take_focus (self);
}

/* True words about what the new wallet can do on its network. */
static void
show_done (GuiWelcomePage *self)
{
  gboolean play = gui_session_get_network (self->session) == BTC_NETWORK_REGTEST;

  adw_status_page_set_icon_name (self->done_page, play ? "emblem-ok-symbolic" : "dialog-information-symbolic");
  gui_set_css_class (GTK_WIDGET (self->done_page), "sent-page", play);
  adw_status_page_set_description (
      self->done_page, play ? _ ("Its coins are play money: mine your first ones on the Playground page.")
                            : _ ("It has no backup and no passphrase yet, and this version does not fetch blocks from "
                                 "other nodes: it would not see a payment. Do not send coins to it yet."));
  show_step (self, "done");
}

static void
on_wallet_start (GuiWelcomePage *self)
{
  if (!is_session_current (self))
    gtk_widget_activate_action (GTK_WIDGET (self), "app.network", "s", btc_network_info (self->network)->name);
}

static void
on_wallet_opened (GuiWelcomePage *self)
{
  /* The playground skips the last page, unless it was named by an option. */
  if (gui_session_get_network (self->session) == BTC_NETWORK_REGTEST && !gui_session_is_fixed (self->session))
    welcome_leave (self);
  else
    show_done (self);
}

/* Wallets that exist are offered at once. */
static void
on_step_listed (GuiWelcomePage *self)
{
  if (gui_wallet_step_has_wallets (self->wallet_step) && welcome_is_at (self, "hello"))
    show_step (self, "wallet");
  g_signal_emit (self, signals[SIGNAL_LISTED], 0);
}

static void
on_start (GuiWelcomePage *self)
{
  if (gui_session_is_started (self->session))
    self->network = gui_session_get_network (self->session);
  show_step (self, gui_session_is_fixed (self->session) ? "wallet" : "where");
}

static void
on_welcome_done (GuiWelcomePage *self)
{
  welcome_leave (self);
}

static void
show_storage (GuiWelcomePage *self)
{
  g_autofree char *folder = gui_start_dup_network_folder (self->datadir, self->network);
  g_autofree char *existing = gui_start_dup_existing (folder);
  guint64 free_bytes = common_file_free_space (existing);
  guint64 needed_bytes = self->network == BTC_NETWORK_MAIN ? ROOM_MAIN : ROOM_SIGNET;
  gboolean little = free_bytes < needed_bytes;
  g_autofree char *needed = g_format_size (needed_bytes);
  g_autofree char *room = free_bytes == G_MAXUINT64 ? g_strdup (_ ("Unknown")) : g_format_size (free_bytes);
  /* Translators: %s is a size, such as 20 GB. */
  g_autofree char *too_little = g_strdup_printf (_ ("%s, not enough for all of it"), room);
  g_autofree char *folder_text = g_filename_display_name (folder);

  adw_action_row_set_subtitle (self->needed_row, needed);
  adw_action_row_set_subtitle (self->free_row, little ? too_little : room);
  gui_set_css_class (GTK_WIDGET (self->free_row), "error", little);
  adw_action_row_set_subtitle (self->folder_row, folder_text);
  show_step (self, "storage");
}

/* A network that was used before starts at once: it may have wallets. On a new one nothing is created before there is a
 * wallet. */
static void
enter_wallet_step (GuiWelcomePage *self)
{
  g_autofree char *folder = gui_start_dup_network_folder (self->datadir, self->network);

  gui_wallet_step_reset (self->wallet_step);
  gui_wallet_step_set_current (self->wallet_step, is_session_current (self));
  show_step (self, "wallet");
  if (!is_session_current (self)
      && (self->network == BTC_NETWORK_MAIN ? gui_start_has_wallets (self->datadir, self->network)
                                            : g_file_test (folder, G_FILE_TEST_IS_DIR)))
    gtk_widget_activate_action (GTK_WIDGET (self), "app.network", "s", btc_network_info (self->network)->name);
}

static void
on_network (GuiWelcomePage *self, GtkListBoxRow *row)
{
  self->network = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "network"));
  if (self->can_return && is_session_current (self))
    welcome_leave (self);
  else if (self->network == BTC_NETWORK_REGTEST)
    enter_wallet_step (self);
  else
    show_storage (self);
}

static void
on_storage_continue (GuiWelcomePage *self)
{
  enter_wallet_step (self);
}

void
gui_welcome_page_go_back (GuiWelcomePage *self)
{
  g_return_if_fail (GUI_IS_WELCOME_PAGE (self));

  if (gui_welcome_page_is_busy (self))
    return;
  if (welcome_is_at (self, "wallet") && !gui_session_is_fixed (self->session) && self->network != BTC_NETWORK_REGTEST)
    show_storage (self);
  else if (welcome_is_at (self, "storage") || (welcome_is_at (self, "wallet") && !gui_session_is_fixed (self->session)))
    show_step (self, "where");
  else if (self->can_return)
    welcome_leave (self);
  else
    show_step (self, "hello");
}

static void
on_welcome_back (GuiWelcomePage *self)
{
  gui_welcome_page_go_back (self);
}

void
gui_welcome_page_choose_network (GuiWelcomePage *self, gboolean can_return)
{
  g_return_if_fail (GUI_IS_WELCOME_PAGE (self));

  self->can_return = can_return;
  gui_wallet_step_reset (self->wallet_step);
  if (gui_session_is_started (self->session))
    self->network = gui_session_get_network (self->session);
  show_step (self, "where");
}

static void
add_network (GuiWelcomePage *self, BtcNetwork network, const char *icon, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), gui_new_decoration (icon));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gui_new_decoration ("go-next-symbolic"));
  g_object_set_data (G_OBJECT (row), "network", GINT_TO_POINTER (network));
  gtk_list_box_append (self->networks, row);
}

gboolean
gui_welcome_page_is_busy (GuiWelcomePage *self)
{
  g_return_val_if_fail (GUI_IS_WELCOME_PAGE (self), FALSE);
  return gui_wallet_step_is_busy (self->wallet_step) || (welcome_is_at (self, "done") && !self->left);
}

gboolean
gui_welcome_page_knows_wallets (GuiWelcomePage *self)
{
  g_return_val_if_fail (GUI_IS_WELCOME_PAGE (self), FALSE);
  return gui_wallet_step_is_listed (self->wallet_step);
}

/* The session may have been started for the chosen network. */
static void
welcome_worker_cb (GuiWelcomePage *self)
{
  if (welcome_is_at (self, "hello") && gui_session_is_started (self->session))
    self->network = gui_session_get_network (self->session);
  gui_wallet_step_set_current (self->wallet_step, is_session_current (self));
}

void
gui_welcome_page_set_session (GuiWelcomePage *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_WELCOME_PAGE (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  g_signal_connect_object (session, "worker", G_CALLBACK (welcome_worker_cb), self, G_CONNECT_SWAPPED);
  self->can_return = FALSE;
  gui_wallet_step_set_session (self->wallet_step, session);
}

static void
gui_welcome_page_dispose (GObject *object)
{
  GuiWelcomePage *self = GUI_WELCOME_PAGE (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->datadir, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_WELCOME_PAGE);

  G_OBJECT_CLASS (gui_welcome_page_parent_class)->dispose (object);
}

static void
gui_welcome_page_class_init (GuiWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = GUI_TYPE_WELCOME_PAGE;

  G_OBJECT_CLASS (klass)->dispose = gui_welcome_page_dispose;
  signals[SIGNAL_DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LISTED] = g_signal_new ("listed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GUI_TYPE_WALLET_STEP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/welcome/welcome_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, box);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, back_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, start_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, networks);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, storage_group);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, needed_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, free_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, folder_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, continue_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, wallet_step);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, done_page);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, done_button);
  gtk_widget_class_bind_template_callback (widget_class, on_welcome_back);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, on_network);
  gtk_widget_class_bind_template_callback (widget_class, on_storage_continue);
  gtk_widget_class_bind_template_callback (widget_class, on_wallet_start);
  gtk_widget_class_bind_template_callback (widget_class, on_wallet_opened);
  gtk_widget_class_bind_template_callback (widget_class, on_step_listed);
  gtk_widget_class_bind_template_callback (widget_class, on_welcome_done);
}

static void
gui_welcome_page_init (GuiWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_stack_hide_unmapped (self->stack);
  gui_name_lists (self->storage_group, _ ("Storage"));
  self->network = BTC_NETWORK_REGTEST;
  add_network (self, BTC_NETWORK_REGTEST, "applications-science-symbolic", _ ("Playground"),
               _ ("Learn with play money, offline"));
  add_network (self, BTC_NETWORK_MAIN, "moneyrocket-coin-symbolic", _ ("Bitcoin"), _ ("The real network"));
  add_network (self, BTC_NETWORK_SIGNET, "system-users-symbolic", _ ("Signet"), _ ("A public test network"));
  show_step (self, "hello");
}

GtkWidget *
gui_welcome_page_new (const char *datadir)
{
  GuiWelcomePage *self = g_object_new (GUI_TYPE_WELCOME_PAGE, NULL);

  self->datadir = g_strdup (datadir);
  return GTK_WIDGET (self);
}
