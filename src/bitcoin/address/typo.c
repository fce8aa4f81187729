#include "bitcoin/address/typo.h"

#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/address/bech32.h"

#define MULTIPLE (-2)

static gboolean
typo_is_solved (const char *text, BtcNetwork network)
{
  g_autoptr (GBytes) script = btc_address_decode (text, network, NULL);

  return script != NULL;
}

static void
typo_add (int *found, int at)
{
  if (*found == -1)
    *found = at;
  else if (*found != at)
    *found = MULTIPLE;
}

static void
typo_replace (char *text, gsize at, const char *alphabet, BtcNetwork network, int *found)
{
  char original = text[at];

  for (const char *c = alphabet; *c != '\0'; c++) {
    text[at] = *c;
    if (*c != original && typo_is_solved (text, network))
      typo_add (found, (int) at);
  }
  text[at] = original;
}

static void
typo_exchange (char *text, gsize at, BtcNetwork network, int *found)
{
  char first = text[at], second = text[at + 1];

  if (first == second || second == '\0')
    return;
  text[at] = second;
  text[at + 1] = first;
  if (typo_is_solved (text, network))
    typo_add (found, (int) at);
  text[at] = first;
  text[at + 1] = second;
}

int
btc_address_find_typo (const char *text, BtcNetwork network)
{
  const char *hrp = btc_network_info (network)->bech32_hrp;
  gboolean bech32;
  g_autofree char *copy = NULL;
  gsize len, start;
  int found = -1;

  g_return_val_if_fail (text != NULL, -1);

  len = strlen (text);
  bech32 = g_ascii_strncasecmp (text, hrp, strlen (hrp)) == 0 && text[strlen (hrp)] == '1';
  if (len > (bech32 ? BTC_BECH32_MAX : 36) || (!bech32 && len < 25))
    return -1;
  copy = bech32 ? g_ascii_strdown (text, -1) : g_strdup (text);
  start = bech32 ? strlen (hrp) + 1 : 0;
  for (gsize at = start; at < len && found != MULTIPLE; at++) {
    typo_replace (copy, at,
                  bech32 ? "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
                         : "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
                  network, &found);
    typo_exchange (copy, at, network, &found);
  }
  return MAX (found, -1);
}
