#include "bitcoin/primitives/gcs.h"

#include <string.h>

/* Sets with small parameters, whose bits can be computed by hand, and with those of block filters. */

static BtcSpan
span_of (const char *text)
{
  return (BtcSpan){ (const guint8 *) text, strlen (text) };
}

static void
test_empty (void)
{
  const BtcGcsParams params = { 1, 2, 19, 784931 };
  g_autoptr (GByteArray) set = g_byte_array_new ();
  const BtcSpan any = span_of ("a");
  gboolean match = TRUE;

  btc_gcs_write (&params, NULL, 0, set);
  g_assert_cmpuint (set->len, ==, 1);
  g_assert_cmpuint (set->data[0], ==, 0);
  g_assert_true (btc_gcs_check (&params, (BtcSpan){ set->data, set->len }));
  g_assert_true (btc_gcs_match_any (&params, (BtcSpan){ set->data, set->len }, &any, 1, &match));
  g_assert_false (match);
}

static void
test_duplicates (void)
{
  const BtcGcsParams params = { 3, 4, 19, 784931 };
  const BtcSpan elements[] = { span_of ("one"), span_of ("two"), span_of ("one"), span_of ("three"), span_of ("two") };
  const BtcSpan distinct[] = { span_of ("three"), span_of ("two"), span_of ("one") };
  g_autoptr (GByteArray) a = g_byte_array_new (), b = g_byte_array_new ();

  btc_gcs_write (&params, elements, G_N_ELEMENTS (elements), a);
  btc_gcs_write (&params, distinct, G_N_ELEMENTS (distinct), b);
  g_assert_cmpmem (a->data, a->len, b->data, b->len);
  g_assert_cmpuint (a->data[0], ==, 3);
}

/* A small P with a wide range gives long unary quotients. */
static void
test_members (void)
{
  static const BtcGcsParams all[] = { { 5, 6, 19, 784931 }, { 5, 6, 1, 1000 }, { 5, 6, 32, 7 }, { 5, 6, 3, 1 } };

  for (guint p = 0; p < G_N_ELEMENTS (all); p++) {
    for (guint n = 1; n < 300; n += 37) {
      g_autofree guint32 *numbers = g_new (guint32, n);
      g_autofree BtcSpan *elements = g_new (BtcSpan, n);
      g_autoptr (GByteArray) set = g_byte_array_new ();
      BtcSpan span;

      for (guint i = 0; i < n; i++) {
        numbers[i] = i * 7919;
        elements[i] = (BtcSpan){ (const guint8 *) &numbers[i], sizeof numbers[i] };
      }
      btc_gcs_write (&all[p], elements, n, set);
      span = (BtcSpan){ set->data, set->len };
      g_assert_true (btc_gcs_check (&all[p], span));
      for (guint i = 0; i < n; i++) {
        gboolean match = FALSE;
        g_assert_true (btc_gcs_match_any (&all[p], span, &elements[i], 1, &match));
        g_assert_true (match);
      }
      g_byte_array_append (set, (const guint8 *) "", 1);
      g_assert_false (btc_gcs_check (&all[p], (BtcSpan){ set->data, set->len }));
      g_assert_false (btc_gcs_check (&all[p], (BtcSpan){ set->data, set->len - 2 }));
    }
  }
}

/* About one element in M is a false positive: with M = 784931 none of these. */
static void
test_non_members (void)
{
  const BtcGcsParams params = { 7, 8, 19, 784931 };
  const BtcSpan elements[] = { span_of ("alpha"), span_of ("beta"), span_of ("gamma") };
  g_autoptr (GByteArray) set = g_byte_array_new ();
  guint64 stranger;
  const BtcSpan query = { (const guint8 *) &stranger, sizeof stranger };

  btc_gcs_write (&params, elements, G_N_ELEMENTS (elements), set);
  for (stranger = 0; stranger < 1000; stranger++) {
    gboolean match = TRUE;
    g_assert_true (btc_gcs_match_any (&params, (BtcSpan){ set->data, set->len }, &query, 1, &match));
    g_assert_false (match);
  }
}

static void
test_malformed (void)
{
  const BtcGcsParams params = { 0, 0, 19, 784931 };
  static const guint8 none[1], many[] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00 },
                               too_many[] = { 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 0 }, unending[] = { 1, 0xff, 0xff, 0xff },
                               long_form[] = { 0xfd, 1, 0, 0, 0, 0 };
  const BtcSpan query = span_of ("x");
  gboolean match;

  g_assert_false (btc_gcs_check (&params, (BtcSpan){ none, 0 }));
  g_assert_false (btc_gcs_check (&params, (BtcSpan){ many, sizeof many }));
  g_assert_false (btc_gcs_check (&params, (BtcSpan){ too_many, sizeof too_many }));
  g_assert_false (btc_gcs_check (&params, (BtcSpan){ unending, sizeof unending }));
  g_assert_false (btc_gcs_check (&params, (BtcSpan){ long_form, sizeof long_form }));
  g_assert_false (btc_gcs_match_any (&params, (BtcSpan){ unending, sizeof unending }, &query, 1, &match));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gcs/empty", test_empty);
  g_test_add_func ("/gcs/duplicates", test_duplicates);
  g_test_add_func ("/gcs/members", test_members);
  g_test_add_func ("/gcs/non-members", test_non_members);
  g_test_add_func ("/gcs/malformed", test_malformed);
  return g_test_run ();
}
