#include "gui/payment_warnings.h"

#include "gui/format.h"

#include <string.h>

#define ALICE "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
#define COIN G_GINT64_CONSTANT (100000000)

/* A payment of PAID_SAT with FEE_SAT and 141 virtual bytes; the other fields as in GuiDraft and GuiCoin. */
typedef struct {
  gint64 paid_sat, fee_sat;
  guint n_replaced;
  gboolean repeats, ours;
  guint n_paid_before;
} Payment;

static const GuiFeeEstimates usual = { 12000, 1000, 144 };
static const GuiFeeEstimates unknown;
static const GuiFeeEstimates fallback = { .fallback = 10000 };

static void
coin_clear (gpointer data)
{
  g_free (((GuiCoin *) data)->address);
  g_free (data);
}

static void
add_coin (GPtrArray *coins, GuiCoin coin)
{
  coin.address = g_strdup (ALICE);
  g_ptr_array_add (coins, g_memdup2 (&coin, sizeof coin));
}

static GPtrArray *
make_warnings (Payment payment, const GuiFeeEstimates *estimates)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func (coin_clear);
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func (coin_clear);
  GuiDraft draft = { .fee_sat = payment.fee_sat,
                     .inputs = inputs,
                     .outputs = outputs,
                     .vsize = 141,
                     .n_replaced = payment.n_replaced,
                     .repeats = payment.repeats };

  add_coin (outputs,
            (GuiCoin){ .amount_sat = payment.paid_sat, .ours = payment.ours, .n_paid_before = payment.n_paid_before });
  add_coin (outputs, (GuiCoin){ .amount_sat = COIN, .change = TRUE, .ours = TRUE, .n_paid_before = 9 });
  return gui_payment_warnings_new (&draft, estimates, GUI_UNIT_BTC);
}

static const GuiWarning *
find_warning (const GPtrArray *warnings, GuiWarningKind kind)
{
  for (guint i = 0; i < warnings->len; i++) {
    const GuiWarning *warning = g_ptr_array_index (warnings, i);

    if (warning->kind == kind)
      return warning;
  }
  return NULL;
}

/* Exactly this warning, with SENTENCE in it. */
static void
check_warns (Payment payment, const GuiFeeEstimates *estimates, GuiWarningKind kind, const char *sentence)
{
  g_autoptr (GPtrArray) warnings = make_warnings (payment, estimates);
  const GuiWarning *warning = find_warning (warnings, kind);

  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning->text, sentence));
  g_assert_cmpuint (warnings->len, ==, 1);
}

static void
check_silent (Payment payment, const GuiFeeEstimates *estimates)
{
  g_autoptr (GPtrArray) warnings = make_warnings (payment, estimates);

  if (warnings->len > 0)
    g_error ("a payment of %" G_GINT64_FORMAT " with %" G_GINT64_FORMAT " gets “%s”", payment.paid_sat, payment.fee_sat,
             ((const GuiWarning *) g_ptr_array_index (warnings, 0))->text);
}

static void
test_rate (void)
{
  /* 28 and 24 sat/vB, where 12 are estimated for the next block; 1 for a day. */
  check_warns ((Payment){ COIN, 28 * 141 }, &usual, GUI_WARNING_HIGH_RATE, "is 2 times the estimate");
  check_warns ((Payment){ COIN, 24 * 141 }, &usual, GUI_WARNING_HIGH_RATE, "which is 12 sat/vB");
  check_silent ((Payment){ COIN, 23 * 141 }, &usual);
  check_silent ((Payment){ COIN, 12 * 141 }, &usual);
  check_silent ((Payment){ COIN, 28 * 141 }, &unknown);
  /* Twice a very low estimate costs nothing. */
  check_silent ((Payment){ COIN, 3 * 141 }, &(GuiFeeEstimates){ 1000, 1000, 1 });
  check_warns ((Payment){ COIN, 5 * 141 }, &(GuiFeeEstimates){ 1000, 1000, 1 }, GUI_WARNING_HIGH_RATE, "5 times");
  check_warns ((Payment){ COIN, 70 }, &usual, GUI_WARNING_LOW_RATE, "lower than is estimated for a day");
  check_warns ((Payment){ COIN, 70 }, &(GuiFeeEstimates){ 1000, 1000, 1 }, GUI_WARNING_LOW_RATE, "lower than all");
  check_silent ((Payment){ COIN, 140 }, &usual);
  check_silent ((Payment){ COIN, 70 }, &unknown);
  /* A configured rate is no estimate, but 30 times as much is a mistake. */
  check_warns ((Payment){ COIN, 300 * 141 }, &fallback, GUI_WARNING_HIGH_RATE,
               "30 times the fallback fee rate, which is 10 sat/vB");
  check_silent ((Payment){ COIN, 10 * 141 }, &fallback);
  check_silent ((Payment){ COIN, 141 }, &fallback);
}

static void
test_fee (void)
{
  g_autoptr (GPtrArray) both = make_warnings ((Payment){ COIN, 5000 * 141 }, &usual);

  /* 5,000 sat/vB on 1 BTC: with an estimate and without one. */
  g_assert_nonnull (strstr (find_warning (both, GUI_WARNING_HIGH_RATE)->text, "416 times"));
  g_assert_nonnull (strstr (find_warning (both, GUI_WARNING_LARGE_FEE)->text,
                            "The fee of 0.007" GUI_GROUP_SPACE "050" GUI_GROUP_SPACE "00\u00a0BTC"));
  g_assert_cmpuint (both->len, ==, 2);
  check_warns ((Payment){ COIN, 5000 * 141 }, &unknown, GUI_WARNING_LARGE_FEE, "is large");
  check_warns ((Payment){ 100 * COIN, 50000 }, &unknown, GUI_WARNING_LARGE_FEE, "is large");
  check_silent ((Payment){ 100 * COIN, 49999 }, &unknown);
  check_warns ((Payment){ 20000, 1000 }, &unknown, GUI_WARNING_LARGE_PART, "high for this amount");
  check_silent ((Payment){ 20100, 1000 }, &unknown);
  /* A small fee is high only for a tiny amount. */
  check_silent ((Payment){ 294, 15 }, &unknown);
  check_silent ((Payment){ 4000, 999 }, &unknown);
  check_warns ((Payment){ 1000, 740 }, &unknown, GUI_WARNING_LARGE_PART, "high for this amount");
  check_warns ((Payment){ 3996, 999 }, &unknown, GUI_WARNING_LARGE_PART, "high for this amount");
}

static void
test_recipient (void)
{
  Payment payment = { COIN, 1410 };

  check_silent (payment, &usual);
  payment.ours = TRUE;
  check_warns (payment, &usual, GUI_WARNING_OWN_ADDRESS, "belongs to this wallet");
  payment.n_paid_before = 1;
  check_warns (payment, &usual, GUI_WARNING_OWN_ADDRESS, "belongs to this wallet");
  payment.ours = FALSE;
  check_warns (payment, &usual, GUI_WARNING_PAID_BEFORE, "paid to this address before");
  payment.repeats = TRUE;
  check_warns (payment, &usual, GUI_WARNING_REPEATS, "already on its way");
  check_warns ((Payment){ COIN, 1410, .n_replaced = 1 }, &usual, GUI_WARNING_REPLACES, "takes its place");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/payment-warnings/rate", test_rate);
  g_test_add_func ("/gui/payment-warnings/fee", test_fee);
  g_test_add_func ("/gui/payment-warnings/recipient", test_recipient);
  return g_test_run ();
}
