#include "gui/connection/code_window.h"

#include "gui/error_text.h"
#include "gui/widgets/qr_code.h"
#include "gui/widgets/stack_pages.h"

#include <glib/gi18n.h>

struct _GuiCodeWindow {
  AdwWindow parent_instance;

  GuiAccessClient *access;
  GCancellable *cancellable;
  gint64 expires_us;  /* monotonic; 0: there is no code */
  gboolean announced; /* the node has reported the code */
  guint tick;

  GtkStack *stack;
  GuiQrCode *qr;
  GtkLabel *text;
  GtkLabel *address;
  GtkLabel *left;
  AdwStatusPage *end;
};

G_DEFINE_FINAL_TYPE (GuiCodeWindow, gui_code_window, ADW_TYPE_WINDOW)

/* The code is no longer shown. */
static void
code_window_end (GuiCodeWindow *self, const char *icon, const char *title, const char *description)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  self->expires_us = 0;
  gui_qr_code_set_text (self->qr, NULL);
  gtk_label_set_text (self->text, "");
  adw_status_page_set_icon_name (self->end, icon);
  adw_status_page_set_title (self->end, title);
  adw_status_page_set_description (self->end, description);
  gtk_stack_set_visible_child_name (self->stack, "end");
}

static gboolean
code_window_tick_cb (gpointer data)
{
  GuiCodeWindow *self = data;
  gint64 left_s = (self->expires_us - g_get_monotonic_time ()) / G_USEC_PER_SEC;
  g_autofree char *left = NULL;

  if (left_s <= 0) {
    self->tick = 0;
    code_window_end (self, "alarm-symbolic", _ ("The code has expired"), _ ("Nobody was let in. Show another code."));
    return G_SOURCE_REMOVE;
  }
  left = g_strdup_printf (_ ("Can be used for %d:%02d"), (int) (left_s / 60), (int) (left_s % 60));
  gtk_label_set_text (self->left, left);
  return G_SOURCE_CONTINUE;
}

/* The node has no longer a code: it was used, or too many wrong ones were tried. */
static void
code_window_changed_cb (GuiCodeWindow *self)
{
  gboolean invites = gui_access_client_get_invites (self->access);

  if (self->expires_us == 0)
    return;
  if (!invites && self->announced)
    code_window_end (self, "object-select-symbolic", _ ("The code was used"),
                     _ ("The other computer is in the list now. If it is not, show another code."));
  self->announced |= invites;
}

static void
code_window_invited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  guint seconds = 0;
  g_autoptr (CommonSecret) code
      = gui_access_client_invite_finish (GUI_ACCESS_CLIENT (source), result, &seconds, &error);
  GuiCodeWindow *self = data;
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (code == NULL) {
    code_window_end (self, "dialog-warning-symbolic", _ ("There is no code"), error->message);
    return;
  }
  text = g_strndup ((const char *) code->data, code->len);
  gui_qr_code_set_text (self->qr, text);
  gtk_label_set_text (self->text, text);
  self->expires_us = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  self->tick = g_timeout_add_seconds (1, code_window_tick_cb, self);
  code_window_tick_cb (self);
  code_window_changed_cb (self);
}

static void
on_copy_code (GuiCodeWindow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_text (self->text));
}

static gboolean
gui_code_window_close_request (GtkWindow *window)
{
  GuiCodeWindow *self = GUI_CODE_WINDOW (window);

  if (self->expires_us != 0)
    gui_access_client_cancel_invitation (self->access);
  return GTK_WINDOW_CLASS (gui_code_window_parent_class)->close_request (window);
}

static void
gui_code_window_dispose (GObject *object)
{
  GuiCodeWindow *self = GUI_CODE_WINDOW (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->access);
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_CODE_WINDOW);
  G_OBJECT_CLASS (gui_code_window_parent_class)->dispose (object);
}

static void
gui_code_window_class_init (GuiCodeWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gui_code_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = gui_code_window_close_request;
  g_type_ensure (GUI_TYPE_QR_CODE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/connection/code_window.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiCodeWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GuiCodeWindow, qr);
  gtk_widget_class_bind_template_child (widget_class, GuiCodeWindow, text);
  gtk_widget_class_bind_template_child (widget_class, GuiCodeWindow, address);
  gtk_widget_class_bind_template_child (widget_class, GuiCodeWindow, left);
  gtk_widget_class_bind_template_child (widget_class, GuiCodeWindow, end);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_code);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
gui_code_window_init (GuiCodeWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_stack_hide_unmapped (self->stack);
  self->cancellable = g_cancellable_new ();
}

GtkWidget *
gui_code_window_new (GtkWindow *parent, GuiAccessClient *access, const char *role, const char *address)
{
  GuiCodeWindow *self = g_object_new (GUI_TYPE_CODE_WINDOW, "transient-for", parent, NULL);

  if (address != NULL) {
    g_autofree char *text = g_strdup_printf (_ ("Address: %s"), address);

    gtk_label_set_text (self->address, text);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->address), address != NULL);
  self->access = g_object_ref (access);
  g_signal_connect_object (access, "changed", G_CALLBACK (code_window_changed_cb), self, G_CONNECT_SWAPPED);
  gui_access_client_invite_async (access, role, self->cancellable, code_window_invited_cb, self);
  return GTK_WIDGET (self);
}
