#include "dbus/memfd.h"

#include <sys/mman.h>
#include <unistd.h>

#include "dbus/errors.h"

static void
test_round_trip (void)
{
  const guint8 data[] = { 1, 2, 3, 0, 5 };
  int fd = bus_memfd_new (data, sizeof data, NULL);
  g_autoptr (GBytes) bytes = NULL;

  g_assert_cmpint (fd, >=, 0);
  bytes = bus_memfd_map (fd, 5, NULL);
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, sizeof data);
  /* The seals apply to the creator, too. */
  g_assert_cmpint (write (fd, "x", 1), ==, -1);
  g_assert_cmpint (ftruncate (fd, 0), ==, -1);
  close (fd);
}

static void
test_empty (void)
{
  int fd = bus_memfd_new (NULL, 0, NULL);
  g_autoptr (GBytes) bytes = bus_memfd_map (fd, 0, NULL);

  g_assert_nonnull (bytes);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  close (fd);
}

static void
test_too_long (void)
{
  g_autoptr (GError) error = NULL;
  int fd = bus_memfd_new ((const guint8 *) "123456", 6, NULL);

  g_assert_null (bus_memfd_map (fd, 5, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED);
  close (fd);
}

static void
test_not_sealed (void)
{
  g_autoptr (GError) error = NULL;
  int fd = memfd_create ("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  int pipes[2];

  g_assert_null (bus_memfd_map (fd, 100, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT);
  close (fd);
  g_clear_error (&error);
  g_assert_cmpint (pipe (pipes), ==, 0);
  g_assert_null (bus_memfd_map (pipes[0], 100, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT);
  close (pipes[0]);
  close (pipes[1]);
}

static void
test_no_handle (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();

  g_assert_null (bus_memfd_map_handle (NULL, 0, 100, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (bus_memfd_map_handle (fds, 0, 100, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbus/memfd/round-trip", test_round_trip);
  g_test_add_func ("/dbus/memfd/empty", test_empty);
  g_test_add_func ("/dbus/memfd/too-long", test_too_long);
  g_test_add_func ("/dbus/memfd/not-sealed", test_not_sealed);
  g_test_add_func ("/dbus/memfd/no-handle", test_no_handle);
  return g_test_run ();
}
