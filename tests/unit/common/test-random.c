#include "common/random.h"

#include <string.h>

static void
test_differs (void)
{
  guint8 a[32] = { 0 }, b[32] = { 0 };

  common_random_bytes (a, sizeof a);
  common_random_bytes (b, sizeof b);
  g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
}

static void
test_below (void)
{
  guint seen[3] = { 0 };

  for (guint i = 0; i < 300; i++)
    seen[common_random_below (3)]++;
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (seen[i], >, 20);
  g_assert_cmpuint (common_random_below (1), ==, 0);
}

static void
test_seed (void)
{
  guint8 a[20], b[20];

  common_random_set_seed_for_tests (7);
  common_random_bytes (a, sizeof a);
  common_random_set_seed_for_tests (7);
  common_random_bytes (b, sizeof b);
  g_assert_cmpmem (a, sizeof a, b, sizeof b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/differs", test_differs);
  g_test_add_func ("/random/below", test_below);
  g_test_add_func ("/random/seed", test_seed);
  return g_test_run ();
}
