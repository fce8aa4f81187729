/* A coin as on disk: a coin that is parsed can be written and parsed again without a difference. */
#include <stdlib.h>
#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "node/store/block_files.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr (GByteArray) scripts = g_byte_array_new (), again = g_byte_array_new (), scripts2 = g_byte_array_new ();
  BtcReader reader;
  BtcCoin coin, coin2;

  btc_reader_init (&reader, data, len);
  /* Amounts above the maximum are never written. */
  if (!node_coin_parse (&reader, &coin, scripts) || !btc_amount_in_range (coin.out.value_sat))
    return 0;
  coin.out.script.data = scripts->data;
  node_coin_serialize (&coin, again);
  btc_reader_init (&reader, again->data, again->len);
  if (!node_coin_parse (&reader, &coin2, scripts2) || !btc_reader_done (&reader))
    abort ();
  if (coin.height != coin2.height || coin.coinbase != coin2.coinbase || coin.out.value_sat != coin2.out.value_sat
      || scripts->len != scripts2->len
      || (scripts->len > 0 && memcmp (scripts->data, scripts2->data, scripts->len) != 0))
    abort ();
  return 0;
}
