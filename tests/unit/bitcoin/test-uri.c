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

/* What programs write, with the amount (-1: none) and the label that are meant. */
static void
test_odd (void)
{
  static const struct {
    const char *text;
    gint64 amount_sat;
    const char *label;
  } odd[] = {
    { "bitcoin:" ADDRESS "?amount=.5", 50000000, NULL },
    { "bitcoin:" ADDRESS "?amount=5.", 500000000, NULL },
    { "bitcoin:" ADDRESS "?amount=00.5", 50000000, NULL },
    { "bitcoin:" ADDRESS "?amount=0.5000000000", 50000000, NULL },
    { "bitcoin:" ADDRESS "?amount=0%2E5", 50000000, NULL },
    { "bitcoin:" ADDRESS "?amount=0.5&amount=.50", 50000000, NULL },
    { "bitcoin:" ADDRESS "?amount=&label=", -1, NULL },
    { "bitcoin:" ADDRESS "?amount", -1, NULL },
    { "bitcoin:" ADDRESS "/?amount=1", 100000000, NULL },
    { "bitcoin://" ADDRESS "/", -1, NULL },
    { "bitcoin:" ADDRESS "?amount=1#top", 100000000, NULL },
    { "bitcoin:" ADDRESS "#?amount=1", -1, NULL },
    { "bitcoin:" ADDRESS "?label=caf%E9", -1, "caf\u00e9" },
    { "bitcoin:" ADDRESS "?label=%zz", -1, "%zz" },
    { "bitcoin:" ADDRESS "?label=a%00b", -1, "a%00b" },
    { "bitcoin:" ADDRESS "?label=a&label=b", -1, "a" },
    { "bitcoin:?bc=" ADDRESS "&lightning=lnbc1", -1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autoptr (BtcUri) uri = btc_uri_parse (odd[i].text, BTC_NETWORK_MAIN);

    g_assert_nonnull (uri);
    g_assert_cmpstr (uri->address, ==, ADDRESS);
    g_assert_cmpint (uri->amount_sat, ==, odd[i].amount_sat);
    g_assert_cmpstr (uri->label, ==, odd[i].label);
  }
}

static void
test_faults (void)
{
  static const struct {
    const char *text;
    BtcUriFault fault;
  } faults[] = {
    { "lightning:lnbc1", BTC_URI_NONE },
    { "bitcoin:?lightning=lnbc1", BTC_URI_NO_ADDRESS },
    { "bitcoin:/", BTC_URI_NO_ADDRESS },
    { "bitcoin:" ADDRESS "?amount=1,5", BTC_URI_BAD_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=.", BTC_URI_BAD_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=1e-3", BTC_URI_BAD_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=1.5.", BTC_URI_BAD_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=%FF", BTC_URI_BAD_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=-1", BTC_URI_NEGATIVE_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=22000000", BTC_URI_LARGE_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=21000000.00000001", BTC_URI_LARGE_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=22000000.0000000000", BTC_URI_LARGE_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=99999999999999999999999", BTC_URI_LARGE_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=0.000000001", BTC_URI_FINE_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=1.0000000001", BTC_URI_FINE_AMOUNT },
    { "bitcoin:" ADDRESS "?amount=1&amount=2", BTC_URI_TWO_AMOUNTS },
    { "bitcoin:" ADDRESS "?req-x", BTC_URI_UNKNOWN_REQUIREMENT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (BtcUri) uri = NULL;

    g_assert_cmpint (btc_uri_split (faults[i].text, &uri), ==, faults[i].fault);
    g_assert_null (uri);
  }
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
    "bitcoin:" ADDRESS "?amount=1&amount=2",
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
  g_test_add_func ("/address/uri/odd", test_odd);
  g_test_add_func ("/address/uri/faults", test_faults);
  g_test_add_func ("/address/uri/bad", test_bad);
  g_test_add_func ("/address/uri/format", test_format);
  return g_test_run ();
}
