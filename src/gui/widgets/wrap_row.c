#include "gui/widgets/wrap_row.h"

#include "gui/widgets/wrap_box.h"

/* The room that a text asks for, in characters; it uses more where there is more. */
#define TITLE_CHARS 24
#define SUBTITLE_CHARS 30

struct _GuiWrapRow {
  AdwPreferencesRow parent_instance;

  GtkWidget *box;
  GtkWidget *texts;
  GtkWidget *title;
  GtkWidget *subtitle;
};

static void gui_wrap_row_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GuiWrapRow,
                               gui_wrap_row,
                               ADW_TYPE_PREFERENCES_ROW,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, gui_wrap_row_buildable_init))

enum { PROP_SUBTITLE = 1 };

static void
wrap_row_set_text (GtkWidget *label, const char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL && *text != '\0');
}

static void
wrap_row_rename (GuiWrapRow *self)
{
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  const char *subtitle = gtk_label_get_text (GTK_LABEL (self->subtitle));
  g_autofree char *name = *subtitle != '\0' ? g_strdup_printf ("%s, %s", title, subtitle) : g_strdup (title);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
wrap_row_title_cb (GuiWrapRow *self)
{
  wrap_row_set_text (self->title, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  wrap_row_rename (self);
}

static void
gui_wrap_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, gtk_label_get_text (GTK_LABEL (GUI_WRAP_ROW (object)->subtitle)));
}

static void
gui_wrap_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  gui_wrap_row_set_subtitle (GUI_WRAP_ROW (object), g_value_get_string (value));
}

static void
gui_wrap_row_class_init (GuiWrapRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gui_wrap_row_get_property;
  object_class->set_property = gui_wrap_row_set_property;
  g_object_class_install_property (
      object_class, PROP_SUBTITLE,
      g_param_spec_string ("subtitle", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static GtkWidget *
wrap_row_label (GuiWrapRow *self, int chars)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), chars);
  gtk_widget_set_visible (label, FALSE);
  gtk_box_append (GTK_BOX (self->texts), label);
  return label;
}

static void
gui_wrap_row_init (GuiWrapRow *self)
{
  self->box = gui_wrap_box_new (9, 1);
  self->texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  gtk_widget_set_hexpand (self->texts, TRUE);
  gtk_widget_set_valign (self->texts, GTK_ALIGN_CENTER);
  self->title = wrap_row_label (self, TITLE_CHARS);
  self->subtitle = wrap_row_label (self, SUBTITLE_CHARS);
  gtk_widget_add_css_class (self->subtitle, "dim-label");
  gtk_widget_add_css_class (self->subtitle, "caption");
  gtk_widget_add_css_class (self->subtitle, "numeric");
  gui_wrap_box_append (GUI_WRAP_BOX (self->box), self->texts);
  gtk_widget_add_css_class (self->box, "wrap-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), self->box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  g_signal_connect (self, "notify::title", G_CALLBACK (wrap_row_title_cb), NULL);
}

static GtkBuildableIface *parent_buildable;

static void
gui_wrap_row_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  if (GTK_IS_WIDGET (child))
    gui_wrap_row_add_end (GUI_WRAP_ROW (buildable), GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
gui_wrap_row_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = gui_wrap_row_add_child;
}

GtkWidget *
gui_wrap_row_new (const char *title, const char *subtitle)
{
  return g_object_new (GUI_TYPE_WRAP_ROW, "title", title != NULL ? title : "", "subtitle", subtitle, NULL);
}

void
gui_wrap_row_set_subtitle (GuiWrapRow *self, const char *subtitle)
{
  g_return_if_fail (GUI_IS_WRAP_ROW (self));

  wrap_row_set_text (self->subtitle, subtitle);
  wrap_row_rename (self);
}

void
gui_wrap_row_add_text (GuiWrapRow *self, GtkWidget *text)
{
  g_return_if_fail (GUI_IS_WRAP_ROW (self));
  g_return_if_fail (GTK_IS_WIDGET (text));

  gtk_box_insert_child_after (GTK_BOX (self->texts), text, self->title);
}

void
gui_wrap_row_add_end (GuiWrapRow *self, GtkWidget *child)
{
  g_return_if_fail (GUI_IS_WRAP_ROW (self));
  g_return_if_fail (GTK_IS_WIDGET (child));

  gtk_widget_set_valign (child, GTK_ALIGN_CENTER);
  gui_wrap_box_append (GUI_WRAP_BOX (self->box), child);
}
