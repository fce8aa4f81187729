#include "gui/window/right_page.h"

#include "gui/program_text.h"
#include "gui/widgets/stack_pages.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _GuiRightPage {
  GtkWidget parent_instance;

  GuiSession *session;
  GuiWorker worker;
  BusRoles role;
  GtkWidget *stack;
  AdwStatusPage *missing;
};

G_DEFINE_FINAL_TYPE (GuiRightPage, gui_right_page, GTK_TYPE_WIDGET)

static void
right_page_update (GuiRightPage *self)
{
  g_autofree char *sentence
      = gui_program_dup_missing_right (gui_session_get_program (self->session, self->worker), self->role);
  g_autofree char *escaped = sentence != NULL ? g_markup_escape_text (sentence, -1) : NULL;

  if (escaped != NULL)
    adw_status_page_set_description (self->missing, escaped);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), sentence != NULL ? "missing" : "page");
}

static void
gui_right_page_dispose (GObject *object)
{
  GuiRightPage *self = GUI_RIGHT_PAGE (object);

  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (gui_right_page_parent_class)->dispose (object);
}

static void
gui_right_page_class_init (GuiRightPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_right_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
gui_right_page_init (GuiRightPage *self)
{
  self->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  self->missing = ADW_STATUS_PAGE (adw_status_page_new ());
  adw_status_page_set_icon_name (self->missing, "changes-prevent-symbolic");
  adw_status_page_set_title (self->missing, _ ("View only"));
}

GtkWidget *
gui_right_page_new (GuiSession *session, GuiWorker worker, BusRoles role, GtkWidget *page)
{
  GuiRightPage *self = g_object_new (GUI_TYPE_RIGHT_PAGE, NULL);

  self->session = g_object_ref (session);
  self->worker = worker;
  self->role = role;
  gtk_stack_add_named (GTK_STACK (self->stack), page, "page");
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->missing), "missing");
  gui_stack_hide_unmapped (GTK_STACK (self->stack));
  g_signal_connect_object (session, "worker", G_CALLBACK (right_page_update), self, G_CONNECT_SWAPPED);
  right_page_update (self);
  return GTK_WIDGET (self);
}
