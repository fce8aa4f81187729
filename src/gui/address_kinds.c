#include "gui/address_kinds.h"

#include <glib/gi18n.h>
#include <string.h>

#define LEAST_WORDS 11
#define BASE58 "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

typedef enum {
  KIND_NONE,
  KIND_INVOICE,
  KIND_LNURL,
  KIND_OFFER,
  KIND_SILENT,
  KIND_NAME,
  KIND_PRIVATE,
  KIND_WORDS,
  KIND_XPUB,
  KIND_PUBKEY,
  KIND_TXID,
  KIND_OTHER,
  KIND_WEB,
  KIND_SHORTENED,
} AddressKind;

/* Of the compact text, in any case. */
static const struct {
  const char *prefix;
  AddressKind kind;
} prefixes[] = {
  { "lightning:lnurl", KIND_LNURL },
  { "lightning:lno1", KIND_OFFER },
  { "lightning:", KIND_INVOICE },
  { "lnurl", KIND_LNURL },
  { "keyauth:", KIND_LNURL },
  { "lno1", KIND_OFFER },
  { "lni1", KIND_INVOICE },
  { "lnbc", KIND_INVOICE },
  { "lntb", KIND_INVOICE },
  { "sp1", KIND_SILENT },
  { "tsp1", KIND_SILENT },
  { "sprt1", KIND_SILENT },
  { "0x", KIND_OTHER },
  { "ltc1", KIND_OTHER },
  { "litecoin:", KIND_OTHER },
  { "bitcoincash:", KIND_OTHER },
  { "bchtest:", KIND_OTHER },
  { "ecash:", KIND_OTHER },
  { "dogecoin:", KIND_OTHER },
  { "ethereum:", KIND_OTHER },
  { "monero:", KIND_OTHER },
  { "http://", KIND_WEB },
  { "https://", KIND_WEB },
};

static const char *
kind_sentence (AddressKind kind)
{
  switch (kind) {
  case KIND_NONE:
    return NULL;
  case KIND_INVOICE:
    return _ ("This is a Lightning invoice, which Moneyrocket cannot pay. Ask the recipient for a Bitcoin address.");
  case KIND_LNURL:
    return _ (
        "This is a Lightning link (LNURL), which Moneyrocket cannot pay. Ask the recipient for a Bitcoin address.");
  case KIND_OFFER:
    return _ ("This is a Lightning offer, which Moneyrocket cannot pay. Ask the recipient for a Bitcoin address.");
  case KIND_SILENT:
    return _ ("This is a silent payment address, which Moneyrocket cannot pay yet. Ask the recipient for an ordinary "
              "Bitcoin address.");
  case KIND_NAME:
    return _ ("This is a name such as ₿user@domain, which Moneyrocket does not look up yet. Ask the recipient for a "
              "Bitcoin address.");
  case KIND_PRIVATE:
    return _ ("This is a private key, not an address. Whoever sees it can spend its coins: keep it secret, and do not "
              "send it to anyone.");
  case KIND_WORDS:
    return _ ("These seem to be the words of a wallet, not an address. Whoever sees them can spend its coins: keep "
              "them secret, and do not send them to anyone.");
  case KIND_XPUB:
    return _ ("This is an extended public key, from which all addresses of a wallet can be derived, but not an "
              "address. Ask the recipient for a Bitcoin address.");
  case KIND_PUBKEY:
    return _ ("This is a public key, not an address. Ask the recipient for a Bitcoin address.");
  case KIND_TXID:
    return _ ("This is a transaction ID, not an address. Ask the recipient for a Bitcoin address.");
  case KIND_OTHER:
    return _ ("This is an address of another currency. Bitcoins cannot be sent to it: ask the recipient for a Bitcoin "
              "address.");
  case KIND_WEB:
    return _ ("This is a web address. Open it in a browser, and copy the Bitcoin address from there.");
  case KIND_SHORTENED:
    return _ ("This address is shortened: its middle is missing. Copy the whole address.");
  }
  g_return_val_if_reached (NULL);
}

static AddressKind
kind_by_prefix (const char *compact)
{
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_ascii_strncasecmp (compact, prefixes[i].prefix, strlen (prefixes[i].prefix)) == 0)
      return prefixes[i].kind;
  return KIND_NONE;
}

static gboolean
kind_is_in (const char *text, const char *alphabet)
{
  return strspn (text, alphabet) == strlen (text);
}

/* Hexadecimal: an ID, a public or a private key (which nobody can tell from an ID). */
static AddressKind
kind_of_hex (const char *compact)
{
  gsize len = strlen (compact);

  if (!kind_is_in (compact, "0123456789abcdefABCDEF"))
    return KIND_NONE;
  if (len == 64)
    return KIND_TXID;
  if ((len == 66 && compact[0] == '0' && (compact[1] == '2' || compact[1] == '3'))
      || (len == 130 && compact[0] == '0' && compact[1] == '4'))
    return KIND_PUBKEY;
  return KIND_NONE;
}

/* The forms of keys: codex32, and in base58 WIF, BIP 38 and extended keys, which have a letter for their type ("zpub"). */
static AddressKind
kind_of_key (const char *compact)
{
  gsize len = strlen (compact);

  if (len >= 48 && g_ascii_strncasecmp (compact, "ms1", 3) == 0)
    return KIND_PRIVATE;
  if (!kind_is_in (compact, BASE58))
    return KIND_NONE;
  if ((len == 51 && strchr ("59", compact[0]) != NULL) || (len == 52 && strchr ("KLc", compact[0]) != NULL)
      || (len == 58 && g_str_has_prefix (compact, "6P")))
    return KIND_PRIVATE;
  if (len < 100 || strchr ("xyztuvYZUV", compact[0]) == NULL)
    return KIND_NONE;
  if (g_str_has_prefix (compact + 1, "prv"))
    return KIND_PRIVATE;
  return g_str_has_prefix (compact + 1, "pub") ? KIND_XPUB : KIND_NONE;
}

/* Groups of letters only, none of which looks like a group of an address, in the number of a wallet's words. */
static gboolean
kind_is_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint n = 0;

  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] == '\0')
      continue;
    if (strlen (words[i]) < 3 || !kind_is_in (words[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
      return FALSE;
    n++;
  }
  return n >= LEAST_WORDS;
}

const char *
gui_address_kind_sentence (const char *text, const char *compact)
{
  AddressKind kind = kind_by_prefix (compact);

  if (kind == KIND_NONE)
    kind = kind_of_hex (compact);
  if (kind == KIND_NONE)
    kind = kind_of_key (compact);
  if (kind == KIND_NONE && kind_is_words (text))
    kind = KIND_WORDS;
  if (kind == KIND_NONE && (strstr (compact, "…") != NULL || strstr (compact, "...") != NULL))
    kind = KIND_SHORTENED;
  if (kind == KIND_NONE && (strchr (compact, '@') != NULL || strstr (compact, "₿") != NULL))
    kind = KIND_NAME;
  return kind_sentence (kind);
}
