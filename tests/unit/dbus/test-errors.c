#include "dbus/errors.h"

static void
test_names (void)
{
  for (int code = 0; code < BUS_N_ERRORS; code++) {
    g_autoptr (GError) error = g_error_new_literal (BUS_ERROR, code, "text");
    g_autoptr (GError) again = bus_error_new_for_name (bus_error_get_name (error), "text");

    g_assert_true (g_str_has_prefix (bus_error_get_name (error), "org.moneyrocket.Error."));
    g_assert_error (again, BUS_ERROR, code);
  }
}

static void
test_other_domains (void)
{
  g_autoptr (GError) disk = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "full");
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  g_autoptr (GError) other = g_error_new_literal (G_MARKUP_ERROR, 0, "other");
  g_autoptr (GError) unknown = bus_error_new_for_name ("org.example.Error", "text");

  g_assert_cmpstr (bus_error_get_name (disk), ==, "org.moneyrocket.Error.Storage");
  g_assert_cmpstr (bus_error_get_name (cancelled), ==, "org.moneyrocket.Error.Cancelled");
  g_assert_cmpstr (bus_error_get_name (other), ==, "org.moneyrocket.Error.Failed");
  g_assert_error (unknown, BUS_ERROR, BUS_ERROR_FAILED);
}

static void
test_strip (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (BUS_ERROR, !=, 0);
  error = g_dbus_error_new_for_dbus_error ("org.moneyrocket.Error.Rejected", "dust");
  g_assert_error (error, BUS_ERROR, BUS_ERROR_REJECTED);
  bus_error_strip (error);
  g_assert_cmpstr (error->message, ==, "dust");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/errors/names", test_names);
  g_test_add_func ("/dbus/errors/other-domains", test_other_domains);
  g_test_add_func ("/dbus/errors/strip", test_strip);
  return g_test_run ();
}
