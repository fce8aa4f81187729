#include "gui/send/used_coins.h"

#include "gui/widgets/amount_label.h"
#include "gui/widgets/names.h"

#include <glib/gi18n.h>

struct _GuiUsedCoins {
  AdwPreferencesGroup parent_instance;

  gint64 sat;

  GtkSwitch *toggle;
  GuiAmountLabel *amount;
};

G_DEFINE_FINAL_TYPE (GuiUsedCoins, gui_used_coins, ADW_TYPE_PREFERENCES_GROUP)

enum { PROP_CHOSEN = 1, N_PROPS };

static GParamSpec *props[N_PROPS];

static void
on_used_toggled (GuiUsedCoins *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CHOSEN]);
}

void
gui_used_coins_set_amount (GuiUsedCoins *self, gint64 sat)
{
  g_return_if_fail (GUI_IS_USED_COINS (self));

  self->sat = sat;
  gui_amount_label_set_amount (self->amount, sat);
  gtk_widget_set_visible (GTK_WIDGET (self), sat > 0);
}

gint64
gui_used_coins_get_chosen_sat (GuiUsedCoins *self)
{
  return gui_used_coins_get_chosen (self) ? self->sat : 0;
}

gboolean
gui_used_coins_get_chosen (GuiUsedCoins *self)
{
  g_return_val_if_fail (GUI_IS_USED_COINS (self), FALSE);
  return gtk_switch_get_active (self->toggle);
}

void
gui_used_coins_set_chosen (GuiUsedCoins *self, gboolean chosen)
{
  g_return_if_fail (GUI_IS_USED_COINS (self));
  gtk_switch_set_active (self->toggle, chosen);
}

static void
gui_used_coins_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHOSEN)
    g_value_set_boolean (value, gui_used_coins_get_chosen (GUI_USED_COINS (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_used_coins_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHOSEN)
    gui_used_coins_set_chosen (GUI_USED_COINS (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_used_coins_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GUI_TYPE_USED_COINS);
  G_OBJECT_CLASS (gui_used_coins_parent_class)->dispose (object);
}

static void
gui_used_coins_class_init (GuiUsedCoinsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = gui_used_coins_get_property;
  object_class->set_property = gui_used_coins_set_property;
  object_class->dispose = gui_used_coins_dispose;
  props[PROP_CHOSEN] = g_param_spec_boolean ("chosen", NULL, NULL, FALSE,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (GUI_TYPE_AMOUNT_LABEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/moneyrocket/Moneyrocket/send/used_coins.ui");
  gtk_widget_class_bind_template_child (widget_class, GuiUsedCoins, toggle);
  gtk_widget_class_bind_template_child (widget_class, GuiUsedCoins, amount);
  gtk_widget_class_bind_template_callback (widget_class, on_used_toggled);
}

static void
gui_used_coins_init (GuiUsedCoins *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gui_name_lists (GTK_WIDGET (self), _ ("Coins set aside"));
}
