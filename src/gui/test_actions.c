#include "gui/test_actions.h"

#include "common/log.h"

#include <adwaita.h>
#include <glib/gstdio.h>

/* The number of frames before a screenshot is taken: one for the pending layout, a second one for its consequences,
 * such as a fold. */
#define SCREENSHOT_FRAMES 4
#define USUAL_DPI (96 * 1024)

typedef struct {
  char *path;
  guint frames;
} Screenshot;

static void
screenshot_free (gpointer data)
{
  Screenshot *screenshot = data;

  g_free (screenshot->path);
  g_free (screenshot);
}

static GdkTexture *
take_screenshot (GtkWidget *window)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  int width = gdk_paintable_get_intrinsic_width (paintable), height = gdk_paintable_get_intrinsic_height (paintable);

  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), width, height);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  return node != NULL ? gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                                     &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height))
                      : NULL;
}

/* Written atomically, for the process that waits for it. */
static gboolean
screenshot_cb (GtkWidget *window, GdkFrameClock *clock, gpointer data)
{
  Screenshot *screenshot = data;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *part = NULL;

  if (screenshot->frames++ < SCREENSHOT_FRAMES)
    return G_SOURCE_CONTINUE;
  texture = take_screenshot (window);
  /* A window that is just being laid out has no contents until the next frame. */
  if (texture == NULL)
    return G_SOURCE_CONTINUE;
  part = g_strconcat (screenshot->path, ".part", NULL);
  if (!gdk_texture_save_to_png (texture, part) || g_rename (part, screenshot->path) != 0)
    common_warn ("The screenshot could not be written.");
  return G_SOURCE_REMOVE;
}

static void
screenshot_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Screenshot *screenshot = g_new0 (Screenshot, 1);

  screenshot->path = g_variant_dup_string (parameter, NULL);
  gtk_widget_add_tick_callback (data, screenshot_cb, screenshot, screenshot_free);
}

static void
resize_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  int width, height;

  g_variant_get (parameter, "(ii)", &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (data), width, height);
}

static void
color_scheme_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gboolean dark = g_str_equal (g_variant_get_string (parameter, NULL), "dark");

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
}

static void
direction_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gboolean rtl = g_str_equal (g_variant_get_string (parameter, NULL), "rtl");

  gtk_widget_set_default_direction (rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
}

/* The visible scrolled window below WIDGET that has something to scroll; the last one if there are several. NULL: none. */
static GtkAdjustment *
find_scrolled (GtkWidget *widget)
{
  GtkAdjustment *found = NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (GTK_IS_SCROLLED_WINDOW (widget)) {
    GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (widget));

    if (gtk_adjustment_get_upper (place) > gtk_adjustment_get_page_size (place))
      found = place;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkAdjustment *inside = find_scrolled (child);

    found = inside != NULL ? inside : found;
  }
  return found;
}

/* Writes the place of the scroll bar, the length of the page and that of the whole to a file. */
static void
scroll_bar_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkAdjustment *place = find_scrolled (GTK_WIDGET (data));
  g_autofree char *text = NULL;

  if (place == NULL)
    return;
  text = g_strdup_printf ("%.0f %.0f %.0f\n", gtk_adjustment_get_value (place), gtk_adjustment_get_page_size (place),
                          gtk_adjustment_get_upper (place));
  if (!g_file_set_contents (g_variant_get_string (parameter, NULL), text, -1, NULL))
    common_warn ("The place of the scroll bar could not be written.");
}

/* Moves the scroll bar to a fraction of the whole. */
static void
scroll_to_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkAdjustment *place = find_scrolled (GTK_WIDGET (data));

  if (place != NULL)
    gtk_adjustment_set_value (place, g_variant_get_double (parameter) * gtk_adjustment_get_upper (place));
}

/* Appends the texts of the visible labels below WIDGET that end in an ellipsis, one a line. */
static void
add_cut_texts (GtkWidget *widget, GString *texts)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget) && pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget))))
    g_string_append_printf (texts, "%s\n", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_cut_texts (child, texts);
}

/* Writes the width of the window, and the texts that are cut, to a file. */
static void
layout_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GString) texts = g_string_new (NULL);

  g_string_printf (texts, "%d\n", gtk_widget_get_width (GTK_WIDGET (data)));
  add_cut_texts (GTK_WIDGET (data), texts);
  if (!g_file_set_contents (g_variant_get_string (parameter, NULL), texts->str, -1, NULL))
    common_warn ("The layout could not be written.");
}

/* As the desktop's setting of the size of text. */
static void
text_scale_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int) (g_variant_get_double (parameter) * USUAL_DPI), NULL);
}

/* The type of what has the focus, and its label or the title of the field that it is in. Empty: nothing that can be used. */
static char *
focus_describe (GtkWidget *focus)
{
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, ADW_TYPE_PREFERENCES_ROW) : NULL;
  const char *name = row != NULL ? adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)) : "";

  if (focus == NULL || !gtk_widget_get_mapped (focus) || !gtk_widget_is_sensitive (focus))
    return g_strdup ("");
  if (GTK_IS_BUTTON (focus))
    name = gtk_button_get_label (GTK_BUTTON (focus)) != NULL ? gtk_button_get_label (GTK_BUTTON (focus))
                                                             : gtk_widget_get_tooltip_text (focus);
  return g_strdup_printf ("%s %s", G_OBJECT_TYPE_NAME (focus), name != NULL ? name : "");
}

/* WINDOW, or the dialog above it. */
static GtkWindow *
find_dialog (GtkWindow *window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *item = windows; item != NULL; item = item->next)
    if (gtk_widget_get_mapped (item->data) && gtk_window_get_transient_for (item->data) == window)
      return item->data;
  return window;
}

/* Writes what has the focus, in a dialog if there is one, to a file. */
static void
focus_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree char *text = focus_describe (gtk_window_get_focus (find_dialog (data)));

  if (!g_file_set_contents (g_variant_get_string (parameter, NULL), text, -1, NULL))
    common_warn ("What has the focus could not be written.");
}

/* Moves the focus to what is at a place in the window, as the Tab key would after some presses. */
static void
focus_at_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  double x, y;
  GtkWidget *widget;

  g_variant_get (parameter, "(dd)", &x, &y);
  for (widget = gtk_widget_pick (data, x, y, GTK_PICK_INSENSITIVE); widget != NULL && !gtk_widget_grab_focus (widget);
       widget = gtk_widget_get_parent (widget))
    ;
}

static void
test_page_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "win.page", "s", g_variant_get_string (parameter, NULL));
}

static void
test_preferences_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "win.preferences", NULL);
}

void
gui_test_actions_add (GApplication *app, GtkWindow *window)
{
  static const GActionEntry entries[] = {
    { .name = "screenshot", .activate = screenshot_action, .parameter_type = "s" },
    { .name = "resize", .activate = resize_action, .parameter_type = "(ii)" },
    { .name = "color-scheme", .activate = color_scheme_action, .parameter_type = "s" },
    { .name = "direction", .activate = direction_action, .parameter_type = "s" },
    { .name = "focus", .activate = focus_action, .parameter_type = "s" },
    { .name = "focus-at", .activate = focus_at_action, .parameter_type = "(dd)" },
    { .name = "page", .activate = test_page_action, .parameter_type = "s" },
    { .name = "preferences", .activate = test_preferences_action },
    { .name = "layout", .activate = layout_action, .parameter_type = "s" },
    { .name = "text-scale", .activate = text_scale_action, .parameter_type = "d" },
    { .name = "scroll-bar", .activate = scroll_bar_action, .parameter_type = "s" },
    { .name = "scroll-to", .activate = scroll_to_action, .parameter_type = "d" },
  };

  g_return_if_fail (G_IS_APPLICATION (app));
  g_return_if_fail (GTK_IS_WINDOW (window));

  if (g_getenv ("MONEYROCKET_GUI_TESTS") != NULL)
    g_action_map_add_action_entries (G_ACTION_MAP (app), entries, G_N_ELEMENTS (entries), window);
}
