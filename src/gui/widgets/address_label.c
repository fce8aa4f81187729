#include "gui/widgets/address_label.h"

#include "gui/format.h"

#include <glib/gi18n.h>
#include <string.h>

/* Six groups of four on a line, less where there is no room. */
#define LINE_CHARS 29
#define LEAST_CHARS 9
#define GAP 6 /* before the button */

struct _GuiAddressLabel {
  GtkWidget parent_instance;

  char *address;
  GtkLabel *label;
  GtkWidget *button;
};

G_DEFINE_FINAL_TYPE (GuiAddressLabel, gui_address_label, GTK_TYPE_WIDGET)

enum { PROP_ADDRESS = 1, PROP_WITH_BUTTON, PROP_CENTERED, N_PROPS };

static GParamSpec *props[N_PROPS];

static void
address_label_copy_cb (GuiAddressLabel *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->address);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _ ("Address copied"));
}

/* What is selected is copied without the spaces between the groups. */
static void
address_label_copy_selected_cb (GtkLabel *label, GuiAddressLabel *self)
{
  const char *text = gtk_label_get_text (label);
  GString *copied;
  int start, end;

  g_signal_stop_emission_by_name (label, "copy-clipboard");
  if (!gtk_label_get_selection_bounds (label, &start, &end))
    return;
  copied = g_string_new_len (text + start, end - start);
  g_string_replace (copied, " ", "", 0);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), copied->str);
  g_string_free (copied, TRUE);
}

static void
address_label_set_button (GuiAddressLabel *self, gboolean with_button)
{
  gtk_widget_set_visible (self->button, with_button);
  gtk_label_set_selectable (self->label, !with_button);
}

static void
address_label_set_centered (GuiAddressLabel *self, gboolean centered)
{
  gtk_label_set_justify (self->label, centered ? GTK_JUSTIFY_CENTER : GTK_JUSTIFY_LEFT);
  gtk_label_set_xalign (self->label, centered ? 0.5f : 0);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static int
address_label_natural (GtkWidget *child, GtkOrientation orientation, int for_size)
{
  int natural;

  gtk_widget_measure (child, orientation, for_size, NULL, &natural, NULL, NULL);
  return natural;
}

/* The button with the gap before it. */
static int
address_label_button_width (GuiAddressLabel *self)
{
  return gtk_widget_get_visible (self->button)
             ? GAP + address_label_natural (self->button, GTK_ORIENTATION_HORIZONTAL, -1)
             : 0;
}

/* The width of a whole line, whatever the font is; that of the text if it is shorter. */
static int
address_label_line_width (GuiAddressLabel *self)
{
  g_autoptr (PangoLayout) layout = pango_layout_copy (gtk_label_get_layout (self->label));
  const char *text = gtk_label_get_text (self->label);
  int width;

  pango_layout_set_text (layout, text, (int) MIN (strlen (text), LINE_CHARS));
  pango_layout_set_width (layout, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return width + 1;
}

/* The text is never wider than a line is to be, however much room there is. */
static int
address_label_text_width (GuiAddressLabel *self, int width)
{
  int line = address_label_line_width (self);

  return width < 0 ? line : CLAMP (width - address_label_button_width (self), 0, line);
}

static void
gui_address_label_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  GuiAddressLabel *self = GUI_ADDRESS_LABEL (widget);
  GtkWidget *label = GTK_WIDGET (self->label);

  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    gtk_widget_measure (label, orientation, -1, minimum, NULL, NULL, NULL);
    *minimum += address_label_button_width (self);
    *natural = MAX (*minimum, address_label_line_width (self) + address_label_button_width (self));
    return;
  }
  *natural = address_label_natural (label, orientation, address_label_text_width (self, for_size));
  if (gtk_widget_get_visible (self->button))
    *natural = MAX (*natural, address_label_natural (self->button, orientation, -1));
  *minimum = *natural;
}

static void
gui_address_label_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GuiAddressLabel *self = GUI_ADDRESS_LABEL (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int text = address_label_text_width (self, width), button = address_label_button_width (self);
  int x = gtk_label_get_justify (self->label) == GTK_JUSTIFY_CENTER ? (width - text - button) / 2 : 0;
  int lines = address_label_natural (GTK_WIDGET (self->label), GTK_ORIENTATION_VERTICAL, text);
  GtkAllocation at = { rtl ? width - x - text : x, (height - lines) / 2, text, lines };

  gtk_widget_size_allocate (GTK_WIDGET (self->label), &at, -1);
  if (button == 0)
    return;
  at = (GtkAllocation){ rtl ? width - x - text - button : x + text + GAP, 0, button - GAP, height };
  gtk_widget_size_allocate (self->button, &at, -1);
}

static GtkSizeRequestMode
gui_address_label_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
gui_address_label_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GuiAddressLabel *self = GUI_ADDRESS_LABEL (object);

  if (id == PROP_ADDRESS)
    g_value_set_string (value, self->address);
  else if (id == PROP_WITH_BUTTON)
    g_value_set_boolean (value, gtk_widget_get_visible (self->button));
  else if (id == PROP_CENTERED)
    g_value_set_boolean (value, gtk_label_get_justify (self->label) == GTK_JUSTIFY_CENTER);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_address_label_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GuiAddressLabel *self = GUI_ADDRESS_LABEL (object);

  if (id == PROP_ADDRESS)
    gui_address_label_set_address (self, g_value_get_string (value));
  else if (id == PROP_WITH_BUTTON)
    address_label_set_button (self, g_value_get_boolean (value));
  else if (id == PROP_CENTERED)
    address_label_set_centered (self, g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gui_address_label_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (gui_address_label_parent_class)->dispose (object);
}

static void
gui_address_label_finalize (GObject *object)
{
  g_free (GUI_ADDRESS_LABEL (object)->address);
  G_OBJECT_CLASS (gui_address_label_parent_class)->finalize (object);
}

static void
gui_address_label_class_init (GuiAddressLabelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = gui_address_label_get_property;
  object_class->set_property = gui_address_label_set_property;
  object_class->dispose = gui_address_label_dispose;
  object_class->finalize = gui_address_label_finalize;
  props[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, flags);
  props[PROP_WITH_BUTTON] = g_param_spec_boolean ("with-button", NULL, NULL, TRUE, flags);
  props[PROP_CENTERED] = g_param_spec_boolean ("centered", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  widget_class->measure = gui_address_label_measure;
  widget_class->size_allocate = gui_address_label_size_allocate;
  widget_class->get_request_mode = gui_address_label_get_request_mode;
  gtk_widget_class_set_css_name (widget_class, "addresslabel");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
address_label_new_button (GuiAddressLabel *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  gtk_widget_set_tooltip_text (button, _ ("Copy the address"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", G_CALLBACK (address_label_copy_cb), self, G_CONNECT_SWAPPED);
  return button;
}

static void
gui_address_label_init (GuiAddressLabel *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  self->label = GTK_LABEL (label);
  gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
  gtk_label_set_wrap (self->label, TRUE);
  gtk_label_set_width_chars (self->label, LEAST_CHARS);
  gtk_widget_add_css_class (label, "address");
  g_signal_connect_object (label, "copy-clipboard", G_CALLBACK (address_label_copy_selected_cb), self, 0);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  self->button = address_label_new_button (self);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  address_label_set_button (self, TRUE);
  address_label_set_centered (self, FALSE);
  gui_address_label_set_address (self, NULL);
}

GtkWidget *
gui_address_label_new (const char *address)
{
  return g_object_new (GUI_TYPE_ADDRESS_LABEL, "address", address, NULL);
}

void
gui_address_label_set_address (GuiAddressLabel *self, const char *address)
{
  g_autofree char *grouped = NULL, *shortened = NULL, *name = NULL;

  g_return_if_fail (GUI_IS_ADDRESS_LABEL (self));

  g_free (self->address);
  self->address = g_strdup (address != NULL ? address : "");
  grouped = gui_format_address (self->address);
  shortened = gui_format_address_short (self->address);
  /* Translators: %s is a shortened address. */
  name = g_strdup_printf (_ ("Copy the address %s"), shortened);
  gtk_label_set_text (self->label, grouped);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
