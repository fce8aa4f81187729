#include "gui/fee_options.h"

typedef struct {
  guint64 rates[3]; /* of 1, 6 and 144 blocks */
  gboolean estimated;
  const char *titles[4];
  guint first; /* the default */
} Case;

static GPtrArray *
make_options (const guint64 *rates, gboolean estimated)
{
  static const guint blocks[] = { 1, 6, 144 };
  g_autoptr (GArray) choices = g_array_new (FALSE, FALSE, sizeof (GuiFeeChoice));

  for (guint i = 0; i < 3; i++) {
    GuiFeeChoice choice = { blocks[i], rates[i], estimated && rates[i] != 0 };

    g_array_append_val (choices, choice);
  }
  return gui_fee_options_new (choices);
}

static void
test_options (void)
{
  static const Case cases[] = {
    { { 12000, 5250, 1000 }, TRUE, { "In about 10 minutes", "In about an hour", "In about a day" }, 1 },
    { { 5250, 5250, 1000 }, TRUE, { "In about 10 minutes", "In about a day" }, 0 },
    { { 12000, 1000, 1000 }, TRUE, { "In about 10 minutes", "In about an hour" }, 1 },
    { { 1000, 1000, 1000 }, TRUE, { "In about 10 minutes" }, 0 },
    { { 0, 5250, 1000 }, TRUE, { "In about an hour", "In about a day" }, 0 },
    { { 0, 0, 1000 }, TRUE, { "In about a day" }, 0 },
    { { 1000, 2000, 3000 }, TRUE, { "In about 10 minutes" }, 0 },
    { { 10000, 10000, 10000 }, FALSE, { "Fallback fee rate" }, 0 },
    { { 0, 0, 0 }, TRUE, { NULL }, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GPtrArray) options = make_options (cases[i].rates, cases[i].estimated);
    guint n = 0;

    for (; cases[i].titles[n] != NULL; n++) {
      g_assert_cmpuint (n, <, options->len);
      g_assert_cmpstr (((const GuiFeeOption *) g_ptr_array_index (options, n))->title, ==, cases[i].titles[n]);
    }
    g_assert_cmpuint (options->len, ==, n);
    g_assert_cmpuint (gui_fee_options_get_default (options), ==, cases[i].first);
  }
}

static void
test_estimates (void)
{
  g_autoptr (GPtrArray) known = make_options ((guint64[]){ 12000, 5250, 1000 }, TRUE);
  g_autoptr (GPtrArray) fallback = make_options ((guint64[]){ 10000, 10000, 10000 }, FALSE);
  GuiFeeEstimates estimates;

  gui_fee_options_get_estimates (known, &estimates);
  g_assert_cmpuint (estimates.fastest, ==, 12000);
  g_assert_cmpuint (estimates.slowest, ==, 1000);
  g_assert_cmpuint (estimates.slowest_blocks, ==, 144);
  gui_fee_options_get_estimates (fallback, &estimates);
  g_assert_cmpuint (estimates.fastest, ==, 0);
  g_assert_cmpuint (estimates.slowest, ==, 0);
  g_assert_cmpuint (estimates.fallback, ==, 10000);
}

static void
test_times (void)
{
  static const struct {
    guint blocks;
    const char *text;
  } times[] = { { 1, "In about 10 minutes" }, { 3, "In about 30 minutes" }, { 6, "In about an hour" },
                { 12, "In about 2 hours" },   { 144, "In about a day" },    { 1008, "In about 7 days" } };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree char *text = gui_fee_time_text (times[i].blocks);

    g_assert_cmpstr (text, ==, times[i].text);
  }
  g_assert_cmpint (gui_fee_typical_sat (5250, 1), ==, 740);
  g_assert_cmpint (gui_fee_typical_sat (1000, 2), ==, 172);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/fee-options/options", test_options);
  g_test_add_func ("/gui/fee-options/estimates", test_estimates);
  g_test_add_func ("/gui/fee-options/times", test_times);
  return g_test_run ();
}
