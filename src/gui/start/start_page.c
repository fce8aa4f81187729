#include "gui/start/start_page.h"

#include "common/ending.h"
#include "gui/clients/bounds.h"
#include "gui/program_text.h"
#include "gui/widgets/css_class.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define APP_ICON "org.moneyrocket.Moneyrocket"
/* A start that takes longer may be one that never ends. */
#define LONG_START_SECONDS 3

struct _GuiStartPage {
  GtkWidget parent_instance;

  gboolean failed;
  gboolean can_choose;
  gboolean takes_long; /* it has been starting for a while */
  guint long_source;   /* until it has */

  GtkWidget *box;
  AdwStatusPage *status;
  GtkWidget *actions;
  GtkWidget *answers;
  GtkWidget *retry_button;
  GtkWidget *quit_button;
  GtkWidget *choose_button;
  GtkWidget *node_button;
  GtkWidget *folder_button;
  GtkWidget *details_expander;
  GtkLabel *details;
};

G_DEFINE_FINAL_TYPE (GuiStartPage, gui_start_page, GTK_TYPE_WIDGET)

static void
start_page_update_choice (GuiStartPage *self)
{
  gtk_widget_set_visible (self->choose_button, self->can_choose && (self->failed || self->takes_long));
}

static gboolean
start_page_long_cb (gpointer data)
{
  GuiStartPage *self = data;

  self->long_source = 0;
  self->takes_long = TRUE;
  start_page_update_choice (self);
  return G_SOURCE_REMOVE;
}

/* Measures how long it is starting from now on, if it is. */
static void
start_page_watch (GuiStartPage *self)
{
  g_clear_handle_id (&self->long_source, g_source_remove);
  self->takes_long = FALSE;
  if (!self->failed && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->long_source = g_timeout_add_seconds (LONG_START_SECONDS, start_page_long_cb, self);
  start_page_update_choice (self);
}

/* DESCRIPTION may contain a path, and is shown as it is. */
static void
start_page_show (GuiStartPage *self, const char *icon, const char *title, const char *description, const char *details)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_icon_name (self->status, icon);
  adw_status_page_set_title (self->status, title);
  adw_status_page_set_description (self->status, escaped);
  gui_set_css_class (GTK_WIDGET (self->status), "welcome", g_str_equal (icon, APP_ICON));
  gtk_widget_set_visible (self->answers, self->failed);
  gtk_widget_set_visible (self->folder_button, self->failed);
  gtk_widget_set_visible (self->node_button, FALSE);
  start_page_watch (self);
  gtk_widget_set_visible (self->details_expander, *details != '\0');
  gtk_label_set_text (self->details, details);
}

void
gui_start_page_show_starting (GuiStartPage *self)
{
  g_return_if_fail (GUI_IS_START_PAGE (self));

  self->failed = FALSE;
  start_page_show (self, APP_ICON, _ ("Starting"), _ ("Your wallet is being opened."), "");
}

static const char *
state_title (GuiStartState state)
{
  switch (state) {
  case GUI_START_FOLDER:
    return _ ("The folder cannot be used");
  case GUI_START_FULL:
    return _ ("The disk is full");
  case GUI_START_LOCKED:
    return _ ("Moneyrocket is already running");
  case GUI_START_READY:
    break;
  }
  g_return_val_if_reached ("");
}

/* What happened and what to do; with one %s for the path. */
static const char *
state_format (GuiStartState state)
{
  switch (state) {
  case GUI_START_FOLDER:
    return _ ("Moneyrocket keeps its data in “%s”, but cannot write there. Check that its disk is connected and not "
              "read-only, and that the folder belongs to you. Nothing was changed.");
  case GUI_START_FULL:
    return _ ("There is no room left on the disk with “%s”. Free some space, then try again. Your coins are safe.");
  case GUI_START_LOCKED:
    return _ (
        "Another Moneyrocket, or its server, uses the folder “%s”. Nothing was started here. Close the other one: "
        "then this one starts by itself.");
  case GUI_START_READY:
    break;
  }
  g_return_val_if_reached ("%s");
}

static const char *
state_icon (GuiStartState state)
{
  return state == GUI_START_LOCKED ? "system-lock-screen-symbolic" : "drive-harddisk-symbolic";
}

static void
start_page_offer_node (GuiStartPage *self, const char *label, const char *address)
{
  gtk_button_set_label (GTK_BUTTON (self->node_button), label);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->node_button), "s", address);
  gtk_widget_set_visible (self->node_button, TRUE);
}

void
gui_start_page_show_state (GuiStartPage *self, GuiStartState state, const char *where, gboolean can_attach)
{
  g_autofree char *path = NULL;
  g_autofree char *shown = NULL;
  g_autoptr (GString) description = NULL;

  g_return_if_fail (GUI_IS_START_PAGE (self));
  g_return_if_fail (state != GUI_START_READY && where != NULL);

  path = g_filename_display_name (where);
  shown = gui_bounds_dup_line (path, GUI_BOUNDS_MAX_SENTENCE);
  description = g_string_new (state_format (state));
  g_string_replace (description, "%s", shown, 1);
  self->failed = TRUE;
  start_page_show (self, state_icon (state), state_title (state), description->str, "");
  gtk_widget_set_visible (self->retry_button, state != GUI_START_LOCKED);
  if (can_attach)
    start_page_offer_node (self, _ ("Use the node that is running there"), "unix");
}

/* What to do after the failure of WORKER that DETAIL reports. */
static const char *
failure_sentence (GuiWorker worker, const char *detail)
{
  if (g_str_has_prefix (detail, COMMON_ENDING_DISK_FULL))
    return _ ("The disk is full. Free some space, then try again. Your coins are safe.");
  if (g_str_has_prefix (detail, COMMON_ENDING_DAMAGED))
    return _ (
        "Its copy of the chain is damaged. Your coins are safe. Start Moneyrocket with -reindex once; if it happens "
        "again, check the disk.");
  if (g_str_has_prefix (detail, COMMON_ENDING_UNREADABLE))
    return _ (
        "The disk could not be read or written. Check that it is connected, then try again. Your coins are safe.");
  return worker == GUI_WORKER_NODE ? _ ("Your coins are safe. Try again, or see Details for the reason.")
                                   : _ ("Your coins are safe. Check that no other program uses your wallets, then try "
                                        "again. Details has the reason.");
}

static const char *
failure_title (GuiProgram *program)
{
  gboolean node = gui_program_get_worker (program) == GUI_WORKER_NODE;

  if (gui_program_get_place (program) == NULL)
    return node ? _ ("The node does not start") : _ ("The wallet does not start");
  if (gui_program_get_refusal (program) == GUI_REFUSAL_NONE)
    return node ? _ ("The node cannot be reached") : _ ("The wallet cannot be reached");
  return node ? _ ("The node cannot be used") : _ ("The wallet cannot be used");
}

void
gui_start_page_show_failure (GuiStartPage *self, GuiProgram *program, gboolean can_leave)
{
  g_autofree char *shown = NULL, *sentence = NULL;
  gboolean local;

  g_return_if_fail (GUI_IS_START_PAGE (self));
  g_return_if_fail (GUI_IS_PROGRAM (program));

  local = gui_program_get_place (program) == NULL;
  shown = gui_bounds_dup_line (gui_program_get_detail (program), GUI_BOUNDS_MAX_SENTENCE);
  sentence = local ? g_strdup (failure_sentence (gui_program_get_worker (program), gui_program_get_detail (program)))
                   : gui_program_dup_sentence (program);
  self->failed = TRUE;
  start_page_show (self, "dialog-warning-symbolic", failure_title (program), sentence, shown);
  gtk_widget_set_visible (self->folder_button, local);
  if (can_leave)
    start_page_offer_node (self, _ ("Use a node of this window"), "");
  gtk_widget_set_visible (self->retry_button, TRUE);
  gtk_expander_set_expanded (GTK_EXPANDER (self->details_expander), local);
}

void
gui_start_page_show_error (GuiStartPage *self, const char *message)
{
  g_autofree char *shown = NULL;

  g_return_if_fail (GUI_IS_START_PAGE (self));
  g_return_if_fail (message != NULL);

  shown = gui_bounds_dup_line (message, GUI_BOUNDS_MAX_SENTENCE);
  self->failed = TRUE;
  start_page_show (
      self, "dialog-warning-symbolic", _ ("Moneyrocket cannot start"),
      _ ("Something is wrong with its options or its files. Nothing was changed. Correct what Details names, "
         "then start it again."),
      shown);
  gtk_widget_set_visible (self->retry_button, FALSE);
  gtk_expander_set_expanded (GTK_EXPANDER (self->details_expander), TRUE);
}

gboolean
gui_start_page_is_failed (GuiStartPage *self)
{
  g_return_val_if_fail (GUI_IS_START_PAGE (self), FALSE);
  return self->failed;
}

void
gui_start_page_take_focus (GuiStartPage *self)
{
  g_return_if_fail (GUI_IS_START_PAGE (self));
  gtk_widget_grab_focus (gtk_widget_get_visible (self->retry_button) ? self->retry_button : self->quit_button);
}

void
gui_start_page_set_can_choose (GuiStartPage *self, gboolean can_choose)
{
  g_return_if_fail (GUI_IS_START_PAGE (self));

  self->can_choose = can_choose;
  start_page_update_choice (self);
}

static void
start_page_folder_cb (GtkNativeDialog *dialog, int response, GuiStartPage *self)
{
  g_autoptr (GFile) folder
      = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  const char *path = folder != NULL ? g_file_peek_path (folder) : NULL;

  if (path != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "app.folder", "^ay", path);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_choose_folder (GuiStartPage *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Folder for the data of Moneyrocket"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
      GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Choose"), _ ("Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (start_page_folder_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
gui_start_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gui_start_page_parent_class)->map (widget);
  start_page_watch (GUI_START_PAGE (widget));
}

static void
gui_start_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (gui_start_page_parent_class)->unmap (widget);
  start_page_watch (GUI_START_PAGE (widget));
}

static void
gui_start_page_dispose (GObject *object)
{
  g_clear_handle_id (&GUI_START_PAGE (object)->long_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_START_PAGE);
  G_OBJECT_CLASS (gui_start_page_parent_class)->dispose (object);
}

static void
gui_start_page_class_init (GuiStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_start_page_dispose;
  widget_class->map = gui_start_page_map;
  widget_class->unmap = gui_start_page_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/start/start_page.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, box);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, status);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, actions);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, answers);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, retry_button);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, quit_button);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, choose_button);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, node_button);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, folder_button);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, details_expander);
  gtk_widget_class_bind_template_child (widget_class, GuiStartPage, details);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_folder);
}

static void
gui_start_page_init (GuiStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_start_page_show_starting (self);
}
