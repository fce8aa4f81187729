/* The lists of paired programs and their file: pairings.c, pairings_text.c. */
#include "dbus/pairings.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "dbus/errors.h"

#define ADDRESS "tls:[::1]:8433"

typedef struct {
  char *folder, *path;
  BusPairings *pairings;
} Fixture;

static BusPairings *
fixture_load (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  BusPairings *pairings = bus_pairings_load (fixture->folder, "node", &error);

  g_assert_no_error (error);
  return pairings;
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("pairings-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "node-pairings.conf", NULL);
  fixture->pairings = fixture_load (fixture);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  bus_pairings_free (fixture->pairings);
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
fixture_reload (Fixture *fixture)
{
  bus_pairings_free (fixture->pairings);
  fixture->pairings = fixture_load (fixture);
}

/* The fingerprint number N. */
static const guint8 *
print_of (guint n)
{
  static guint8 fingerprint32[32];

  memset (fingerprint32, 7, 32);
  fingerprint32[0] = (guint8) n;
  fingerprint32[31] = (guint8) (n >> 8);
  return fingerprint32;
}

static void
add_client (Fixture *fixture, guint n, const char *name, const char *role)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bus_pairings_add (fixture->pairings, print_of (n), name, bus_role_from_name (role), 1000 + n, &error));
  g_assert_no_error (error);
}

static void
test_roles (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (bus_pairings_get_roles (fixture->pairings, print_of (1)), ==, 0);
  add_client (fixture, 1, "laptop", "observe");
  add_client (fixture, 2, "shop", "wallet");
  g_assert_cmpint (bus_pairings_get_roles (fixture->pairings, print_of (1)), ==, BUS_ROLE_OBSERVE);
  g_assert_cmpint (bus_pairings_get_roles (fixture->pairings, print_of (2)), ==, BUS_ROLE_OBSERVE | BUS_ROLE_WALLET);
  add_client (fixture, 1, "laptop", "operate"); /* once more, with another role */
  g_assert_cmpint (bus_pairings_get_roles (fixture->pairings, print_of (1)), ==, BUS_ROLE_OBSERVE | BUS_ROLE_OPERATE);
  g_assert_cmpuint (bus_pairings_get_clients (fixture->pairings)->len, ==, 2);
}

/* Everything is there again after a restart, in a file for this user alone. */
static void
test_kept (Fixture *fixture, gconstpointer data)
{
  const BusPairing *pairing;
  struct stat info;

  add_client (fixture, 1, " = [x]; \"Zoë\" #", "observe");
  bus_pairings_touch (fixture->pairings, print_of (1), 5000);
  g_assert_true (
      bus_pairings_add_program (fixture->pairings, ADDRESS, print_of (9), "node", BUS_ROLE_OBSERVE, 77, NULL));
  fixture_reload (fixture);
  pairing = bus_pairings_find (fixture->pairings, print_of (1));
  g_assert_cmpstr (pairing->name, ==, " = [x]; \"Zoë\" #");
  g_assert_cmpint (pairing->since_s, ==, 1001);
  g_assert_cmpint (pairing->seen_s, ==, 5000);
  g_assert_null (pairing->address);
  pairing = bus_pairings_find_program (fixture->pairings, ADDRESS);
  g_assert_cmpmem (pairing->fingerprint32, 32, print_of (9), 32);
  g_assert_cmpint (pairing->roles, ==, BUS_ROLE_OBSERVE);
  g_assert_cmpint (bus_pairings_get_roles (fixture->pairings, print_of (9)), ==, 0); /* it is no client */
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_rename_and_revoke (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *long_name = g_strnfill (BUS_PAIRING_MAX_NAME + 1, 'x');
  const char *const wrong[] = { "", long_name, "a\nb", "\xff", "a\xe2\x80\xae" };

  add_client (fixture, 1, "laptop", "observe");
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_assert_false (bus_pairings_rename (fixture->pairings, print_of (1), wrong[i], &error));
    g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_NAME);
    g_clear_error (&error);
  }
  g_assert_true (bus_pairings_rename (fixture->pairings, print_of (1), "desk", NULL));
  fixture_reload (fixture);
  g_assert_cmpstr (bus_pairings_find (fixture->pairings, print_of (1))->name, ==, "desk");
  g_assert_true (bus_pairings_revoke (fixture->pairings, print_of (1), NULL));
  g_assert_cmpint (bus_pairings_get_roles (fixture->pairings, print_of (1)), ==, 0);
  g_assert_false (bus_pairings_revoke (fixture->pairings, print_of (1), &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (bus_pairings_rename (fixture->pairings, print_of (1), "x", &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_FOUND);
  fixture_reload (fixture);
  g_assert_cmpuint (bus_pairings_get_clients (fixture->pairings)->len, ==, 0);
}

static void
test_programs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++) /* paired again: replaced */
    g_assert_true (
        bus_pairings_add_program (fixture->pairings, ADDRESS, print_of (i), "node", BUS_ROLE_OBSERVE, 77, NULL));
  g_assert_cmpuint (bus_pairings_get_programs (fixture->pairings)->len, ==, 1);
  g_assert_cmpint (bus_pairings_find_program (fixture->pairings, ADDRESS)->fingerprint32[0], ==, 1);
  g_assert_null (bus_pairings_find_program (fixture->pairings, "tls:[::1]:8434"));
  g_assert_true (bus_pairings_forget_program (fixture->pairings, ADDRESS, NULL));
  g_assert_false (bus_pairings_forget_program (fixture->pairings, ADDRESS, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_FOUND);
}

/* As many as there may be can be saved and read, with the longest names. */
static void
test_limit (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (BUS_PAIRING_MAX_NAME, ' '); /* grows most in the file */
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < BUS_PAIRINGS_MAX; i++) {
    g_autofree char *address = g_strdup_printf ("tls:host:%u", i + 1);

    add_client (fixture, i, name, "observe");
    g_assert_true (
        bus_pairings_add_program (fixture->pairings, address, print_of (i), name, BUS_ROLE_OBSERVE, 77, NULL));
  }
  g_assert_false (bus_pairings_add (fixture->pairings, print_of (BUS_PAIRINGS_MAX), "x", BUS_ROLE_OBSERVE, 1, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_LIMIT_EXCEEDED);
  add_client (fixture, 0, "again", "observe");
  fixture_reload (fixture);
  g_assert_cmpuint (bus_pairings_get_clients (fixture->pairings)->len, ==, BUS_PAIRINGS_MAX);
  g_assert_cmpuint (bus_pairings_get_programs (fixture->pairings)->len, ==, BUS_PAIRINGS_MAX);
}

#define PRINT "0707070707070707070707070707070707070707070707070707070707070707"
#define GOOD "[client 1]\nfingerprint=" PRINT "\nname=a\nrole=observe\n"

/* A damaged file is an error that names the file and the group, and stays as it is. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[][2] = {
    { "\x01\x02", "Key file" },
    { GOOD "since=yesterday\n", "[client 1]: a time" },
    { "[client 1]\nfingerprint=12\nname=a\nrole=observe\n", "[client 1]: the fingerprint" },
    { "[client 1]\nfingerprint=" PRINT "\nname=a\nrole=king\n", "[client 1]: the role" },
    { "[client 1]\nfingerprint=" PRINT "\nname=a\nrole=parent\n", "[client 1]: the role" },
    { "[client 1]\nfingerprint=" PRINT "\nrole=observe\n", "[client 1]: the name" },
    { "[program 1]\nfingerprint=" PRINT "\nname=a\nrole=observe\n", "[program 1]: the address" },
    { GOOD "[client 2]\nfingerprint=" PRINT "\nname=b\nrole=observe\n", "[client 2]: this program is listed twice" },
    { "[other]\n", "[other]: there is no such group" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;

    g_assert_true (g_file_set_contents (fixture->path, wrong[i][0], -1, NULL));
    g_assert_null (bus_pairings_load (fixture->folder, "node", &error));
    g_assert_error (error, BUS_ERROR, BUS_ERROR_FAILED);
    g_assert_nonnull (strstr (error->message, wrong[i][1]));
    g_assert_nonnull (strstr (error->message, fixture->path));
    g_assert_nonnull (strstr (error->message, "Restore the file from a backup, or delete it"));
    g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
    g_assert_cmpstr (text, ==, wrong[i][0]);
  }
  g_assert_true (g_file_set_contents (fixture->path, GOOD, -1, NULL));
  fixture_reload (fixture);
  g_assert_cmpint (bus_pairings_get_roles (fixture->pairings, print_of (7)), ==, 0);
  g_assert_cmpuint (bus_pairings_get_clients (fixture->pairings)->len, ==, 1);
}

/* ---- saving ---- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
wait_saved (GAsyncResult **result, GError **error)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bus_pairings_save_finish (*result, error);
}

/* Many saves on threads: whatever their order, the file has the last change at the end. */
static void
test_save_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) last = NULL;
  g_autoptr (BusPairings) other = NULL;

  for (guint i = 0; i < 50; i++) {
    g_autofree char *name = g_strdup_printf ("name %u", i);

    add_client (fixture, 1, name, "observe");
    bus_pairings_save_async (fixture->pairings, i == 49 ? on_saved : NULL, &last);
  }
  g_assert_true (wait_saved (&last, NULL));
  other = fixture_load (fixture);
  g_assert_cmpstr (bus_pairings_find (other, print_of (1))->name, ==, "name 49");
}

static void
test_save_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  add_client (fixture, 1, "laptop", "observe");
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0); /* in the way */
  bus_pairings_save_async (fixture->pairings, on_saved, &result);
  g_assert_false (wait_saved (&result, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (bus_pairings_get_roles (fixture->pairings, print_of (1)), ==, BUS_ROLE_OBSERVE);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
  fixture_reload (fixture); /* saved in the end */
  g_assert_cmpint (bus_pairings_get_roles (fixture->pairings, print_of (1)), ==, BUS_ROLE_OBSERVE);
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/pairings/roles", test_roles);
  add ("/pairings/kept", test_kept);
  add ("/pairings/rename-and-revoke", test_rename_and_revoke);
  add ("/pairings/programs", test_programs);
  add ("/pairings/limit", test_limit);
  add ("/pairings/damaged", test_damaged);
  add ("/pairings/save-order", test_save_order);
  add ("/pairings/save-fails", test_save_fails);
  return g_test_run ();
}
