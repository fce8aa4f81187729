#include "gui/widgets/amount_row.h"

#include "gui/amount_text.h"
#include "gui/format.h"
#include "gui/widgets/unit_button.h"

#include <glib/gi18n.h>

struct _GuiAmountRow {
  GuiFieldRow parent_instance;

  GuiUnitButton *unit_button;
  GuiUnit unit;      /* of the text */
  GuiUnit preferred; /* followed by a field without text */
  GtkToggleButton *max_button;
  char *title;   /* while Max is not chosen */
  char *entered; /* before Max was chosen */
};

G_DEFINE_FINAL_TYPE (GuiAmountRow, gui_amount_row, GUI_TYPE_FIELD_ROW)

enum { PROP_WITH_MAX = 1, PROP_MAX, N_PROPS };

static GParamSpec *props[N_PROPS];

static void
amount_row_write (GuiAmountRow *self, gint64 sat)
{
  g_autofree char *text = gui_format_amount_bare (sat, self->unit, FALSE);

  gtk_editable_set_text (GTK_EDITABLE (self), text);
}

/* What cannot be converted stays as it is, and is called wrong when it is read. */
static void
amount_row_unit_cb (GuiAmountRow *self)
{
  GuiUnit old = self->unit;
  const char *why;
  gint64 sat;

  self->unit = gui_unit_button_get_unit (self->unit_button);
  if (gui_parse_amount_in (gtk_editable_get_text (GTK_EDITABLE (self)), old, gui_locale_has_comma (), &sat, &why))
    amount_row_write (self, sat);
}

static void
amount_row_follow_preference (GuiAmountRow *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self)) == '\0' && !gui_amount_row_get_max (self))
    gui_unit_button_set_unit (self->unit_button, self->preferred);
}

static void
amount_row_prefs_cb (GuiAmountRow *self)
{
  GuiUnit preferred = gui_prefs_get_unit (gui_prefs_get_default ());

  if (self->preferred == preferred)
    return;
  self->preferred = preferred;
  amount_row_follow_preference (self);
}

static void
amount_row_max_cb (GuiAmountRow *self)
{
  gboolean max = gtk_toggle_button_get_active (self->max_button);

  if (max) {
    g_free (self->title);
    self->title = g_strdup (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
    g_free (self->entered);
    self->entered = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self)));
    gui_field_row_set_problem (GUI_FIELD_ROW (self), NULL);
  }
  gtk_editable_set_text (GTK_EDITABLE (self), max ? "" : self->entered);
  gtk_editable_set_editable (GTK_EDITABLE (self), !max);
  gtk_widget_set_sensitive (GTK_WIDGET (self->unit_button), !max);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 max ? _ ("The whole balance, minus the fee") : self->title);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX]);
}

gboolean
gui_amount_row_peek (GuiAmountRow *self, gint64 *sat)
{
  const char *why;

  g_return_val_if_fail (GUI_IS_AMOUNT_ROW (self), FALSE);

  return gui_parse_amount (gtk_editable_get_text (GTK_EDITABLE (self)), self->unit, sat, &why);
}

gboolean
gui_amount_row_read (GuiAmountRow *self, gint64 *sat)
{
  const char *why;

  g_return_val_if_fail (GUI_IS_AMOUNT_ROW (self), FALSE);

  if (gui_parse_amount (gtk_editable_get_text (GTK_EDITABLE (self)), self->unit, sat, &why))
    return TRUE;
  gui_field_row_set_problem (GUI_FIELD_ROW (self), why);
  return FALSE;
}

void
gui_amount_row_set_amount (GuiAmountRow *self, gint64 sat)
{
  g_return_if_fail (GUI_IS_AMOUNT_ROW (self));

  gui_amount_row_set_max (self, FALSE);
  if (sat >= 0)
    amount_row_write (self, sat);
  else
    gtk_editable_set_text (GTK_EDITABLE (self), "");
  amount_row_follow_preference (self);
}

void
gui_amount_row_set_with_max (GuiAmountRow *self, gboolean with_max)
{
  g_return_if_fail (GUI_IS_AMOUNT_ROW (self));

  if (!with_max)
    gui_amount_row_set_max (self, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->max_button), with_max);
}

void
gui_amount_row_set_max (GuiAmountRow *self, gboolean max)
{
  g_return_if_fail (GUI_IS_AMOUNT_ROW (self));
  gtk_toggle_button_set_active (self->max_button, max);
}

gboolean
gui_amount_row_get_max (GuiAmountRow *self)
{
  g_return_val_if_fail (GUI_IS_AMOUNT_ROW (self), FALSE);
  return gtk_toggle_button_get_active (self->max_button);
}

static void
gui_amount_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GuiAmountRow *self = GUI_AMOUNT_ROW (object);

  if (id == PROP_MAX)
    g_value_set_boolean (value, gui_amount_row_get_max (self));
  else if (id == PROP_WITH_MAX)
    g_value_set_boolean (value, gtk_widget_get_visible (GTK_WIDGET (self->max_button)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_amount_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_MAX)
    gui_amount_row_set_max (GUI_AMOUNT_ROW (object), g_value_get_boolean (value));
  else if (id == PROP_WITH_MAX)
    gui_amount_row_set_with_max (GUI_AMOUNT_ROW (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_amount_row_finalize (GObject *object)
{
  g_free (GUI_AMOUNT_ROW (object)->title);
  g_free (GUI_AMOUNT_ROW (object)->entered);
  G_OBJECT_CLASS (gui_amount_row_parent_class)->finalize (object);
}

static void
gui_amount_row_class_init (GuiAmountRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gui_amount_row_get_property;
  object_class->set_property = gui_amount_row_set_property;
  object_class->finalize = gui_amount_row_finalize;
  props[PROP_WITH_MAX]
      = g_param_spec_boolean ("with-max", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_MAX] = g_param_spec_boolean ("max", NULL, NULL, FALSE,
                                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static GtkToggleButton *
amount_row_max_button (void)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (_ ("Max"));

  gtk_widget_set_tooltip_text (button, _ ("Send the whole balance"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (button, FALSE);
  gtk_widget_add_css_class (button, "flat");
  return GTK_TOGGLE_BUTTON (button);
}

static void
gui_amount_row_init (GuiAmountRow *self)
{
  self->unit_button = g_object_new (GUI_TYPE_UNIT_BUTTON, "valign", GTK_ALIGN_CENTER, NULL);
  self->unit = self->preferred = gui_unit_button_get_unit (self->unit_button);
  self->max_button = amount_row_max_button ();
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), GTK_WIDGET (self->unit_button));
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), GTK_WIDGET (self->max_button));
  gtk_text_set_input_purpose (GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (self))), GTK_INPUT_PURPOSE_NUMBER);
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (amount_row_prefs_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->unit_button, "notify::unit", G_CALLBACK (amount_row_unit_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->max_button, "toggled", G_CALLBACK (amount_row_max_cb), self, G_CONNECT_SWAPPED);
}
