#include "gui/welcome/wallet_step.h"

#include "gui/clients/open_wallet.h"
#include "gui/error_text.h"
#include "gui/wallet_name.h"
#include "gui/widgets/busy_button.h"
#include "gui/widgets/css_class.h"
#include "gui/widgets/names.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _GuiWalletStep {
  GtkWidget parent_instance;

  GuiSession *session;
  GCancellable *cancellable;
  gboolean current; /* the session is that of the chosen network */
  gboolean listed;
  GPtrArray *closed_wallets; /* of GuiClosedWallet; NULL: none */
  char *pending;             /* name of the wallet that is being created or opened; NULL: none */
  gboolean exists;           /* it exists already */
  gboolean called;           /* the worker has been asked for it */

  AdwStatusPage *status;
  GtkListBox *closed;
  AdwPreferencesGroup *name_group;
  GtkEditable *name_row;
  GtkWidget *error_row;
  GtkLabel *error_label;
  GuiBusyButton *create_button;
};

G_DEFINE_FINAL_TYPE (GuiWalletStep, gui_wallet_step, GTK_TYPE_WIDGET)

enum { SIGNAL_START, SIGNAL_OPENED, SIGNAL_LISTED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
step_set_error (GuiWalletStep *self, const char *sentence)
{
  gtk_widget_set_visible (self->error_row, sentence != NULL);
  gui_set_css_class (GTK_WIDGET (self->name_row), "error", sentence != NULL);
  if (sentence != NULL)
    gtk_label_set_text (self->error_label, sentence);
}

/* With wallets to open, these come first. */
static void
step_update_words (GuiWalletStep *self)
{
  gboolean some = gui_wallet_step_has_wallets (self);

  adw_status_page_set_title (self->status, some ? _ ("Open a wallet") : _ ("Create your wallet"));
  adw_status_page_set_description (self->status, some ? _ ("These wallets are on this computer.")
                                                      : _ ("Its keys are made here and never leave this computer."));
  adw_preferences_group_set_title (self->name_group, some ? _ ("Or create a new one") : "");
  gtk_widget_set_visible (GTK_WIDGET (self->closed), some);
  gui_set_css_class (GTK_WIDGET (self->create_button), "suggested-action", !some);
}

static void
step_set_busy (GuiWalletStep *self, gboolean busy)
{
  gui_busy_button_set_busy (self->create_button, busy);
  gtk_editable_set_editable (self->name_row, !busy);
  gui_set_css_class (GTK_WIDGET (self->closed), "busy", busy);
  gtk_button_set_label (GTK_BUTTON (self->create_button),
                        busy && !self->exists ? _ ("Creating…") : _ ("Create wallet"));
}

/* Shows SENTENCE where the user tries again. */
static void
step_fail (GuiWalletStep *self, const char *sentence)
{
  step_set_busy (self, FALSE);
  step_set_error (self, sentence);
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

static void
step_add_closed (GuiWalletStep *self, const GuiClosedWallet *wallet)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = gui_wallet_dup_title (wallet->name);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), wallet->problem == NULL);
  if (wallet->problem == NULL) {
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), gui_new_decoration ("go-next-symbolic"));
  } else {
    g_auto (GuiErrorText) text = { 0 };

    gui_error_describe (wallet->problem, GUI_DOING_WALLET, &text);
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text.advice);
  }
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (wallet->name), g_free);
  gtk_list_box_append (self->closed, row);
}

/* WALLETS: of GuiClosedWallet; NULL: none. */
static void
step_list_closed (GuiWalletStep *self, GPtrArray *wallets)
{
  GtkListBoxRow *old;

  while ((old = gtk_list_box_get_row_at_index (self->closed, 0)) != NULL)
    gtk_list_box_remove (self->closed, GTK_WIDGET (old));
  g_clear_pointer (&self->closed_wallets, g_ptr_array_unref);
  self->closed_wallets = wallets != NULL ? g_ptr_array_ref (wallets) : NULL;
  for (guint i = 0; wallets != NULL && i < wallets->len; i++)
    step_add_closed (self, g_ptr_array_index (wallets, i));
  step_update_words (self);
}

static void
step_closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) wallets
      = gui_wallet_manager_client_list_closed_finish (GUI_WALLET_MANAGER_CLIENT (source), result, &error);
  GuiWalletStep *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (wallets != NULL)
    step_list_closed (self, wallets);
  self->listed = TRUE;
  g_signal_emit (self, signals[SIGNAL_LISTED], 0);
}

static void step_wallets_changed_cb (GuiWalletStep *self);

static void
step_opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = gui_open_wallet_finish (GUI_SESSION (source), result, &error);
  GuiWalletStep *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&self->pending, g_free);
  if (!ok) {
    g_auto (GuiErrorText) text = { 0 };

    gui_error_describe (error, GUI_DOING_WALLET, &text);
    self->listed = TRUE; /* the user may go on without the list, which is requested now */
    step_fail (self, text.advice);
    step_wallets_changed_cb (self);
    return;
  }
  step_set_busy (self, FALSE);
  g_signal_emit (self, signals[SIGNAL_OPENED], 0);
}

/* Creates or opens the wallet as soon as the worker is ready. */
static void
step_call_when_ready (GuiWalletStep *self)
{
  if (!self->current || self->pending == NULL || self->called
      || !gui_wallet_manager_client_get_ready (gui_session_get_manager (self->session)))
    return;
  self->called = TRUE;
  gui_open_wallet_async (self->session, self->pending, !self->exists, self->cancellable, step_opened_cb, self);
}

static void
step_open (GuiWalletStep *self, const char *name, gboolean exists)
{
  if (self->pending != NULL)
    return;
  self->pending = g_strdup (name);
  self->exists = exists;
  self->called = FALSE;
  step_set_error (self, NULL);
  step_set_busy (self, TRUE);
  if (!self->current || !gui_session_is_started (self->session))
    g_signal_emit (self, signals[SIGNAL_START], 0);
  step_call_when_ready (self);
}

/* The wallets that are known are those of the current network. */
static char *
step_name_sentence (GuiWalletStep *self, const char *name)
{
  static const char *const none[] = { NULL };

  if (!self->current)
    return gui_wallet_name_sentence (name, none, NULL);
  return gui_wallet_name_sentence (name, gui_wallet_manager_client_get_names (gui_session_get_manager (self->session)),
                                   self->closed_wallets);
}

static void
on_create (GuiWalletStep *self)
{
  g_autofree char *name = gui_wallet_name_clean (gtk_editable_get_text (self->name_row));
  g_autofree char *why = step_name_sentence (self, name);

  if (why != NULL)
    step_fail (self, why);
  else
    step_open (self, name, FALSE);
}

static void
on_closed_activated (GuiWalletStep *self, GtkListBoxRow *row)
{
  step_open (self, g_object_get_data (G_OBJECT (row), "name"), TRUE);
}

static void
on_name_changed (GuiWalletStep *self)
{
  step_set_error (self, NULL);
}

static void
step_wallets_changed_cb (GuiWalletStep *self)
{
  GuiWalletManagerClient *manager = gui_session_get_manager (self->session);

  step_call_when_ready (self);
  if (gui_wallet_manager_client_get_ready (manager) && self->pending == NULL)
    gui_wallet_manager_client_list_closed_async (manager, self->cancellable, step_closed_cb, self);
}

static void
step_worker_cb (GuiSession *session, guint worker, guint state, GuiWalletStep *self)
{
  if (worker != GUI_WORKER_WALLET || state != GUI_WORKER_FAILED || self->pending == NULL || self->called)
    return;
  g_clear_pointer (&self->pending, g_free);
  step_fail (self, _ ("The wallet did not start, and nothing was created. Close Moneyrocket and start it again."));
}

void
gui_wallet_step_set_session (GuiWalletStep *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_WALLET_STEP (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_set_object (&self->session, session);
  self->listed = FALSE;
  self->called = FALSE;
  self->current = TRUE;
  step_list_closed (self, NULL);
  g_signal_connect_object (session, "wallets-changed", G_CALLBACK (step_wallets_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "worker", G_CALLBACK (step_worker_cb), self, 0);
}

void
gui_wallet_step_set_current (GuiWalletStep *self, gboolean current)
{
  g_return_if_fail (GUI_IS_WALLET_STEP (self));

  self->current = current;
  step_update_words (self);
}

gboolean
gui_wallet_step_is_busy (GuiWalletStep *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_STEP (self), FALSE);
  return self->pending != NULL;
}

gboolean
gui_wallet_step_is_listed (GuiWalletStep *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_STEP (self), FALSE);
  return self->listed;
}

gboolean
gui_wallet_step_has_wallets (GuiWalletStep *self)
{
  g_return_val_if_fail (GUI_IS_WALLET_STEP (self), FALSE);
  return self->current && self->closed_wallets != NULL && self->closed_wallets->len > 0;
}

void
gui_wallet_step_reset (GuiWalletStep *self)
{
  g_return_if_fail (GUI_IS_WALLET_STEP (self));

  step_set_error (self, NULL);
  if (self->called)
    return;
  g_clear_pointer (&self->pending, g_free);
  step_set_busy (self, FALSE);
}

void
gui_wallet_step_take_focus (GuiWalletStep *self)
{
  g_return_if_fail (GUI_IS_WALLET_STEP (self));

  if (gui_wallet_step_has_wallets (self))
    gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (self->closed, 0)));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

static void
gui_wallet_step_dispose (GObject *object)
{
  GuiWalletStep *self = GUI_WALLET_STEP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->pending, g_free);
  g_clear_pointer (&self->closed_wallets, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_WALLET_STEP);

  G_OBJECT_CLASS (gui_wallet_step_parent_class)->dispose (object);
}

static void
gui_wallet_step_class_init (GuiWalletStepClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = GUI_TYPE_WALLET_STEP;

  G_OBJECT_CLASS (klass)->dispose = gui_wallet_step_dispose;
  signals[SIGNAL_START] = g_signal_new ("start", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_OPENED] = g_signal_new ("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LISTED] = g_signal_new ("listed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GUI_TYPE_BUSY_BUTTON);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/welcome/wallet_step.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiWalletStep, status);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletStep, closed);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletStep, name_group);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletStep, name_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletStep, error_row);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletStep, error_label);
  gtk_widget_class_bind_template_child (widget_class, GuiWalletStep, create_button);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_create);
  gtk_widget_class_bind_template_callback (widget_class, on_closed_activated);
}

static void
gui_wallet_step_init (GuiWalletStep *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_name_lists (GTK_WIDGET (self->name_group), _ ("New wallet"));
  self->cancellable = g_cancellable_new ();
  step_update_words (self);
}
