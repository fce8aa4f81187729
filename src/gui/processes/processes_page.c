#include "gui/processes/processes_page.h"

#include "gui/format.h"
#include "gui/models/call_text.h"
#include "gui/processes/call_list.h"
#include "gui/processes/process_map.h"
#include "gui/widgets/stack_pages.h"
#include "gui/widgets/wrap_box.h"

#include <glib/gi18n.h>

struct _GuiProcessesPage {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiCallModel *model;
  GuiCall *call; /* whose details are shown; NULL: none */
  guint64 n_dropped;

  GtkWidget *scroller;
  GuiProcessMap *map;
  GtkEditable *search;
  GtkToggleButton *pause_button;
  GtkToggleButton *chip_all;
  GtkToggleButton *chip_application;
  GtkToggleButton *chip_node;
  GtkToggleButton *chip_wallet;
  GtkToggleButton *chip_slow;
  GtkToggleButton *chip_errors;
  GtkLabel *notice;
  GtkStack *stack;
  GuiCallList *list;
  GtkLabel *empty;
  GtkWidget *details_box;
  GtkWidget *close_button;
  GtkLabel *details;
};

G_DEFINE_FINAL_TYPE (GuiProcessesPage, gui_processes_page, GTK_TYPE_WIDGET)

static GuiWorkerState
processes_get_state (GuiProcessesPage *self, GuiProcess process)
{
  if (process == GUI_PROCESS_APPLICATION)
    return GUI_WORKER_RUNNING;
  return gui_session_get_worker_state (self->session,
                                       process == GUI_PROCESS_NODE ? GUI_WORKER_NODE : GUI_WORKER_WALLET);
}

static gboolean
processes_is_local (GuiProcessesPage *self, GuiProcess process)
{
  return process == GUI_PROCESS_APPLICATION
         || gui_session_is_local (self->session, process == GUI_PROCESS_NODE ? GUI_WORKER_NODE : GUI_WORKER_WALLET);
}

static void
processes_show_process (GuiProcessesPage *self, GuiProcess process)
{
  gui_process_map_show (self->map, process, processes_get_state (self, process), processes_is_local (self, process),
                        gui_traces_get_status (gui_session_get_traces (self->session), process));
}

static char *
processes_dup_notice (GuiProcessesPage *self)
{
  g_autofree char *waiting = gui_format_count (gui_call_model_get_n_waiting (self->model));
  g_autofree char *dropped = gui_format_count (self->n_dropped);

  if (gtk_toggle_button_get_active (self->pause_button))
    /* Translators: %s is the number of calls since the list was paused. */
    return g_strdup_printf (_ ("Paused. New calls: %s"), waiting);
  if (self->n_dropped > 0)
    /* Translators: %s is a number of calls. */
    return g_strdup_printf (_ ("There were too many calls at once. Not shown: %s"), dropped);
  return g_strdup ("");
}

static void
processes_show_notice (GuiProcessesPage *self)
{
  g_autofree char *notice = processes_dup_notice (self);

  if (g_strcmp0 (notice, gtk_label_get_text (self->notice)) != 0)
    gtk_label_set_text (self->notice, notice);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), *notice != '\0');
}

static void
processes_show_length (GuiProcessesPage *self)
{
  gboolean filtered = *gtk_editable_get_text (self->search) != '\0' || !gtk_toggle_button_get_active (self->chip_all)
                      || gtk_toggle_button_get_active (self->chip_slow)
                      || gtk_toggle_button_get_active (self->chip_errors);

  gtk_label_set_text (self->empty, filtered ? _ ("No call matches") : _ ("No calls yet"));
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0 ? "list" : "empty");
}

/* One fact a line. D-Bus names are only here. */
static char *
processes_dup_details (GuiCall *call)
{
  gint64 time_us = gui_call_get_time_us (call);
  g_autofree char *time = gui_format_date_time (time_us / G_USEC_PER_SEC);
  g_autofree char *duration = gui_call_text_dup_duration (gui_call_get_duration_us (call));
  g_autofree char *sent = g_format_size_full (gui_call_get_n_sent (call), G_FORMAT_SIZE_DEFAULT);
  g_autofree char *received = g_format_size_full (gui_call_get_n_received (call), G_FORMAT_SIZE_DEFAULT);
  GString *text = g_string_new (gui_call_get_sentence (call));

  /* Translators: a date and time with minutes, then seconds with milliseconds. */
  g_string_append_printf (text, _ ("\nWhen: %s, second %02d.%03d"), time, (int) (time_us / G_USEC_PER_SEC % 60),
                          (int) (time_us / 1000 % 1000));
  g_string_append_printf (text, _ ("\nFrom: %s"), gui_call_text_title (gui_call_get_from (call)));
  g_string_append_printf (text, _ ("\nTo: %s"), gui_call_text_title (gui_call_get_to (call)));
  g_string_append_printf (text, _ ("\nD-Bus name: %s.%s"), gui_call_get_interface (call), gui_call_get_member (call));
  g_string_append_printf (text, _ ("\nObject: %s"), gui_call_get_path (call));
  g_string_append_printf (text, _ ("\nSize: %s"), sent);
  if (gui_call_get_state (call) == GUI_CALL_DONE || gui_call_get_state (call) == GUI_CALL_FAILED) {
    g_string_append_printf (text, _ ("\nAnswered after: %s"), duration);
    g_string_append_printf (text, _ ("\nSize of the answer: %s"), received);
  }
  if (*gui_call_get_error (call) != '\0')
    g_string_append_printf (text, _ ("\nError: %s"), gui_call_get_error (call));
  return g_string_free (text, FALSE);
}

static void
processes_show_details (GuiProcessesPage *self)
{
  g_autofree char *details = self->call != NULL ? processes_dup_details (self->call) : NULL;

  if (details != NULL && g_strcmp0 (details, gtk_label_get_text (self->details)) != 0)
    gtk_label_set_text (self->details, details);
  gtk_widget_set_visible (self->details_box, details != NULL);
}

static void
processes_rows_cb (GuiTraces *traces, guint process, GPtrArray *rows, guint64 dropped, GuiProcessesPage *self)
{
  self->n_dropped += dropped;
  gui_call_model_add (self->model, process, rows);
  processes_show_length (self);
  processes_show_notice (self);
  processes_show_details (self);
}

static void
processes_status_cb (GuiTraces *traces, guint process, GuiProcessesPage *self)
{
  processes_show_process (self, process);
}

static void
processes_lost_cb (GuiTraces *traces, guint process, GuiProcessesPage *self)
{
  gui_call_model_lose (self->model, process);
  processes_show_length (self);
  processes_show_details (self);
}

static void
processes_worker_cb (GuiSession *session, guint worker, guint state, GuiProcessesPage *self)
{
  processes_show_process (self, worker == GUI_WORKER_NODE ? GUI_PROCESS_NODE : GUI_PROCESS_WALLET);
}

static void
on_processes_filter_changed (GuiProcessesPage *self)
{
  GuiCallFilter filter = { .process = GUI_PROCESS_OTHER, .words = gtk_editable_get_text (self->search) };

  if (gtk_toggle_button_get_active (self->chip_application))
    filter.process = GUI_PROCESS_APPLICATION;
  else if (gtk_toggle_button_get_active (self->chip_node))
    filter.process = GUI_PROCESS_NODE;
  else if (gtk_toggle_button_get_active (self->chip_wallet))
    filter.process = GUI_PROCESS_WALLET;
  filter.slow = gtk_toggle_button_get_active (self->chip_slow);
  filter.errors = gtk_toggle_button_get_active (self->chip_errors);
  gui_call_model_set_filter (self->model, &filter);
  processes_show_length (self);
}

static void
on_processes_paused (GuiProcessesPage *self)
{
  gboolean paused = gtk_toggle_button_get_active (self->pause_button);
  const char *name = paused ? _ ("Continue") : _ ("Pause");

  gui_call_model_set_paused (self->model, paused);
  gtk_button_set_icon_name (GTK_BUTTON (self->pause_button),
                            paused ? "media-playback-start-symbolic" : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause_button), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  processes_show_length (self);
  processes_show_notice (self);
}

static void
on_processes_call_activated (GuiProcessesPage *self, GuiCall *call)
{
  g_set_object (&self->call, call);
  processes_show_details (self);
  gtk_widget_grab_focus (self->close_button);
}

static void
on_processes_close (GuiProcessesPage *self)
{
  g_clear_object (&self->call);
  processes_show_details (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
on_processes_copy (GuiProcessesPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_text (self->details));
}

static void
gui_processes_page_map (GtkWidget *widget)
{
  GuiProcessesPage *self = GUI_PROCESSES_PAGE (widget);

  GTK_WIDGET_CLASS (gui_processes_page_parent_class)->map (widget);
  gui_traces_set_active (gui_session_get_traces (self->session), TRUE);
}

/* The replies to calls that are pending are not seen any more. */
static void
gui_processes_page_unmap (GtkWidget *widget)
{
  GuiProcessesPage *self = GUI_PROCESSES_PAGE (widget);

  gui_traces_set_active (gui_session_get_traces (self->session), FALSE);
  GTK_WIDGET_CLASS (gui_processes_page_parent_class)->unmap (widget);
}

static void
gui_processes_page_dispose (GObject *object)
{
  GuiProcessesPage *self = GUI_PROCESSES_PAGE (object);

  g_clear_object (&self->call);
  g_clear_object (&self->model);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_PROCESSES_PAGE);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (gui_processes_page_parent_class)->dispose (object);
}

static void
gui_processes_page_class_init (GuiProcessesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_processes_page_dispose;
  widget_class->map = gui_processes_page_map;
  widget_class->unmap = gui_processes_page_unmap;
  g_type_ensure (GUI_TYPE_CALL_LIST);
  g_type_ensure (GUI_TYPE_PROCESS_MAP);
  g_type_ensure (GUI_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/moneyrocket/Moneyrocket/processes/processes_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, map);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, search);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, chip_all);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, chip_application);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, chip_node);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, chip_wallet);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, chip_slow);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, chip_errors);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, notice);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, list);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, empty);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, details_box);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, close_button);
  gtk_widget_class_bind_template_child (widget_class, GuiProcessesPage, details);
  gtk_widget_class_bind_template_callback (widget_class, on_processes_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_processes_paused);
  gtk_widget_class_bind_template_callback (widget_class, on_processes_call_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_processes_close);
  gtk_widget_class_bind_template_callback (widget_class, on_processes_copy);
}

static void
gui_processes_page_init (GuiProcessesPage *self)
{
  self->model = gui_call_model_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_stack_hide_unmapped (self->stack);
  gui_call_list_set_model (self->list, self->model);
}

GtkWidget *
gui_processes_page_new (GuiSession *session)
{
  GuiProcessesPage *self = g_object_new (GUI_TYPE_PROCESSES_PAGE, NULL);
  GuiTraces *traces = gui_session_get_traces (session);

  self->session = g_object_ref (session);
  g_signal_connect_object (traces, "rows", G_CALLBACK (processes_rows_cb), self, 0);
  g_signal_connect_object (traces, "status", G_CALLBACK (processes_status_cb), self, 0);
  g_signal_connect_object (traces, "lost", G_CALLBACK (processes_lost_cb), self, 0);
  g_signal_connect_object (session, "worker", G_CALLBACK (processes_worker_cb), self, 0);
  for (GuiProcess process = 0; process < GUI_N_PROCESSES; process++)
    processes_show_process (self, process);
  processes_show_length (self);
  return GTK_WIDGET (self);
}
