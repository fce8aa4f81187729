#include "gui/clients/draft.h"

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"

#define ALICE "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
#define BOB "bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry"
#define RATE 10000u /* satoshi per 1,000 virtual bytes */

/* The wallet's reply: one coin of IN_SAT that pays PAID_SAT to ADDRESS, CHANGE_SAT to the wallet, and FEE_SAT. */
typedef struct {
  const char *address;
  gint64 in_sat, paid_sat, change_sat, fee_sat;
  guint vsize;
  gint64 remaining_sat;
} Answer;

static const Answer honest = { ALICE, 100000, 50000, 48590, 1410, 141, 7 };

static GuiDraft *
read_draft (const Answer *answer)
{
  g_autoptr (GVariant) value = NULL;
  g_auto (GVariantDict) summary = G_VARIANT_DICT_INIT (NULL);
  guint64 id;

  g_variant_dict_insert_value (&summary, "inputs",
                               g_variant_new_parsed ("[{'address': <%s>, 'amount': <%x>}]", BOB, answer->in_sat));
  g_variant_dict_insert_value (&summary, "outputs",
                               g_variant_new_parsed ("[{'address': <%s>, 'amount': <%x>},"
                                                     " {'address': <%s>, 'amount': <%x>, 'change': <true>}]",
                                                     answer->address, answer->paid_sat, BOB, answer->change_sat));
  g_variant_dict_insert (&summary, "vsize", "u", answer->vsize);
  g_variant_dict_insert (&summary, "remaining", "x", answer->remaining_sat);
  value
      = g_variant_ref_sink (g_variant_new ("(tx@a{sv})", (guint64) 42, answer->fee_sat, g_variant_dict_end (&summary)));
  return gui_draft_read (value, &id);
}

static void
check_refused (Answer answer)
{
  g_assert_null (read_draft (&answer));
}

static void
test_bounds (void)
{
  g_autoptr (GuiDraft) draft = read_draft (&honest);
  Answer answer = honest;

  g_assert_nonnull (draft);
  g_assert_cmpint (gui_draft_get_paid_sat (draft), ==, 50000);
  answer.paid_sat++; /* the sums do not match */
  check_refused (answer);
  check_refused ((Answer){ ALICE, G_MAXINT64, G_MAXINT64, 0, 0, 141, 0 });
  check_refused ((Answer){ ALICE, 1000, G_MAXINT64, G_MININT64 + 1001, 0, 141, 0 });
  check_refused ((Answer){ ALICE, 1000, 1500, 0, -500, 141, 0 });
  check_refused ((Answer){ ALICE, 100000, 50000, 48590, 1410, 141, -1 });
  check_refused ((Answer){ ALICE, 100000, 50000, 48590, 1410, 0, 7 });
  check_refused ((Answer){ ALICE, 100000, 50000, 48590, 1410, G_MAXUINT, 7 });
  check_refused ((Answer){ "\xc3\xa4", 100000, 50000, 48590, 1410, 141, 7 });
  check_refused ((Answer){ "two lines\n", 100000, 50000, 48590, 1410, 141, 7 });
}

/* Whether ANSWER matches a payment of AMOUNT_SAT (0: all) to ALICE. */
static gboolean
is_as_typed (Answer answer, gint64 amount_sat, guint64 rate)
{
  g_autoptr (GuiDraft) draft = read_draft (&answer);
  g_autoptr (GBytes) script = btc_address_decode (ALICE, BTC_NETWORK_REGTEST, NULL);
  GuiTypedPayment payment = { script, amount_sat };
  g_autoptr (GPtrArray) typed = g_ptr_array_new ();

  g_assert_nonnull (draft);
  g_ptr_array_add (typed, &payment);
  return gui_draft_matches (draft, BTC_NETWORK_REGTEST, typed, rate);
}

static void
test_typed (void)
{
  Answer other = honest, dear = honest, cheap = honest, large = honest;

  g_assert_true (is_as_typed (honest, 50000, RATE));
  g_assert_true (is_as_typed (honest, 0, RATE));
  g_assert_false (is_as_typed (honest, 50001, RATE));
  other.address = BOB;
  g_assert_false (is_as_typed (other, 50000, RATE));
  dear.fee_sat += 2000;
  dear.change_sat -= 2000;
  g_assert_false (is_as_typed (dear, 50000, RATE));
  cheap.fee_sat -= 1000;
  cheap.change_sat += 1000;
  g_assert_false (is_as_typed (cheap, 50000, RATE));
  /* An invented size would hide a fee. */
  large.vsize = 5000;
  large.in_sat += 50000;
  large.fee_sat += 50000;
  check_refused (large);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/draft/bounds", test_bounds);
  g_test_add_func ("/gui/draft/typed", test_typed);
  return g_test_run ();
}
