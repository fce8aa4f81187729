/* An untrusted filter: decoding it must terminate, and elements of a filter that is built from the same bytes must be
 * found. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/primitives/block_filter.h"
#include "bitcoin/primitives/gcs.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  const BtcGcsParams params = { 1, 2, 19, 784931 };
  static const guint8 block32[32];
  const BtcSpan all = { data, len };
  BtcSpan elements[64];
  g_autoptr (GByteArray) set = g_byte_array_new ();
  gboolean match, well_formed = btc_block_filter_check (block32, all);
  gsize n = MIN (len / 4, G_N_ELEMENTS (elements));

  /* Every well-formed filter can be searched to its end. */
  if (!btc_block_filter_match_any (block32, all, &all, 1, &match) && well_formed)
    abort ();
  for (gsize i = 0; i < n; i++)
    elements[i] = (BtcSpan){ data + 4 * i, 1 + data[4 * i] % 4 };
  btc_gcs_write (&params, elements, n, set);
  if (!btc_gcs_check (&params, (BtcSpan){ set->data, set->len }))
    abort ();
  for (gsize i = 0; i < n; i++)
    if (!btc_gcs_match_any (&params, (BtcSpan){ set->data, set->len }, &elements[i], 1, &match) || !match)
      abort ();
  return 0;
}
