#include "common/pace.h"

#define SECOND G_USEC_PER_SEC

static void
test_evidence (void)
{
  CommonPace pace = { 0 };

  common_pace_report (&pace, 10 * SECOND, 0, 0);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), ==, 0);
  g_assert_cmpfloat (common_pace_get_rate (&pace), ==, 0);
  /* Too early for an estimate, however much was done. */
  common_pace_report (&pace, 11 * SECOND, 0.3, 300);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), ==, 0);
  g_assert_cmpfloat_with_epsilon (common_pace_get_rate (&pace), 300, 0.01);
  common_pace_report (&pace, 14 * SECOND, 0.4, 400);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), ==, 6);
  common_pace_reset (&pace);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), ==, 0);
  /* Too little work for an estimate, however long it took. */
  common_pace_report (&pace, 20 * SECOND, 0, 0);
  common_pace_report (&pace, 60 * SECOND, 0.0005, 1);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), ==, 0);
}

static void
test_steady (void)
{
  CommonPace pace = { 0 };

  for (guint tenth = 0; tenth <= 1000; tenth++) {
    common_pace_report (&pace, tenth * SECOND / 10, tenth / 1000.0, tenth * 5);
    if (tenth < 40)
      continue;
    g_assert_cmpfloat_with_epsilon (common_pace_get_rate (&pace), 50, 0.5);
    g_assert_cmpint (ABS ((int) common_pace_get_eta_s (&pace) - (100 - (int) tenth / 10)), <=, 1);
  }
}

/* Work in bursts: the reported time does not jump. */
static void
test_bursts (void)
{
  CommonPace pace = { 0 };
  double done = 0;
  guint64 last = 0;

  for (guint s = 0; s < 600; s++) {
    guint64 eta;

    common_pace_report (&pace, s * SECOND, done, 0);
    done += s % 5 == 0 ? 0.005 : 0;
    eta = common_pace_get_eta_s (&pace);
    if (s > 60) {
      gint64 change = (gint64) eta - (gint64) last;
      g_assert_cmpint (ABS (change), <=, MAX (4, (gint64) last / 20));
    }
    last = eta;
  }
}

/* When it becomes ten times slower the estimate follows within two minutes. */
static void
test_slower (void)
{
  CommonPace pace = { 0 };
  double done = 0;

  for (guint s = 0; s < 100; s++, done += 0.005)
    common_pace_report (&pace, s * SECOND, done, 0);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), >=, 95);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), <=, 105);
  for (guint s = 100; s < 220; s++, done += 0.0005)
    common_pace_report (&pace, s * SECOND, done, 0);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), >=, 700);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), <=, 900);
}

static void
test_restart (void)
{
  CommonPace pace = { 0 };

  for (guint s = 0; s < 10; s++)
    common_pace_report (&pace, s * SECOND, s / 20.0, s);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), >, 0);
  common_pace_report (&pace, 11 * SECOND, 0.1, 0);
  g_assert_cmpuint (common_pace_get_eta_s (&pace), ==, 0);
  g_assert_cmpfloat (common_pace_get_rate (&pace), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/common/pace/evidence", test_evidence);
  g_test_add_func ("/common/pace/steady", test_steady);
  g_test_add_func ("/common/pace/bursts", test_bursts);
  g_test_add_func ("/common/pace/slower", test_slower);
  g_test_add_func ("/common/pace/restart", test_restart);
  return g_test_run ();
}
