#include "bitcoin/address/uri.h"

#define ADDRESS "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"

static void
test_good (void)
{
  g_autoptr (BtcUri) plain = btc_uri_parse ("bitcoin:" ADDRESS, BTC_NETWORK_MAIN);
  g_autoptr (BtcUri) full = btc_uri_parse (
      "bitcoin:" ADDRESS "?label=Luke-Jr%20%C3%A4&amount=20.3&message=a%26b&other=x", BTC_NETWORK_MAIN);
  g_autoptr (BtcUri) upper
      = btc_uri_parse ("BITCOIN:BC1QCR8TE4KR609GCAWUTMRZA0J4XV80JY8Z306FYU?AMOUNT=0.00000001", BTC_NETWORK_MAIN);

  g_assert_nonnull (plain);
  g_assert_cmpstr (plain->address, ==, ADDRESS);
  g_assert_cmpint (plain->amount_sat, ==, -1);
  g_assert_null (plain->label);
  g_assert_nonnull (full);
  g_assert_cmpint (full->amount_sat, ==, 2030000000);
  g_assert_cmpstr (full->label, ==, "Luke-Jr ä");
  g_assert_cmpstr (full->message, ==, "a&b");
  g_assert_nonnull (upper);
  g_assert_cmpint (upper->amount_sat, ==, 1);
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "",
    "bitcoin:",
    ADDRESS,
    "litecoin:" ADDRESS,
    "bitcoin:" ADDRESS "?req-somethingyoudontunderstand=50",
    "bitcoin:" ADDRESS "?amount=-1",
    "bitcoin:" ADDRESS "?amount=1e3",
    "bitcoin:" ADDRESS "?amount=",
    "bitcoin:" ADDRESS "?amount=1&amount=2",
    "bitcoin:" ADDRESS "?label=%C3%28",
    "bitcoin:" ADDRESS "?label=%zz",
    "bitcoin:" ADDRESS "?label=a%00b",
    "bitcoin:bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyy",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (btc_uri_parse (bad[i], BTC_NETWORK_MAIN));
  g_assert_null (btc_uri_parse ("bitcoin:" ADDRESS, BTC_NETWORK_REGTEST));
}

static void
test_format (void)
{
  g_autofree char *plain = btc_uri_format (ADDRESS, -1, "");
  g_autofree char *amount = btc_uri_format (ADDRESS, 150000000, NULL);
  g_autofree char *both = btc_uri_format (ADDRESS, 2100000000, "a & ü");
  g_autoptr (BtcUri) again = btc_uri_parse (both, BTC_NETWORK_MAIN);

  g_assert_cmpstr (plain, ==, "bitcoin:" ADDRESS);
  g_assert_cmpstr (amount, ==, "bitcoin:" ADDRESS "?amount=1.5");
  g_assert_cmpstr (both, ==, "bitcoin:" ADDRESS "?amount=21&label=a%20%26%20%C3%BC");
  g_assert_cmpstr (again->label, ==, "a & ü");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/uri/good", test_good);
  g_test_add_func ("/address/uri/bad", test_bad);
  g_test_add_func ("/address/uri/format", test_format);
  return g_test_run ();
}
