#include "common/secret.h"

#include <string.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

static void
test_zeroed_and_usable (void)
{
  const gsize lengths[] = { 1, 15, 16, 32, 4096, 5000, 20000 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
    guint8 *block = common_secret_alloc (lengths[i]);

    for (gsize j = 0; j < lengths[i]; j++)
      g_assert_cmpuint (block[j], ==, 0);
    memset (block, 0xaa, lengths[i]);
    common_secret_free (block);
  }
  common_secret_free (NULL);
}

static void
test_usage (void)
{
  CommonSecretUsage before, with, after;
  gpointer block;

  common_secret_get_usage (&before);
  block = common_secret_alloc (100);
  common_secret_get_usage (&with);
  common_secret_free (block);
  common_secret_get_usage (&after);
  g_assert_cmpuint (with.used - before.used, >=, 100);
  g_assert_cmpuint (with.total - before.total, >=, with.used - before.used);
  g_assert_cmpuint (with.locked - before.locked, <=, with.total - before.total);
  g_assert_cmpuint (with.blocks, ==, before.blocks + 1);
  g_assert_cmpmem (&after, sizeof after, &before, sizeof before);
}

/* Runs FUNC (block of 16 bytes) in a child; TRUE when the child was killed by a memory fault. */
static gboolean
faults (void (*func) (guint8 *block))
{
  guint8 *block = common_secret_alloc (16);
  pid_t child = fork ();

  if (child == 0) {
    signal (SIGSEGV, SIG_DFL);
    signal (SIGBUS, SIG_DFL);
    func (block);
    _exit (0);
  }

  int status;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  common_secret_free (block);
#ifdef __SANITIZE_ADDRESS__
  return !WIFEXITED (status) || WEXITSTATUS (status) != 0; /* the sanitizer reports the fault and exits */
#else
  return WIFSIGNALED (status) && (WTERMSIG (status) == SIGSEGV || WTERMSIG (status) == SIGBUS);
#endif
}

static void
read_past (guint8 *block)
{
  *(volatile guint8 *) (block + 16);
}

static void
read_within (guint8 *block)
{
  *(volatile guint8 *) (block + 15);
}

static void
test_guard_page (void)
{
  g_assert_true (faults (read_past));
  g_assert_false (faults (read_within));
}

static void
test_equal (void)
{
  g_assert_true (common_secret_equal ("abc", "abc", 3));
  g_assert_false (common_secret_equal ("abc", "abd", 3));
  g_assert_true (common_secret_equal ("", "", 0));
}

static void
test_string (void)
{
  CommonSecret *secret = common_secret_new ("word", 4);
  CommonSecret *again = common_secret_ref (secret);

  common_secret_unref (secret);
  g_assert_cmpstr ((const char *) again->data, ==, "word");
  g_assert_cmpuint (again->len, ==, 4);
  common_secret_unref (again);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secret/zeroed-and-usable", test_zeroed_and_usable);
  g_test_add_func ("/secret/guard-page", test_guard_page);
  g_test_add_func ("/secret/equal", test_equal);
  g_test_add_func ("/secret/string", test_string);
  g_test_add_func ("/secret/usage", test_usage);
  return g_test_run ();
}
