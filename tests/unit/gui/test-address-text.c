#include "gui/address_text.h"

#include "bitcoin/address/typo.h"

#include <string.h>

#define MAIN "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define MAIN_UPPER "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"
#define MAIN_GROUPS "bc1q w508 d6qe jxtd g4y5 r3za rvar y0c5 xw7k v8f3 t4"
#define TAPROOT "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
#define OLD "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
#define OLD_TEST "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"
#define REGTEST "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"

static void
test_good (void)
{
  static const char *const good[] = {
    MAIN,
    " " MAIN,
    MAIN " ",
    MAIN "\t",
    MAIN "\n",
    "\r\n" MAIN "\r\n",
    MAIN "\u00a0",
    MAIN "\u200b",
    "\ufeff" MAIN,
    "\u202d" MAIN "\u202c",
    "bc1qw508d6qejxtdg4y5r\u00ad3zarvary0c5xw7kv8f3t4",
    MAIN_GROUPS,
    "bc1q\u202fw508\u202fd6qe jxtd g4y5 r3za\nrvar y0c5 xw7k v8f3 t4",
    MAIN_UPPER,
    "bitcoin:" MAIN,
    "BITCOIN:" MAIN_UPPER,
    "bitcoin://" MAIN "/",
    "\u200bbitcoin:" MAIN_GROUPS " ",
    "bitcoin:%62c1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "\"" MAIN "\"",
    "'" MAIN "'",
    "“" MAIN "”",
    "„" MAIN "“",
    "« " MAIN " »",
    "<" MAIN ">",
    "(" MAIN ")",
    "[" MAIN "],",
    "`" MAIN "`",
    "**" MAIN "**",
    MAIN ".",
    MAIN ",",
    MAIN ";",
    MAIN ":",
    MAIN "!",
    "- " MAIN,
    ": " MAIN,
    "(" MAIN ").",
    "“" MAIN ".”",
    MAIN "\x7f",
    "\x01" MAIN "\x1b",
    "bitcoin:" MAIN ".",
    "<bitcoin:" MAIN ">",
    "“bitcoin:" MAIN "”.",
    "bitcoin: " MAIN,
    "bitcoin:bitcoin:" MAIN,
    "bitcoin: BITCOIN:bitcoin://" MAIN,
    "bitcoin:" MAIN "?",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GuiAddressText) text = gui_address_text_parse (good[i], BTC_NETWORK_MAIN);

    if (text->state != GUI_ADDRESS_GOOD)
      g_error ("“%s”: %s", good[i], text->why);
    g_assert_cmpstr (text->address, ==, MAIN);
    g_assert_cmpint (text->amount_sat, ==, -1);
    g_assert_null (text->why);
  }
}

static void
test_links (void)
{
  static const struct {
    const char *text;
    gint64 amount_sat;
    const char *label;
  } links[] = {
    { "bitcoin:" MAIN "?amount=.5", 50000000, NULL },
    { "bitcoin:" MAIN "?amount=5.&label=Alice", 500000000, "Alice" },
    { "bitcoin:" MAIN "?amount=&message=Books", -1, "Books" },
    { "bitcoin:" MAIN "?amount=0", -1, NULL },
    { "bitcoin:" MAIN "?label=a%0Ab%E2%80%AEc", -1, "a b c" },
    { "bitcoin:" MAIN "?label=My shop&amount=1", 100000000, "My shop" },
    { "<bitcoin:" MAIN "?amount=1>", 100000000, NULL },
    { "“bitcoin:" MAIN "?amount=1.”", 100000000, NULL },
    { "bitcoin:" MAIN "?amount=1,", 100000000, NULL },
    { "bitcoin:" MAIN "?amount=1.", 100000000, NULL },
    { "bitcoin:" MAIN "?amount=1>", 100000000, NULL },
    { "bitcoin:bitcoin:" MAIN "?amount=1", 100000000, NULL },
    { "bitcoin:" MAIN "?label=Shop (Berlin)", -1, "Shop (Berlin)" },
    { "bitcoin:" MAIN "?label=bitcoin:tips", -1, "bitcoin:tips" },
    { "bitcoin:" MAIN "?label=Dr.", -1, "Dr." },
    { "bitcoin:" MAIN "?amount=0.500000000", 50000000, NULL },
    { "bitcoin:" MAIN "?amount=1&amount=1.0", 100000000, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++) {
    g_autoptr (GuiAddressText) text = gui_address_text_parse (links[i].text, BTC_NETWORK_MAIN);

    g_assert_cmpint (text->state, ==, GUI_ADDRESS_GOOD);
    g_assert_cmpstr (text->address, ==, MAIN);
    g_assert_cmpint (text->amount_sat, ==, links[i].amount_sat);
    g_assert_cmpstr (text->label, ==, links[i].label);
  }
}

/* Each kind of mistake, and a piece of the sentence about it. */
static const struct {
  const char *text;
  const char *sentence;
} mistakes[] = {
  { "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "typing error in this address, most likely in “t5”" },
  { "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7vk8f3t4", "most likely in “xw7v” (characters 33 to 36)" },
  { "bc1q w508 d6qe jxtd g4y5 r3za rvar y0c5 xw7k v8f3 t5", "typing error in this address, most likely in “t5”" },
  { "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7vk8f3t5", "typing error in this address. Compare" },
  { "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "typing error" },
  { "1BvBMSEYstWetqTFn5Au4m4GFg8xJaNVN2", "most likely in “Fg8x”" },
  { "1BvBMSEYstWetqTFn5Au4m4GFg0xJaNVN2", "“0” (character 27)" },
  { "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3b4", "“b” (character 41)" },
  { "bc1qw508d6qejxtdg4y5r3zärvary0c5xw7kv8f3t4", "“ä” (character 24)" },
  { "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t", "1 character is missing" },
  { "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7k", "6 characters are missing" },
  { "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4q", "1 character too many" },
  { "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj", "1 character is missing" },
  { "Bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "capital and small letters" },
  { "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "belongs to a test network, but this wallet to Bitcoin" },
  { "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsy", "belongs to a test network" },
  { REGTEST, "belongs to the Playground, but this wallet to Bitcoin" },
  { OLD_TEST, "belongs to a test network" },
  { "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs", "Lightning invoice" },
  { "LNBC1PVJLUEZPP5QQQSYQCYQ5RQWZQFQQQSYQCYQ5", "Lightning invoice" },
  { "lightning:lnbc1pvjluez", "Lightning invoice" },
  { "lntb20m1pvjluez", "Lightning invoice" },
  { "lnurl1dp68gurn8ghj7um9wfmxjcm99e3k7mf0v9cxj0m385ekvcenxc6r2c35xvukxefcv5mkvv34x5ekzd3ev56nyd3hxqurzepexejxxepnxscr"
    "vwfnv9nxzcn9xq6xyefhvgcxxcmyxymnserxfq5fns",
    "LNURL" },
  { "lightning:LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ", "LNURL" },
  { "lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5k2uckyypwa3eyt44h6txtxquqh7lz5djge4"
    "afgfjn7k4rgrkuag0jsd5xvxg",
    "Lightning offer" },
  { "sp1qqgste7k9hx0qftg6qmwlkqtwuy6cycyavzmzj85c6qdfhjdpdjtdgqjuexzk6murw56suy3e0rd2cgqvycxttddwsvgxe2usfpxumr70xc9pkq"
    "wv",
    "silent payment address" },
  { "tsp1qqtest", "silent payment address" },
  { "₿alice@example.com", "name such as" },
  { "alice@example.com", "name such as" },
  { "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "private key" },
  { "KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617", "private key" },
  { "cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA", "private key" },
  { "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg", "private key" },
  { "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
    "private key" },
  { "ms10testsxxxxxxxxxxxxxxxxxxxxxxxxxx4nzvca9cmczlw", "private key" },
  { "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    "words of a wallet" },
  { "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
    "extended public key" },
  { "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "public key" },
  { "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b", "transaction ID" },
  { "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", "another currency" },
  { "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "another currency" },
  { "bitcoincash:qpm2qsznhks23z7629mms6s5cwef74vcwvy22gdx6a", "another currency" },
  { "https://example.com/pay", "web address" },
  { "bc1q w508 … v8f3 t4", "shortened" },
  { "bitcoin:?lightning=lnbc1pvjluez", "no Bitcoin address" },
  { "bitcoin:" MAIN "?amount=1,5", "not a plain number" },
  { "bitcoin:" MAIN "?amount=1e-3", "not a plain number" },
  { "bitcoin:" MAIN "?amount=0.5BTC", "not a plain number" },
  { "bitcoin:" MAIN "?amount=22000000", "more than all bitcoins that will ever exist" },
  { "bitcoin:" MAIN "?amount=-0.5", "negative" },
  { "bitcoin:" MAIN "?amount=0.123456789", "more than eight decimals" },
  { "bitcoin:" MAIN "bitcoin:" MAIN, "more than one payment link" },
  { "bitcoin:" MAIN "\nbitcoin:" MAIN, "more than one payment link" },
  { MAIN " " OLD, "more than one address" },
  { MAIN "\n" MAIN, "more than one address" },
  { MAIN "," TAPROOT ",", "more than one address" },
  { "Address: " MAIN, "other text next to the address" },
  { "BTC:" MAIN, "other text next to the address" },
  { "Pay me at bitcoin:" MAIN "?amount=1 please", "other text next to the address" },
  { "https://mempool.space/address/" MAIN, "other text next to the address" },
  { "b\u04411qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "“\u0441” (character 2) does not occur" },
  { "\uff42c1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "“\uff42” (character 1)" },
  { "\"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5\"", "most likely in “t5”" },
  { "bc1qw508d6qejx...", "shortened" },
  { "“bc1qw508d6qejx…”", "shortened" },
  { "bitcoin:" MAIN "?amount=1&amount=2", "two different amounts" },
  { "bitcoin:" MAIN "?req-pop=x", "requires something" },
  { "bitcoin:tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx?amount=1", "belongs to a test network" },
  { "bitcoin:sp1qqtest", "silent payment" },
  { "bitcoin:bc1q", "characters are missing" },
  { "this is certainly no address at all", "This is not a Bitcoin address. Addresses begin with bc1, 1 or 3." },
};

static void
test_mistakes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++) {
    g_autoptr (GuiAddressText) text = gui_address_text_parse (mistakes[i].text, BTC_NETWORK_MAIN);

    g_assert_cmpint (text->state, !=, GUI_ADDRESS_GOOD);
    g_assert_null (text->address);
    if (strstr (text->why, mistakes[i].sentence) == NULL)
      g_error ("“%s” gets the sentence “%s”", mistakes[i].text, text->why);
  }
}

/* No beginning of an address is called wrong before it can be judged. */
static void
test_unfinished (void)
{
  static const char *const whole[] = { MAIN, MAIN_UPPER, MAIN_GROUPS };

  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    for (gsize n = 1; n < strlen (whole[i]); n++) {
      g_autofree char *part = g_strndup (whole[i], n);
      g_autoptr (GuiAddressText) text = gui_address_text_parse (part, BTC_NETWORK_MAIN);

      g_assert_cmpint (text->state, ==, GUI_ADDRESS_UNFINISHED);
      g_assert_nonnull (text->why);
    }
  for (gsize n = 1; n < strlen (TAPROOT); n++) {
    g_autofree char *part = g_strndup (TAPROOT, n);
    g_autoptr (GuiAddressText) text = gui_address_text_parse (part, BTC_NETWORK_MAIN);

    g_assert_cmpint (text->state, ==, GUI_ADDRESS_UNFINISHED);
  }
}

static void
test_networks (void)
{
  g_autoptr (GuiAddressText) old = gui_address_text_parse (OLD, BTC_NETWORK_MAIN);
  g_autoptr (GuiAddressText) test = gui_address_text_parse (OLD_TEST, BTC_NETWORK_SIGNET);
  g_autoptr (GuiAddressText) other = gui_address_text_parse (MAIN, BTC_NETWORK_SIGNET);
  g_autoptr (GuiAddressText) none = gui_address_text_parse ("this is certainly no address", BTC_NETWORK_SIGNET);
  g_autoptr (GuiAddressText) empty = gui_address_text_parse (" \u200b\n", BTC_NETWORK_MAIN);

  g_assert_cmpstr (old->address, ==, OLD);
  g_assert_cmpstr (test->address, ==, OLD_TEST);
  g_assert_nonnull (strstr (other->why, "belongs to Bitcoin, but this wallet to Signet"));
  g_assert_nonnull (strstr (none->why, "This is not an address of this network."));
  g_assert_cmpint (empty->state, ==, GUI_ADDRESS_EMPTY);
}

/* Every single wrong character is found. */
static void
test_typo (void)
{
  static const char *const whole[] = { MAIN, TAPROOT, OLD };

  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++) {
    g_assert_cmpint (btc_address_find_typo (whole[i], BTC_NETWORK_REGTEST), ==, -1);
    for (gsize at = i < 2 ? 3 : 1; at < strlen (whole[i]); at += 7) {
      g_autofree char *typo = g_strdup (whole[i]);

      typo[at] = typo[at] == '8' ? '9' : '8';
      g_assert_cmpint (btc_address_find_typo (typo, BTC_NETWORK_MAIN), ==, at);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/address-text/good", test_good);
  g_test_add_func ("/gui/address-text/links", test_links);
  g_test_add_func ("/gui/address-text/mistakes", test_mistakes);
  g_test_add_func ("/gui/address-text/unfinished", test_unfinished);
  g_test_add_func ("/gui/address-text/networks", test_networks);
  g_test_add_func ("/gui/address-text/typo", test_typo);
  return g_test_run ();
}
