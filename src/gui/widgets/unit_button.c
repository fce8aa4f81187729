#include "gui/widgets/unit_button.h"

#include "gui/format.h"

#include <glib/gi18n.h>

struct _GuiUnitButton {
  GtkWidget parent_instance;

  GtkWidget *button;
  GuiUnit unit;
};

G_DEFINE_FINAL_TYPE (GuiUnitButton, gui_unit_button, GTK_TYPE_WIDGET)

enum { PROP_UNIT = 1, N_PROPS };

static GParamSpec *props[N_PROPS];

static void
unit_button_update (GuiUnitButton *self)
{
  g_autofree char *name = g_strdup_printf (_ ("Unit: %s. Change it"), gui_unit_name (self->unit));

  gtk_button_set_label (GTK_BUTTON (self->button), gui_unit_name (self->unit));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
clicked_cb (GtkButton *button, GuiUnitButton *self)
{
  gui_unit_button_set_unit (self, self->unit == GUI_UNIT_BTC ? GUI_UNIT_SAT : GUI_UNIT_BTC);
}

static void
gui_unit_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_UNIT)
    g_value_set_int (value, (int) GUI_UNIT_BUTTON (object)->unit);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_unit_button_dispose (GObject *object)
{
  g_clear_pointer (&GUI_UNIT_BUTTON (object)->button, gtk_widget_unparent);
  G_OBJECT_CLASS (gui_unit_button_parent_class)->dispose (object);
}

static void
gui_unit_button_class_init (GuiUnitButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gui_unit_button_dispose;
  object_class->get_property = gui_unit_button_get_property;
  props[PROP_UNIT] = g_param_spec_int ("unit", NULL, NULL, GUI_UNIT_BTC, GUI_UNIT_SAT, GUI_UNIT_BTC, G_PARAM_READABLE);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
gui_unit_button_init (GuiUnitButton *self)
{
  self->unit = gui_prefs_get_unit (gui_prefs_get_default ());
  self->button = gtk_button_new ();
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_set_tooltip_text (self->button, _ ("Change the unit"));
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  g_signal_connect (self->button, "clicked", G_CALLBACK (clicked_cb), self);
  unit_button_update (self);
}

GuiUnit
gui_unit_button_get_unit (GuiUnitButton *self)
{
  g_return_val_if_fail (GUI_IS_UNIT_BUTTON (self), GUI_UNIT_BTC);
  return self->unit;
}

void
gui_unit_button_set_unit (GuiUnitButton *self, GuiUnit unit)
{
  g_return_if_fail (GUI_IS_UNIT_BUTTON (self));

  if (self->unit == unit)
    return;
  self->unit = unit;
  unit_button_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNIT]);
}
