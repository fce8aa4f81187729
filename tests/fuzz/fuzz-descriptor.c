/* Descriptors: what is parsed is printed and parsed again, with the same text and scripts; so is the descriptor inferred
 * for each script. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/descriptor/descriptor.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

#define INDEX 7

static BtcDescriptor *
parse_printed (const char *text)
{
  BtcDescriptor *descriptor = btc_descriptor_parse (text, BTC_NETWORK_MAIN, TRUE, NULL);

  if (descriptor == NULL)
    abort ();
  return descriptor;
}

/* The descriptor of script I has only that one. */
static void
check_script (const BtcDescriptor *descriptor, const BtcExpansion *expansion, guint i)
{
  g_autofree char *text = btc_descriptor_format_script (descriptor, expansion, i);
  g_autoptr (BtcDescriptor) one = text != NULL ? parse_printed (text) : NULL;
  g_auto (BtcExpansion) again = { 0 };

  if (text == NULL)
    return;
  if (!btc_descriptor_expand (one, 0, &again) || again.scripts->len != 1
      || !g_bytes_equal (again.script, g_ptr_array_index (expansion->scripts, i)))
    abort ();
}

static void
check_descriptor (const BtcDescriptor *descriptor)
{
  g_autofree char *written = btc_descriptor_format (descriptor, BTC_DESCRIPTOR_AS_WRITTEN);
  g_autoptr (BtcDescriptor) again = parse_printed (written);
  g_autofree char *rewritten = btc_descriptor_format (again, BTC_DESCRIPTOR_AS_WRITTEN);
  g_auto (BtcExpansion) a = { 0 };
  g_auto (BtcExpansion) b = { 0 };
  gboolean expanded = btc_descriptor_expand (descriptor, INDEX, &a);

  if (strcmp (written, rewritten) != 0 || btc_descriptor_expand (again, INDEX, &b) != expanded)
    abort ();
  if (expanded && a.scripts->len != b.scripts->len)
    abort ();
  for (guint i = 0; expanded && i < a.scripts->len; i++) {
    if (!g_bytes_equal (g_ptr_array_index (a.scripts, i), g_ptr_array_index (b.scripts, i)))
      abort ();
    check_script (descriptor, &a, i);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = g_strndup ((const char *) data, len);
  g_autofree char *why = NULL;
  g_autoptr (GPtrArray) all = btc_descriptor_parse_all (text, BTC_NETWORK_MAIN, FALSE, &why);

  if ((all == NULL) != (why != NULL))
    abort ();
  for (guint i = 0; all != NULL && i < all->len; i++)
    check_descriptor (g_ptr_array_index (all, i));
  return 0;
}
