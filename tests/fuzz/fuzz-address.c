/* Addresses and payment URIs of every network: an address that is parsed to a script is equivalent to the one that is
 * written for this script. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/address/uri.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static void
check_address (const char *text, BtcNetwork network)
{
  g_autofree char *why = NULL;
  g_autoptr (GBytes) script = btc_address_decode (text, network, &why);
  g_autoptr (GBytes) again = NULL;
  g_autofree char *address = NULL;
  BtcSpan span;

  if ((script == NULL) != (why != NULL))
    abort ();
  if (script == NULL)
    return;
  span.data = g_bytes_get_data (script, &span.len);
  address = btc_address_encode (span, network);
  again = address != NULL ? btc_address_decode (address, network, NULL) : NULL;
  if (again == NULL || !g_bytes_equal (again, script))
    abort ();
}

static void
check_uri (const char *text, BtcNetwork network)
{
  g_autoptr (BtcUri) uri = btc_uri_parse (text, network);
  g_autofree char *written = NULL;
  g_autoptr (BtcUri) again = NULL;

  if (uri == NULL)
    return;
  written = btc_uri_format (uri->address, uri->amount_sat, uri->label);
  again = btc_uri_parse (written, network);
  if (again == NULL || again->amount_sat != uri->amount_sat || strcmp (again->address, uri->address) != 0)
    abort ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = NULL;
  guint network;

  if (len == 0)
    return 0;
  network = data[0] % BTC_N_NETWORKS;
  text = g_strndup ((const char *) data + 1, len - 1);
  check_address (text, network);
  check_uri (text, network);
  return 0;
}
