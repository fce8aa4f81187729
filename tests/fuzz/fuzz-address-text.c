/* What is typed or pasted as a recipient: an address that is understood is understood alone, too, and in a link with its
 * amount; anything else has a sentence. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/address/uri.h"
#include "bitcoin/primitives/amount.h"
#include "gui/address_text.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static void
check_again (const char *text, const GuiAddressText *parsed, gint64 amount_sat, BtcNetwork network)
{
  g_autoptr (GuiAddressText) again = gui_address_text_parse (text, network);

  if (again->state != GUI_ADDRESS_GOOD || strcmp (again->address, parsed->address) != 0
      || again->amount_sat != amount_sat)
    abort ();
}

static void
check_text (const char *text, BtcNetwork network)
{
  g_autoptr (GuiAddressText) parsed = gui_address_text_parse (text, network);
  gboolean good = parsed->state == GUI_ADDRESS_GOOD;
  g_autofree char *link = NULL;

  if (good != (parsed->address != NULL) || good != (parsed->why == NULL))
    abort ();
  if (parsed->amount_sat != -1 && (!good || parsed->amount_sat == 0 || !btc_amount_in_range (parsed->amount_sat)))
    abort ();
  if (!good)
    return;
  check_again (parsed->address, parsed, -1, network);
  link = btc_uri_format (parsed->address, parsed->amount_sat, parsed->label);
  check_again (link, parsed, parsed->amount_sat, network);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = NULL;

  if (len == 0)
    return 0;
  text = g_strndup ((const char *) data + 1, len - 1);
  check_text (text, data[0] % BTC_N_NETWORKS);
  return 0;
}
