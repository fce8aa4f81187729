#include "gui/welcome/welcome_page.h"

#include "common/file.h"
#include "gui/error_text.h"
#include "gui/prefs.h"
#include "gui/widgets/css_class.h"
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
  GCancellable *cancellable;
  gboolean asked_where; /* the network was chosen here */
  BtcNetwork network;   /* the chosen one */
  char *creating;       /* name of the wallet that is being created or opened; NULL: none */
  gboolean waiting;     /* for the wallet worker, to create it */
  gboolean opening;     /* it exists already */

  GtkWidget *box;
  GtkWidget *back_button;
  AdwWindowTitle *title;
  GtkStack *stack;
  GtkWidget *start_button;
  GtkListBox *networks;
  AdwActionRow *needed_row;
  AdwActionRow *free_row;
  AdwActionRow *folder_row;
  GtkEditable *name_row;
  GtkWidget *error_row;
  GtkLabel *error_label;
  GtkWidget *create_button;
  GtkWidget *closed_group;
  GtkListBox *closed;
};

G_DEFINE_FINAL_TYPE (GuiWelcomePage, gui_welcome_page, GTK_TYPE_WIDGET)

enum { SIGNAL_DONE, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
show_step (GuiWelcomePage *self, const char *step)
{
  gtk_stack_set_visible_child_name (self->stack, step);
  gtk_widget_set_visible (self->back_button, !g_str_equal (step, "hello") && !g_str_equal (step, "done"));
  /* Moves the focus to the next action, for Enter. */
  if (g_str_equal (step, "where"))
    gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (self->networks, 0)));
  else if (g_str_equal (step, "hello"))
    gtk_widget_grab_focus (self->start_button);
}

static void
welcome_set_error (GuiWelcomePage *self, const char *sentence)
{
  gtk_widget_set_visible (self->error_row, sentence != NULL);
  if (sentence != NULL)
    gtk_label_set_text (self->error_label, sentence);
}

static void
welcome_set_busy (GuiWelcomePage *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->create_button, !busy);
  gtk_widget_set_sensitive (self->back_button, !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->name_row), !busy);
  gtk_widget_set_sensitive (self->closed_group, !busy);
  gtk_button_set_label (GTK_BUTTON (self->create_button), busy ? _ ("Creating…") : _ ("Create wallet"));
}

static void
welcome_closed_wallets_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_auto (GStrv) names
      = gui_wallet_manager_client_list_closed_finish (GUI_WALLET_MANAGER_CLIENT (source), result, NULL);
  GuiWelcomePage *self = data;
  GtkListBoxRow *old;

  if (names == NULL)
    return;
  while ((old = gtk_list_box_get_row_at_index (self->closed, 0)) != NULL)
    gtk_list_box_remove (self->closed, GTK_WIDGET (old));
  for (guint i = 0; names[i] != NULL; i++) {
    GtkWidget *row = adw_action_row_new ();
    g_autofree char *name = gui_wallet_dup_title (names[i]);

    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
    gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
    g_object_set_data_full (G_OBJECT (row), "name", g_strdup (names[i]), g_free);
    gtk_list_box_append (self->closed, row);
  }
  gtk_widget_set_visible (self->closed_group, names[0] != NULL);
}

static void
welcome_opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = gui_wallet_manager_client_open_finish (GUI_WALLET_MANAGER_CLIENT (source), result, &error);
  GuiWelcomePage *self = data;
  g_autofree char *name = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  name = g_steal_pointer (&self->creating);
  welcome_set_busy (self, FALSE);
  if (!ok) {
    g_auto (GuiErrorText) text = { 0 };

    gui_error_describe (error, GUI_DOING_WALLET, &text);
    welcome_set_error (self, text.advice);
    return;
  }
  gui_session_select_wallet (self->session, name);
  /* The playground skips the last page. */
  if (self->asked_where && self->network == BTC_NETWORK_REGTEST)
    g_signal_emit (self, signals[SIGNAL_DONE], 0);
  else
    show_step (self, "done");
}

/* Creates or opens the wallet as soon as the worker is ready. */
static void
open_when_ready (GuiWelcomePage *self)
{
  GuiWalletManagerClient *manager = gui_session_get_manager (self->session);

  if (!self->waiting || !gui_wallet_manager_client_get_ready (manager))
    return;
  self->waiting = FALSE;
  if (self->opening)
    gui_wallet_manager_client_load_async (manager, self->creating, self->cancellable, welcome_opened_cb, self);
  else
    gui_wallet_manager_client_create_async (manager, self->creating, self->cancellable, welcome_opened_cb, self);
}

static void
open_wallet (GuiWelcomePage *self, const char *name, gboolean exists)
{
  if (self->creating != NULL)
    return;
  self->creating = g_strdup (name);
  self->opening = exists;
  self->waiting = TRUE;
  welcome_set_error (self, NULL);
  welcome_set_busy (self, TRUE);
  if (!gui_session_is_started (self->session)) {
    gui_prefs_set_network (gui_prefs_get_default (), btc_network_info (self->network)->name);
    gui_session_start (self->session, self->network);
  }
  open_when_ready (self);
}

static void
on_create (GuiWelcomePage *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name_row)));

  if (*name == '\0')
    welcome_set_error (self, _ ("Give the wallet a name."));
  else
    open_wallet (self, name, FALSE);
}

static void
on_closed_activated (GuiWelcomePage *self, GtkListBoxRow *row)
{
  open_wallet (self, g_object_get_data (G_OBJECT (row), "name"), TRUE);
}

static void
on_name_changed (GuiWelcomePage *self)
{
  welcome_set_error (self, NULL);
}

static void
on_start (GuiWelcomePage *self)
{
  show_step (self, gui_session_is_started (self->session) ? "wallet" : "where");
}

static void
on_welcome_done (GuiWelcomePage *self)
{
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
show_storage (GuiWelcomePage *self)
{
  guint64 free_bytes = common_file_free_space (self->datadir);
  guint64 needed_bytes = self->network == BTC_NETWORK_MAIN ? ROOM_MAIN : ROOM_SIGNET;
  g_autofree char *needed = g_format_size (needed_bytes);
  g_autofree char *room = free_bytes == G_MAXUINT64 ? g_strdup (_ ("Unknown")) : g_format_size (free_bytes);

  adw_action_row_set_subtitle (self->needed_row, needed);
  gui_set_css_class (GTK_WIDGET (self->free_row), "error", free_bytes < needed_bytes);
  if (free_bytes < needed_bytes) {
    /* Translators: %s is a size, such as 20 GB. */
    g_autofree char *little = g_strdup_printf (_ ("%s, not enough for all of it"), room);

    adw_action_row_set_subtitle (self->free_row, little);
  } else {
    adw_action_row_set_subtitle (self->free_row, room);
  }
  adw_action_row_set_subtitle (self->folder_row, self->datadir);
  show_step (self, "storage");
}

static void
on_network (GuiWelcomePage *self, GtkListBoxRow *row)
{
  self->asked_where = TRUE;
  self->network = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "network"));
  if (self->network == BTC_NETWORK_REGTEST)
    show_step (self, "wallet");
  else
    show_storage (self);
}

static void
on_storage_continue (GuiWelcomePage *self)
{
  show_step (self, "wallet");
}

static void
on_welcome_back (GuiWelcomePage *self)
{
  const char *step = gtk_stack_get_visible_child_name (self->stack);

  welcome_set_error (self, NULL);
  if (g_str_equal (step, "wallet") && self->asked_where && !gui_session_is_started (self->session))
    show_step (self, self->network == BTC_NETWORK_REGTEST ? "where" : "storage");
  else if (g_str_equal (step, "storage"))
    show_step (self, "where");
  else
    show_step (self, "hello");
}

static void
wallets_changed_cb (GuiWelcomePage *self)
{
  GuiWalletManagerClient *manager = gui_session_get_manager (self->session);

  open_when_ready (self);
  if (gui_wallet_manager_client_get_ready (manager) && self->creating == NULL)
    gui_wallet_manager_client_list_closed_async (manager, self->cancellable, welcome_closed_wallets_cb, self);
}

static void
welcome_worker_cb (GuiSession *session, guint worker, guint state, GuiWelcomePage *self)
{
  if (worker != GUI_WORKER_WALLET || state != GUI_WORKER_FAILED || !self->waiting)
    return;
  self->waiting = FALSE;
  g_clear_pointer (&self->creating, g_free);
  welcome_set_busy (self, FALSE);
  welcome_set_error (self,
                     _ ("The wallet did not start, and nothing was created. Close Moneyrocket and start it again."));
}

static void
add_network (GuiWelcomePage *self, BtcNetwork network, const char *icon, const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), icon);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  g_object_set_data (G_OBJECT (row), "network", GINT_TO_POINTER (network));
  gtk_list_box_append (self->networks, row);
}

gboolean
gui_welcome_page_is_busy (GuiWelcomePage *self)
{
  g_return_val_if_fail (GUI_IS_WELCOME_PAGE (self), FALSE);
  return self->creating != NULL || g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "done") == 0;
}

static void
gui_welcome_page_dispose (GObject *object)
{
  GuiWelcomePage *self = GUI_WELCOME_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->datadir, g_free);
  g_clear_pointer (&self->creating, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_WELCOME_PAGE);

  G_OBJECT_CLASS (gui_welcome_page_parent_class)->dispose (object);
}

static void
gui_welcome_page_class_init (GuiWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_welcome_page_dispose;
  signals[SIGNAL_DONE]
      = g_signal_new ("done", GUI_TYPE_WELCOME_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/welcome/welcome_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, box);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, back_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, title);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, start_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, networks);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, needed_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, free_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, folder_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, name_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, error_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, error_label);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, create_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, closed_group);
  gtk_widget_class_bind_template_child (widget_class, GuiWelcomePage, closed);
  gtk_widget_class_bind_template_callback (widget_class, on_welcome_back);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, on_network);
  gtk_widget_class_bind_template_callback (widget_class, on_storage_continue);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_create);
  gtk_widget_class_bind_template_callback (widget_class, on_closed_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_welcome_done);
}

static void
gui_welcome_page_init (GuiWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_stack_hide_unmapped (self->stack);
  self->cancellable = g_cancellable_new ();
  add_network (self, BTC_NETWORK_REGTEST, "applications-science-symbolic", _ ("Playground"),
               _ ("Learn with play money, offline"));
  add_network (self, BTC_NETWORK_MAIN, "moneyrocket-coin-symbolic", _ ("Bitcoin"), _ ("The real network"));
  add_network (self, BTC_NETWORK_SIGNET, "system-users-symbolic", _ ("Signet"), _ ("A public test network"));
  show_step (self, "hello");
}

GtkWidget *
gui_welcome_page_new (GuiSession *session, const char *datadir)
{
  GuiWelcomePage *self = g_object_new (GUI_TYPE_WELCOME_PAGE, NULL);

  self->session = g_object_ref (session);
  self->datadir = g_strdup (datadir);
  g_signal_connect_object (session, "wallets-changed", G_CALLBACK (wallets_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "worker", G_CALLBACK (welcome_worker_cb), self, 0);
  return GTK_WIDGET (self);
}
