#include "gui/widgets/amount_label.h"

#include "gui/format.h"
#include "gui/prefs.h"

#include <glib/gi18n.h>
#include <math.h>

struct _GuiAmountLabel {
  GtkWidget parent_instance;

  GtkLabel *label;
  gint64 sat;
  gboolean unknown;
  gboolean with_sign;
  gboolean always_shown;
  gboolean can_shrink;
  char *format;
};

#define HIDDEN "••••••"
#define UNKNOWN "…"

G_DEFINE_FINAL_TYPE (GuiAmountLabel, gui_amount_label, GTK_TYPE_WIDGET)

enum { PROP_ALWAYS_SHOWN = 1, PROP_CAN_SHRINK };

/* A figure that can shrink does so down to this part of its size. */
#define LEAST_SCALE 0.5

char *
gui_amount_dup_for_small_type (const char *text)
{
  GString *wide = g_string_new (text);

  g_string_replace (wide, GUI_GROUP_SPACE, "\u00a0", 0);
  return g_string_free (wide, FALSE);
}

static void
amount_label_update (GuiAmountLabel *self)
{
  GuiPrefs *prefs = gui_prefs_get_default ();
  GuiUnit unit = gui_prefs_get_unit (prefs);
  g_autofree char *amount = NULL;
  GString *text;

  if (gui_prefs_get_hide_amounts (prefs) && !self->always_shown)
    amount = g_strdup_printf (HIDDEN "\u00a0%s", gui_unit_name (unit));
  else if (self->unknown)
    amount = g_strdup_printf (UNKNOWN "\u00a0%s", gui_unit_name (unit));
  else
    amount = gui_format_amount (self->sat, unit, self->with_sign);
  if (gtk_widget_has_css_class (GTK_WIDGET (self), "caption")) {
    char *narrow = g_steal_pointer (&amount);

    amount = gui_amount_dup_for_small_type (narrow);
    g_free (narrow);
  }
  text = g_string_new (self->format != NULL ? self->format : "%s");
  g_string_replace (text, "%s", amount, 1);
  gtk_label_set_text (self->label, text->str);
  g_string_free (text, TRUE);
}

static void
gui_amount_label_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GuiAmountLabel *self = GUI_AMOUNT_LABEL (object);

  if (id == PROP_ALWAYS_SHOWN)
    self->always_shown = g_value_get_boolean (value);
  else
    self->can_shrink = g_value_get_boolean (value);
  amount_label_update (self);
}

/* The size of the figure where it has all the room that it needs. */
static int
amount_label_natural (GuiAmountLabel *self, GtkOrientation orientation, int for_size)
{
  int natural;

  gtk_widget_measure (GTK_WIDGET (self->label), orientation, for_size, NULL, &natural, NULL, NULL);
  return natural;
}

/* By how much the figure is scaled where it has WIDTH. */
static double
amount_label_scale (GuiAmountLabel *self, int width)
{
  int natural = amount_label_natural (self, GTK_ORIENTATION_HORIZONTAL, -1);

  return width >= 0 && width < natural ? (double) width / natural : 1;
}

static void
gui_amount_label_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  GuiAmountLabel *self = GUI_AMOUNT_LABEL (widget);

  if (!self->can_shrink) {
    gtk_widget_measure (GTK_WIDGET (self->label), orientation, for_size, minimum, natural, minimum_baseline,
                        natural_baseline);
  } else if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *natural = amount_label_natural (self, orientation, -1);
    *minimum = (int) ceil (*natural * LEAST_SCALE);
  } else {
    *natural = amount_label_natural (self, orientation, -1);
    *minimum = *natural = (int) ceil (*natural * amount_label_scale (self, for_size));
  }
}

static void
gui_amount_label_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GuiAmountLabel *self = GUI_AMOUNT_LABEL (widget);
  float scale = self->can_shrink ? (float) amount_label_scale (self, width) : 1;
  GskTransform *transform = scale < 1 ? gsk_transform_scale (NULL, scale, scale) : NULL;

  if (transform != NULL) {
    width = amount_label_natural (self, GTK_ORIENTATION_HORIZONTAL, -1);
    height = MAX ((int) ((float) height / scale), amount_label_natural (self, GTK_ORIENTATION_VERTICAL, -1));
    baseline = -1;
  }
  gtk_widget_allocate (GTK_WIDGET (self->label), width, height, baseline, transform);
}

static GtkSizeRequestMode
gui_amount_label_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
gui_amount_label_dispose (GObject *object)
{
  GuiAmountLabel *self = GUI_AMOUNT_LABEL (object);

  if (self->label != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->label));
  self->label = NULL;

  G_OBJECT_CLASS (gui_amount_label_parent_class)->dispose (object);
}

static void
gui_amount_label_finalize (GObject *object)
{
  g_free (GUI_AMOUNT_LABEL (object)->format);
  G_OBJECT_CLASS (gui_amount_label_parent_class)->finalize (object);
}

static void
gui_amount_label_class_init (GuiAmountLabelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_amount_label_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_amount_label_finalize;
  G_OBJECT_CLASS (klass)->set_property = gui_amount_label_set_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_ALWAYS_SHOWN,
      g_param_spec_boolean ("always-shown", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), PROP_CAN_SHRINK,
      g_param_spec_boolean ("can-shrink", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));

  GTK_WIDGET_CLASS (klass)->measure = gui_amount_label_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = gui_amount_label_size_allocate;
  GTK_WIDGET_CLASS (klass)->get_request_mode = gui_amount_label_get_request_mode;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "amount");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
gui_amount_label_init (GuiAmountLabel *self)
{
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "numeric");
  gtk_widget_set_parent (GTK_WIDGET (self->label), GTK_WIDGET (self));
  g_signal_connect_object (gui_prefs_get_default (), "changed", G_CALLBACK (amount_label_update), self,
                           G_CONNECT_SWAPPED);
  amount_label_update (self);
}

GtkWidget *
gui_amount_label_new (gint64 sat)
{
  GuiAmountLabel *self = g_object_new (GUI_TYPE_AMOUNT_LABEL, NULL);

  gui_amount_label_set_amount (self, sat);
  return GTK_WIDGET (self);
}

void
gui_amount_label_set_amount (GuiAmountLabel *self, gint64 sat)
{
  g_return_if_fail (GUI_IS_AMOUNT_LABEL (self));

  self->sat = sat;
  amount_label_update (self);
}

void
gui_amount_label_set_known (GuiAmountLabel *self, gboolean known)
{
  g_return_if_fail (GUI_IS_AMOUNT_LABEL (self));

  self->unknown = !known;
  amount_label_update (self);
}

void
gui_amount_label_set_with_sign (GuiAmountLabel *self, gboolean with_sign)
{
  g_return_if_fail (GUI_IS_AMOUNT_LABEL (self));

  self->with_sign = with_sign;
  amount_label_update (self);
}

void
gui_amount_label_set_format (GuiAmountLabel *self, const char *format)
{
  g_return_if_fail (GUI_IS_AMOUNT_LABEL (self));

  g_free (self->format);
  self->format = g_strdup (format);
  /* A sentence may wrap; the figure in it has no-break spaces. */
  gtk_label_set_wrap (self->label, format != NULL);
  gtk_label_set_justify (self->label, GTK_JUSTIFY_CENTER);
  amount_label_update (self);
}

void
gui_amount_label_align_start (GuiAmountLabel *self)
{
  g_return_if_fail (GUI_IS_AMOUNT_LABEL (self));

  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_justify (self->label, GTK_JUSTIFY_LEFT);
}

const char *
gui_amount_label_get_text (GuiAmountLabel *self)
{
  g_return_val_if_fail (GUI_IS_AMOUNT_LABEL (self), NULL);

  return gtk_label_get_text (self->label);
}

char *
gui_amount_label_dup_text (gint64 sat, gboolean with_unit)
{
  GuiPrefs *prefs = gui_prefs_get_default ();
  GuiUnit unit = gui_prefs_get_unit (prefs);

  if (gui_prefs_get_hide_amounts (prefs))
    return g_strdup (HIDDEN);
  return with_unit ? gui_format_amount (sat, unit, FALSE) : gui_format_amount_bare (sat, unit, FALSE);
}
