#include <stdio.h>

#include "bitcoin/address/address.h"
#include "bitcoin/keys/privkey.h"
#include "support.h"

static char *
flip_case (const char *text)
{
  char *flipped = g_strdup (text);

  for (char *at = flipped; *at != '\0'; at++)
    *at = g_ascii_isupper (*at) ? g_ascii_tolower (*at) : g_ascii_toupper (*at);
  return flipped;
}

static void
check_address (const char *text, GBytes *script, BtcNetwork network, gboolean flip)
{
  g_autoptr (GBytes) decoded = btc_address_decode (text, network, NULL);
  g_autofree char *flipped = flip_case (text);
  g_autoptr (GBytes) from_flipped = btc_address_decode (flipped, network, NULL);
  g_autofree char *encoded = NULL;
  BtcSpan span;

  g_assert_nonnull (decoded);
  g_assert_true (g_bytes_equal (decoded, script));
  g_assert_true ((from_flipped != NULL) == flip);
  span.data = g_bytes_get_data (script, &span.len);
  encoded = btc_address_encode (span, network);
  g_assert_cmpstr (encoded, ==, text);
  g_assert_null (btc_wif_parse (text, network, NULL));
}

static void
check_key (const char *text, GBytes *key, BtcNetwork network, gboolean compressed)
{
  gboolean read = !compressed;
  g_autoptr (CommonSecret) decoded = btc_wif_parse (text, network, &read);
  g_autoptr (CommonSecret) encoded = NULL;

  g_assert_nonnull (decoded);
  g_assert_cmpint (read, ==, compressed);
  g_assert_cmpmem (decoded->data, decoded->len, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  encoded = btc_wif_format (decoded->data, read, network);
  g_assert_cmpstr ((const char *) encoded->data, ==, text);
  g_assert_null (btc_address_decode (text, network, NULL));
}

/* [text, hex of script or key, {chain, isPrivkey, isCompressed, tryCaseFlip}] */
static gsize
check_valid (void)
{
  g_autoptr (RpcJson) cases = vectors_open_json ("core", "key_io_valid.json");

  for (gsize i = 0; i < rpc_json_len (cases); i++) {
    RpcJson *one = rpc_json_at (cases, i);
    RpcJson *facts = rpc_json_at (one, 2);
    const char *text = rpc_json_string (rpc_json_at (one, 0));
    g_autoptr (GBytes) payload = vectors_bytes (rpc_json_at (one, 1));
    const BtcNetworkInfo *info = btc_network_by_name (rpc_json_string (rpc_json_get (facts, "chain")));

    vectors_name_case ("%s", text);
    g_assert_nonnull (info);
    if (rpc_json_bool (rpc_json_get (facts, "isPrivkey")))
      check_key (text, payload, info->network, rpc_json_bool (rpc_json_get (facts, "isCompressed")));
    else
      check_address (text, payload, info->network, rpc_json_bool (rpc_json_get (facts, "tryCaseFlip")));
  }
  return rpc_json_len (cases);
}

static gsize
check_invalid (void)
{
  g_autoptr (RpcJson) cases = vectors_open_json ("core", "key_io_invalid.json");

  for (gsize i = 0; i < rpc_json_len (cases); i++) {
    const char *text = rpc_json_string (rpc_json_at (rpc_json_at (cases, i), 0));

    vectors_name_case ("%s", text);
    for (guint network = 0; network < BTC_N_NETWORKS; network++) {
      g_autofree char *why = NULL;

      g_assert_null (btc_address_decode (text, network, &why));
      g_assert_nonnull (why);
      g_assert_null (btc_wif_parse (text, network, NULL));
    }
  }
  return rpc_json_len (cases);
}

int
main (void)
{
  gsize valid = check_valid ();
  gsize invalid = check_invalid ();

  printf ("%" G_GSIZE_FORMAT " valid, %" G_GSIZE_FORMAT " invalid\n", valid, invalid);
  return valid > 0 && invalid > 0 ? 0 : 1;
}
