/* Descriptors: a descriptor that is printed is parsed again as the same, with the same script. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/descriptor/descriptor.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = g_strndup ((const char *) data, len);
  g_autofree char *why = NULL;
  g_autoptr (BtcDescriptor) descriptor = btc_descriptor_parse (text, BTC_NETWORK_MAIN, FALSE, &why);
  g_autoptr (BtcDescriptor) again = NULL;
  g_autofree char *written = NULL;
  g_autofree char *rewritten = NULL;
  g_auto (BtcExpansion) a = { 0 };
  g_auto (BtcExpansion) b = { 0 };
  gboolean expanded;

  if ((descriptor == NULL) != (why != NULL))
    abort ();
  if (descriptor == NULL)
    return 0;
  written = btc_descriptor_format (descriptor, BTC_DESCRIPTOR_AS_WRITTEN);
  again = btc_descriptor_parse (written, BTC_NETWORK_MAIN, TRUE, NULL);
  if (again == NULL)
    abort ();
  rewritten = btc_descriptor_format (again, BTC_DESCRIPTOR_AS_WRITTEN);
  expanded = btc_descriptor_expand (descriptor, 7, &a);
  if (strcmp (written, rewritten) != 0 || btc_descriptor_expand (again, 7, &b) != expanded
      || (expanded && !g_bytes_equal (a.script, b.script)))
    abort ();
  return 0;
}
