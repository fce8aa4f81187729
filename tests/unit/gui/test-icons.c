/* Every icon of ours can be loaded: GTK needs an SVG loader from a separate package, without which the application
 * shows missing-image icons everywhere. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

#define ICONS "/org/moneyrocket/Moneyrocket/icons"

/* Loads all icons below FOLDER, and returns their number. */
static guint
load_folder (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = g_resources_enumerate_children (folder, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  guint count = 0;

  g_assert_no_error (error);
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *path = g_build_path ("/", folder, names[i], NULL);
    g_autoptr (GdkPixbuf) picture = NULL;

    if (g_str_has_suffix (names[i], "/")) {
      count += load_folder (path);
      continue;
    }
    picture = gdk_pixbuf_new_from_resource (path, &error);
    g_assert_no_error (error);
    g_assert_cmpint (gdk_pixbuf_get_width (picture), >, 0);
    count++;
  }
  return count;
}

static void
test_icons_load (void)
{
  g_assert_cmpuint (load_folder (ICONS), >=, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/icons/load", test_icons_load);
  return g_test_run ();
}
