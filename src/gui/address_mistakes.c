#include "gui/address_mistakes.h"

#include "bitcoin/address/address.h"
#include "bitcoin/address/bech32.h"
#include "bitcoin/address/typo.h"

#include <glib/gi18n.h>
#include <string.h>

/* Shorter texts are not judged while they are being typed. */
#define LEAST_LEN 26
#define BECH32 "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
#define BASE58 "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
/* Characters after the separator, with checksum, of a version 0 program of 20 bytes, and of one of 32 bytes. */
#define SHORT_DATA 39
#define LONG_DATA 59

static const char *
mistake_network_title (BtcNetwork network)
{
  switch (network) {
  case BTC_NETWORK_MAIN:
    return _ ("Bitcoin");
  case BTC_NETWORK_TEST:
  case BTC_NETWORK_TESTNET4:
    return _ ("a test network");
  case BTC_NETWORK_SIGNET:
    return _ ("Signet");
  case BTC_NETWORK_REGTEST:
    return _ ("the Playground");
  case BTC_N_NETWORKS:
    break;
  }
  g_return_val_if_reached ("");
}

static char *
mistake_network (BtcNetwork of, BtcNetwork network)
{
  /* Translators: the first %s is a network, such as “Bitcoin” or “a test network”; so is the second. */
  return g_strdup_printf (_ ("This address belongs to %s, but this wallet to %s. Ask the recipient for another one."),
                          mistake_network_title (of), mistake_network_title (network));
}

/* Whether TEXT begins like a bech32 address of NETWORK; the first character of its data. */
static const char *
bech32_data (const char *text, BtcNetwork network)
{
  const char *hrp = btc_network_info (network)->bech32_hrp;
  gsize len = strlen (hrp);

  return g_ascii_strncasecmp (text, hrp, len) == 0 && text[len] == '1' ? text + len + 1 : NULL;
}

/* The network of TEXT when it is another one than NETWORK: by its checksum, or by its prefix. */
static char *
mistake_other_network (const char *text, BtcNetwork network)
{
  for (guint i = 0; i < BTC_N_NETWORKS; i++) {
    g_autoptr (GBytes) script = btc_address_decode (text, i, NULL);

    if (script != NULL || (bech32_data (text, i) != NULL && bech32_data (text, network) == NULL))
      return mistake_network (i, network);
  }
  return NULL;
}

/* The address shows its groups of four when it is displayed, so that one of them can be found. */
static char *
mistake_typo (const char *text, BtcNetwork network)
{
  int at = btc_address_find_typo (text, network);
  g_autofree char *group = NULL;

  if (at < 0)
    return g_strdup (_ ("There is a typing error in this address. Compare it with the original, or copy it again."));
  group = g_strndup (text + at / 4 * 4, 4);
  /* Translators: %s are up to four characters of the address. */
  return g_strdup_printf (_ ("There is a typing error in this address, most likely in “%s” (characters %d to %d). "
                             "Compare it with the original."),
                          group, at / 4 * 4 + 1, at / 4 * 4 + (int) strlen (group));
}

static char *
mistake_character (const char *at, const char *text)
{
  g_autofree char *character = g_strndup (at, (gsize) (g_utf8_next_char (at) - at));

  /* Translators: %s is one character. */
  return g_strdup_printf (_ ("“%s” (character %d) does not occur in such an address. Compare it with the original."),
                          character, (int) g_utf8_pointer_to_offset (text, at) + 1);
}

static char *
mistake_length (int missing)
{
  if (missing > 0)
    return g_strdup_printf (g_dngettext (NULL, "%d character is missing in this address. Copy the whole address.",
                                         "%d characters are missing in this address. Copy the whole address.", missing),
                            missing);
  return g_strdup_printf (g_dngettext (NULL, "This address has %d character too many. Copy it again.",
                                       "This address has %d characters too many. Copy it again.", -missing),
                          -missing);
}

/* How many characters are missing, negative if there are too many; 0 if the number is right, or any is. */
static int
bech32_missing (const char *data)
{
  int len = (int) strlen (data);

  switch (g_ascii_tolower (data[0])) {
  case 'q':
    return len <= SHORT_DATA + 4 ? SHORT_DATA - len : LONG_DATA - len;
  case 'p':
    /* Version 1 has other lengths, too, but nearly all are of this one. */
    return LONG_DATA - len;
  default:
    return 0;
  }
}

static gboolean
has_mixed_case (const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1), *upper = g_ascii_strup (text, -1);

  return !g_str_equal (text, lower) && !g_str_equal (text, upper);
}

/* DATA is the part of TEXT after the separator. */
static char *
mistake_bech32 (const char *text, const char *data, BtcNetwork network, GuiAddressState *state)
{
  g_autofree char *lower = g_ascii_strdown (data, -1);
  gsize good = strspn (lower, BECH32);
  int missing = bech32_missing (lower);

  if (lower[good] != '\0')
    return mistake_character (data + good, text);
  if (has_mixed_case (text))
    return g_strdup (_ ("This address has both capital and small letters, so at least one of them is wrong. Copy it "
                        "again."));
  if (strlen (lower) < SHORT_DATA || (missing > 0 && g_ascii_tolower (*data) == 'p'))
    *state = GUI_ADDRESS_UNFINISHED;
  /* All lengths up to that of a long address are passed while one is being typed. */
  if (missing != 0 && strlen (lower) > SHORT_DATA && strlen (lower) < LONG_DATA)
    *state = GUI_ADDRESS_UNFINISHED;
  return missing != 0 ? mistake_length (missing) : mistake_typo (text, network);
}

static char *
mistake_none (BtcNetwork network)
{
  if (network == BTC_NETWORK_MAIN)
    return g_strdup (_ ("This is not a Bitcoin address. Addresses begin with bc1, 1 or 3."));
  /* Translators: %s is the prefix of addresses, such as tb1. */
  return g_strdup_printf (_ ("This is not an address of this network. Addresses begin with %s1, m, n or 2."),
                          btc_network_info (network)->bech32_hrp);
}

/* Base58 of the right prefix and about the right length. */
static char *
mistake_base58 (const char *text, BtcNetwork network)
{
  const char *first = network == BTC_NETWORK_MAIN ? "13" : "mn2";
  gsize good = strspn (text, BASE58), len = strlen (text);

  if (strchr (first, *text) == NULL || len < LEAST_LEN || len > 36)
    return NULL;
  return text[good] != '\0' ? mistake_character (text + good, text) : mistake_typo (text, network);
}

static const char *
mistake_skip_ascii (const char *text)
{
  while (*text != '\0' && (guchar) *text < 0x80)
    text++;
  return text;
}

char *
gui_address_mistake (const char *text, BtcNetwork network, GuiAddressState *state)
{
  const char *data = bech32_data (text, network);
  char *why = NULL;

  *state = GUI_ADDRESS_BAD;
  if (data != NULL)
    return mistake_bech32 (text, data, network, state);
  if (strlen (text) >= LEAST_LEN)
    why = mistake_other_network (text, network);
  if (why == NULL && *text != '\0')
    why = mistake_base58 (text, network);
  /* A letter of another script may look like the right one. */
  if (why == NULL && strlen (text) >= LEAST_LEN && *mistake_skip_ascii (text) != '\0')
    why = mistake_character (mistake_skip_ascii (text), text);
  if (why == NULL && strlen (text) < LEAST_LEN)
    *state = GUI_ADDRESS_UNFINISHED;
  return why != NULL ? why : mistake_none (network);
}
