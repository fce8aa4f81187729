#include "gui/widgets/busy_button.h"

#include "gui/widgets/css_class.h"

struct _GuiBusyButton {
  GtkButton parent_instance;

  gboolean busy;
};

G_DEFINE_FINAL_TYPE (GuiBusyButton, gui_busy_button, GTK_TYPE_BUTTON)

/* Runs before the handlers. */
static void
gui_busy_button_clicked (GtkButton *button)
{
  GtkButtonClass *parent_class = GTK_BUTTON_CLASS (gui_busy_button_parent_class);

  if (GUI_BUSY_BUTTON (button)->busy)
    g_signal_stop_emission_by_name (button, "clicked");
  else if (parent_class->clicked != NULL)
    parent_class->clicked (button);
}

static void
gui_busy_button_class_init (GuiBusyButtonClass *klass)
{
  GTK_BUTTON_CLASS (klass)->clicked = gui_busy_button_clicked;
}

static void
gui_busy_button_init (GuiBusyButton *self)
{
}

void
gui_busy_button_set_busy (GuiBusyButton *self, gboolean busy)
{
  g_return_if_fail (GUI_IS_BUSY_BUTTON (self));

  self->busy = busy;
  gui_set_css_class (GTK_WIDGET (self), "busy", busy);
  gtk_widget_set_can_target (GTK_WIDGET (self), !busy);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY, busy, GTK_ACCESSIBLE_STATE_DISABLED,
                               busy || !gtk_widget_get_sensitive (GTK_WIDGET (self)), -1);
}

gboolean
gui_busy_button_get_busy (GuiBusyButton *self)
{
  g_return_val_if_fail (GUI_IS_BUSY_BUTTON (self), FALSE);

  return self->busy;
}
