#include "gui/window/worker_bar.h"

#include "common/ending.h"
#include "gui/program_text.h"
#include "gui/unseen_text.h"
#include "gui/widgets/css_class.h"

#include <glib/gi18n.h>
#include <string.h>

/* How long the bar is shown after a worker is back. */
#define BACK_SECONDS 5

struct _GuiWorkerBar {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiWorker worker; /* the worker that the bar refers to */
  gboolean damaged; /* its data is damaged */
  gboolean was_lost[GUI_N_WORKERS];
  gboolean trouble; /* of a program */
  gboolean notice;  /* the bar says that the node does not serve the wallets */
  guint hide_source;

  GtkRevealer *revealer;
  GtkWidget *bar;
  GtkLabel *text;
  GtkWidget *again_button;
  GtkWidget *details_button;
  GtkLabel *details;
};

G_DEFINE_FINAL_TYPE (GuiWorkerBar, gui_worker_bar, GTK_TYPE_WIDGET)

enum { SIGNAL_TROUBLE, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
worker_bar_set_text (GuiWorkerBar *self, const char *sentence, const char *detail)
{
  gtk_label_set_text (self->text, sentence);
  gtk_label_set_text (self->details, detail);
  gtk_widget_set_visible (self->details_button, *detail != '\0');
}

static void
worker_bar_reveal (GuiWorkerBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

/* Both programs run, but the node does not serve the wallets: while nothing else is reported. */
static void
worker_bar_update_notice (GuiWorkerBar *self)
{
  const char *sentence = gui_unserved_sentence (self->session);

  if (self->trouble || self->hide_source != 0)
    return;
  if (sentence != NULL) {
    worker_bar_set_text (self, sentence,
                         gui_wallet_manager_client_get_refusal (gui_session_get_manager (self->session)));
    gtk_widget_set_visible (self->again_button, FALSE);
    gui_set_css_class (self->bar, "good", FALSE);
    gui_set_css_class (self->bar, "failed", FALSE);
    worker_bar_reveal (self);
  } else if (self->notice) {
    gtk_revealer_set_reveal_child (self->revealer, FALSE);
  }
  self->notice = sentence != NULL;
}

static gboolean
hide_cb (gpointer data)
{
  GuiWorkerBar *self = data;

  self->hide_source = 0;
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  worker_bar_update_notice (self);
  return G_SOURCE_REMOVE;
}

static void
worker_bar_show (GuiWorkerBar *self, GuiWorker worker, GuiWorkerState state)
{
  GuiProgram *program = gui_session_get_program (self->session, worker);
  const char *detail = gui_program_get_detail (program);
  g_autofree char *sentence = gui_program_dup_sentence (program);
  gboolean good = state == GUI_WORKER_RUNNING;

  self->worker = worker;
  self->damaged = worker == GUI_WORKER_NODE && g_str_has_prefix (detail, COMMON_ENDING_DAMAGED);
  g_clear_handle_id (&self->hide_source, g_source_remove);
  worker_bar_set_text (self, sentence, detail);
  gtk_widget_set_visible (self->again_button, state == GUI_WORKER_FAILED);
  gtk_button_set_label (GTK_BUTTON (self->again_button), self->damaged ? _ ("Rebuild") : _ ("Try again"));
  gui_set_css_class (self->bar, "good", good);
  gui_set_css_class (self->bar, "failed", state == GUI_WORKER_FAILED);
  worker_bar_reveal (self);
  if (good)
    self->hide_source = g_timeout_add_seconds (BACK_SECONDS, hide_cb, self);
}

static gboolean
is_trouble (GuiWorkerState state)
{
  return state == GUI_WORKER_LOST || state == GUI_WORKER_FAILED || state == GUI_WORKER_SILENT
         || state == GUI_WORKER_WRONG;
}

static void
worker_bar_worker_cb (GuiSession *session, guint worker, guint state, GuiWorkerBar *self)
{
  self->trouble = FALSE;
  if (is_trouble (state)) {
    self->was_lost[worker] = TRUE;
    worker_bar_show (self, worker, state);
  } else if (state == GUI_WORKER_RUNNING && self->was_lost[worker]) {
    self->was_lost[worker] = FALSE;
    worker_bar_show (self, worker, state);
  }
  for (guint i = 0; i < GUI_N_WORKERS; i++)
    self->trouble |= is_trouble (gui_session_get_worker_state (session, i));
  g_signal_emit (self, signals[SIGNAL_TROUBLE], 0, self->trouble);
  worker_bar_update_notice (self);
}

/* A collapsed bar is hidden from screen readers, too. */
static void
on_revealed (GuiWorkerBar *self)
{
  if (!gtk_revealer_get_reveal_child (self->revealer) && !gtk_revealer_get_child_revealed (self->revealer))
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
on_worker_bar_retry (GuiWorkerBar *self)
{
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  gui_session_try_again (self->session, self->worker, self->damaged);
}

static void
on_worker_bar_copy (GuiWorkerBar *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_text (self->details));
}

static void
gui_worker_bar_dispose (GObject *object)
{
  GuiWorkerBar *self = GUI_WORKER_BAR (object);

  g_clear_handle_id (&self->hide_source, g_source_remove);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_WORKER_BAR);

  G_OBJECT_CLASS (gui_worker_bar_parent_class)->dispose (object);
}

static void
gui_worker_bar_class_init (GuiWorkerBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_worker_bar_dispose;
  signals[SIGNAL_TROUBLE] = g_signal_new ("trouble", GUI_TYPE_WORKER_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/window/worker_bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiWorkerBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, GuiWorkerBar, bar);
  gtk_widget_class_bind_template_child (widget_class, GuiWorkerBar, text);
  gtk_widget_class_bind_template_child (widget_class, GuiWorkerBar, details_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWorkerBar, again_button);
  gtk_widget_class_bind_template_child (widget_class, GuiWorkerBar, details);
  gtk_widget_class_bind_template_callback (widget_class, on_worker_bar_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_worker_bar_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_revealed);
}

static void
gui_worker_bar_init (GuiWorkerBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
gui_worker_bar_set_session (GuiWorkerBar *self, GuiSession *session)
{
  g_return_if_fail (GUI_IS_WORKER_BAR (self));
  g_return_if_fail (GUI_IS_SESSION (session));

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_handle_id (&self->hide_source, g_source_remove);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  memset (self->was_lost, 0, sizeof self->was_lost);
  self->trouble = self->notice = FALSE;
  g_signal_emit (self, signals[SIGNAL_TROUBLE], 0, FALSE);
  g_set_object (&self->session, session);
  g_signal_connect_object (session, "worker", G_CALLBACK (worker_bar_worker_cb), self, 0);
  g_signal_connect_object (session, "wallets-changed", G_CALLBACK (worker_bar_update_notice), self, G_CONNECT_SWAPPED);
}
