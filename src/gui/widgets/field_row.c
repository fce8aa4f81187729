#include "gui/widgets/field_row.h"

#include "gui/widgets/css_class.h"

typedef struct {
  char *problem;
} GuiFieldRowPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (GuiFieldRow, gui_field_row, ADW_TYPE_ENTRY_ROW)

enum { PROP_PROBLEM = 1, N_PROPS };

static GParamSpec *props[N_PROPS];

static GuiFieldRowPrivate *
field_row_private (GuiFieldRow *self)
{
  return gui_field_row_get_instance_private (self);
}

void
gui_field_row_set_problem (GuiFieldRow *self, const char *problem)
{
  GuiFieldRowPrivate *priv;

  g_return_if_fail (GUI_IS_FIELD_ROW (self));

  priv = field_row_private (self);
  if (g_strcmp0 (priv->problem, problem) == 0)
    return;
  g_free (priv->problem);
  priv->problem = g_strdup (problem);
  gui_set_css_class (GTK_WIDGET (self), "error", problem != NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_INVALID,
                               problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  problem != NULL ? problem : "", -1);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROBLEM]);
}

const char *
gui_field_row_get_problem (GuiFieldRow *self)
{
  g_return_val_if_fail (GUI_IS_FIELD_ROW (self), NULL);
  return field_row_private (self)->problem;
}

static void
field_row_changed_cb (GuiFieldRow *self)
{
  gui_field_row_set_problem (self, NULL);
}

static void
gui_field_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PROBLEM)
    g_value_set_string (value, gui_field_row_get_problem (GUI_FIELD_ROW (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_field_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PROBLEM)
    gui_field_row_set_problem (GUI_FIELD_ROW (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_field_row_finalize (GObject *object)
{
  g_free (field_row_private (GUI_FIELD_ROW (object))->problem);
  G_OBJECT_CLASS (gui_field_row_parent_class)->finalize (object);
}

static void
gui_field_row_class_init (GuiFieldRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gui_field_row_get_property;
  object_class->set_property = gui_field_row_set_property;
  object_class->finalize = gui_field_row_finalize;
  props[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL,
                                             G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
gui_field_row_init (GuiFieldRow *self)
{
  g_signal_connect (self, "changed", G_CALLBACK (field_row_changed_cb), NULL);
}

/* The row below */

struct _GuiFieldError {
  AdwPreferencesRow parent_instance;

  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (GuiFieldError, gui_field_error, ADW_TYPE_PREFERENCES_ROW)

enum { PROP_FIELD = 1 };

static void
field_error_update (GuiFieldError *self, GParamSpec *pspec, GuiFieldRow *field)
{
  const char *problem = gui_field_row_get_problem (field);

  if (problem != NULL)
    gtk_label_set_text (self->label, problem);
  gtk_widget_set_visible (GTK_WIDGET (self), problem != NULL);
}

static void
gui_field_error_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GuiFieldRow *field = g_value_get_object (value);

  g_signal_connect_object (field, "notify::problem", G_CALLBACK (field_error_update), object, G_CONNECT_SWAPPED);
  field_error_update (GUI_FIELD_ERROR (object), NULL, field);
}

static void
gui_field_error_class_init (GuiFieldErrorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gui_field_error_set_property;
  g_object_class_install_property (
      object_class, PROP_FIELD,
      g_param_spec_object ("field", NULL, NULL, GUI_TYPE_FIELD_ROW, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
}

static void
gui_field_error_init (GuiFieldError *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  self->label = GTK_LABEL (label);
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_wrap (self->label, TRUE);
  gtk_widget_add_css_class (label, "field-error");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "error-row");
}
