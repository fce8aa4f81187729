#include "gui/console/console_page.h"

#include "gui/console/console_input.h"
#include "gui/console/console_output.h"
#include "gui/console/console_secret.h"
#include "gui/prefs.h"
#include "gui/widgets/stack_pages.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define USUAL_SIZE 100
#define SIZE_STEP 10

struct _GuiConsolePage {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiConsoleHistory *history;
  GCancellable *running; /* of the line that runs; NULL: none does */
  GCancellable *closing; /* cancelled with the page */

  GtkStack *stack;
  GtkWidget *open_button;
  GtkDropDown *wallet_choice;
  GuiConsoleOutput *output;
  GuiConsoleInput *input;
};

G_DEFINE_FINAL_TYPE (GuiConsolePage, gui_console_page, GTK_TYPE_WIDGET)

/* ---- wallets ---- */

/* The wallet that commands are for; NULL: none is open. Borrowed. */
static const char *
console_get_wallet (GuiConsolePage *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->wallet_choice);

  return item != NULL ? gtk_string_object_get_string (item) : NULL;
}

/* GTK 4.8 does not name the button of a drop-down. */
static void
console_name_choice (GuiConsolePage *self)
{
  const char *wallet = console_get_wallet (self);
  g_autofree char *name = g_strdup_printf (_ ("Commands are for the wallet %s"), wallet != NULL ? wallet : "");

  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (self->wallet_choice))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
console_update_wallets (GuiConsolePage *self)
{
  const char *const *names = gui_wallet_manager_client_get_names (gui_session_get_manager (self->session));
  GuiWalletClient *shown = gui_session_get_wallet (self->session);
  g_autoptr (GtkStringList) list = gtk_string_list_new (names);
  guint selected = 0;

  for (guint i = 0; names[i] != NULL; i++)
    if (shown != NULL && g_str_equal (names[i], gui_wallet_client_get_name (shown)))
      selected = i;
  gtk_drop_down_set_model (self->wallet_choice, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->wallet_choice, selected);
  gtk_widget_set_visible (GTK_WIDGET (self->wallet_choice), g_strv_length ((char **) names) > 1);
}

/* The wallets are the same as before, but one of them may have changed. */
static void
console_wallets_changed_cb (GuiConsolePage *self)
{
  const char *const *names = gui_wallet_manager_client_get_names (gui_session_get_manager (self->session));
  GtkStringList *list = GTK_STRING_LIST (gtk_drop_down_get_model (self->wallet_choice));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list));
  gboolean same = n == g_strv_length ((char **) names);

  for (guint i = 0; same && i < n; i++)
    same = g_str_equal (gtk_string_list_get_string (list, i), names[i]);
  if (!same)
    console_update_wallets (self);
}

/* ---- running ---- */

static gboolean
console_is_known (const char *method, gpointer data)
{
  return gui_console_run_find (data, method, NULL);
}

/* Who runs CALL, as it is marked; NULL: nobody. The caller owns it. */
static char *
console_dup_place (GuiConsolePage *self, const GuiConsoleCall *call)
{
  const char *wallet = console_get_wallet (self);
  GuiWorker worker;

  if (call == NULL || !gui_console_run_find_worker (self->session, call, &worker))
    return NULL;
  if (worker == GUI_WORKER_NODE)
    return g_strdup (_ ("node"));
  /* Translators: a mark beside a command; %s is the name of a wallet. */
  return wallet != NULL ? g_strdup_printf (_ ("wallet %s"), wallet) : g_strdup (_ ("wallet"));
}

static void
console_ran_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiConsolePage) self = data;
  g_auto (GuiConsoleOutcome) outcome = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean ran = gui_console_run_finish (result, &outcome, &error);

  g_clear_object (&self->running);
  if (g_cancellable_is_cancelled (self->closing))
    return;
  if (ran)
    gui_console_output_add_outcome (self->output, &outcome);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gui_console_output_add_note (self->output, _ ("Stopped."));
  else
    gui_console_output_add_error (self->output, error->message);
  gui_console_input_set_running (self->input, NULL);
}

/* Takes over CALL. SHOWN: the line without secrets. */
static void
console_start (GuiConsolePage *self, GuiConsoleCall *call, const char *shown)
{
  self->running = g_cancellable_new ();
  gui_console_input_set_running (self->input, shown);
  gui_console_run_async (self->session, call, console_get_wallet (self), self->running, console_ran_cb,
                         g_object_ref (self));
}

static void
on_line (GuiConsolePage *self, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GuiConsoleCall) call = gui_console_line_parse (line, &error);
  g_autofree char *shown = gui_console_secret_dup_shown (line, call, console_is_known, self->session);
  g_autofree char *kept = gui_console_secret_dup_kept (line, call, console_is_known, self->session);
  g_autofree char *place = console_dup_place (self, call);

  if (self->running != NULL)
    return;
  gui_console_output_add_line (self->output, shown, place);
  if (call == NULL) {
    gui_console_output_add_error (self->output, error->message); /* the line stays in the entry, to be corrected */
    return;
  }
  gui_console_history_add (self->history, kept);
  gui_console_input_clear (self->input);
  console_start (self, g_steal_pointer (&call), shown);
}

static void
on_explain (GuiConsolePage *self, const char *method)
{
  g_autofree char *line = g_strconcat ("help ", method, NULL);
  g_autoptr (GuiConsoleCall) call = gui_console_line_parse (line, NULL);
  g_autofree char *place = console_dup_place (self, call);

  if (self->running != NULL || call == NULL)
    return;
  gui_console_output_add_line (self->output, line, place);
  console_start (self, g_steal_pointer (&call), line);
}

static void
on_stop (GuiConsolePage *self)
{
  g_cancellable_cancel (self->running);
}

/* ---- the page ---- */

static void
console_show (GuiConsolePage *self)
{
  gboolean warned = gui_prefs_get_console_warned (gui_prefs_get_default ());

  gtk_stack_set_visible_child_name (self->stack, warned ? "console" : "warning");
}

static void
on_open (GuiConsolePage *self)
{
  gui_prefs_set_console_warned (gui_prefs_get_default ());
  console_show (self);
  gtk_widget_child_focus (GTK_WIDGET (self->input), GTK_DIR_TAB_FORWARD);
}

static void
console_set_size (GuiConsolePage *self, int percent)
{
  gui_prefs_set_console_size (gui_prefs_get_default (), percent);
  gui_console_output_set_size (self->output, gui_prefs_get_console_size (gui_prefs_get_default ()));
}

static void
console_larger_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  console_set_size (GUI_CONSOLE_PAGE (widget), gui_prefs_get_console_size (gui_prefs_get_default ()) + SIZE_STEP);
}

static void
console_smaller_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  console_set_size (GUI_CONSOLE_PAGE (widget), gui_prefs_get_console_size (gui_prefs_get_default ()) - SIZE_STEP);
}

static void
console_normal_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  console_set_size (GUI_CONSOLE_PAGE (widget), USUAL_SIZE);
}

static void
console_clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gui_console_output_clear (GUI_CONSOLE_PAGE (widget)->output);
}

static void
console_forget_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GuiConsolePage *self = GUI_CONSOLE_PAGE (widget);

  gui_console_history_clear (self->history);
  gui_console_output_add_note (self->output, _ ("The typed commands are forgotten."));
}

/* Escape stops a command wherever the focus is. */
static gboolean
console_key_cb (GuiConsolePage *self, guint key, guint code, GdkModifierType modifiers)
{
  if (key != GDK_KEY_Escape || self->running == NULL)
    return GDK_EVENT_PROPAGATE;
  on_stop (self);
  return GDK_EVENT_STOP;
}

/* The focus begins where the next line is typed. */
static gboolean
gui_console_page_grab_focus (GtkWidget *widget)
{
  GuiConsolePage *self = GUI_CONSOLE_PAGE (widget);

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "warning") == 0)
    return gtk_widget_grab_focus (self->open_button);
  return gtk_widget_child_focus (GTK_WIDGET (self->input), GTK_DIR_TAB_FORWARD);
}

static void
gui_console_page_dispose (GObject *object)
{
  GuiConsolePage *self = GUI_CONSOLE_PAGE (object);

  g_cancellable_cancel (self->closing);
  g_cancellable_cancel (self->running);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_CONSOLE_PAGE);

  G_OBJECT_CLASS (gui_console_page_parent_class)->dispose (object);
}

static void
gui_console_page_finalize (GObject *object)
{
  GuiConsolePage *self = GUI_CONSOLE_PAGE (object);

  g_clear_object (&self->closing);
  g_clear_object (&self->running);
  g_clear_pointer (&self->history, gui_console_history_free);

  G_OBJECT_CLASS (gui_console_page_parent_class)->finalize (object);
}

static void
console_bind (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/console/console_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiConsolePage, stack);
  gtk_widget_class_bind_template_child (widget_class, GuiConsolePage, open_button);
  gtk_widget_class_bind_template_child (widget_class, GuiConsolePage, wallet_choice);
  gtk_widget_class_bind_template_child (widget_class, GuiConsolePage, output);
  gtk_widget_class_bind_template_child (widget_class, GuiConsolePage, input);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_line);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_explain);
}

static void
gui_console_page_class_init (GuiConsolePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_console_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_console_page_finalize;
  widget_class->grab_focus = gui_console_page_grab_focus;
  g_type_ensure (GUI_TYPE_CONSOLE_OUTPUT);
  g_type_ensure (GUI_TYPE_CONSOLE_INPUT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  console_bind (widget_class);
  gtk_widget_class_install_action (widget_class, "console.larger", NULL, console_larger_action);
  gtk_widget_class_install_action (widget_class, "console.smaller", NULL, console_smaller_action);
  gtk_widget_class_install_action (widget_class, "console.normal", NULL, console_normal_action);
  gtk_widget_class_install_action (widget_class, "console.clear", NULL, console_clear_action);
  gtk_widget_class_install_action (widget_class, "console.forget", NULL, console_forget_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_plus, GDK_CONTROL_MASK, "console.larger", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_minus, GDK_CONTROL_MASK, "console.smaller", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_0, GDK_CONTROL_MASK, "console.normal", NULL);
}

static void
gui_console_page_init (GuiConsolePage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gui_stack_hide_unmapped (self->stack);
  self->closing = g_cancellable_new ();
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (console_key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
gui_console_page_new (GuiSession *session)
{
  GuiConsolePage *self = g_object_new (GUI_TYPE_CONSOLE_PAGE, NULL);

  self->session = g_object_ref (session);
  self->history = gui_console_history_new (btc_network_info (gui_session_get_network (session))->name);
  gui_console_input_set_up (self->input, session, self->history);
  gui_console_output_set_size (self->output, gui_prefs_get_console_size (gui_prefs_get_default ()));
  g_signal_connect_object (self->wallet_choice, "notify::selected-item", G_CALLBACK (console_name_choice), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallet-changed", G_CALLBACK (console_update_wallets), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "wallets-changed", G_CALLBACK (console_wallets_changed_cb), self,
                           G_CONNECT_SWAPPED);
  console_update_wallets (self);
  console_show (self);
  return GTK_WIDGET (self);
}
