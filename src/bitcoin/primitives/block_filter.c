#include "bitcoin/primitives/block_filter.h"

#include <string.h>

#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/gcs.h"

#define FILTER_P 19
#define FILTER_M 784931
#define OP_RETURN 0x6a

static BtcGcsParams
make_params (const guint8 block32[32])
{
  return (BtcGcsParams){ btc_get_u64 (block32), btc_get_u64 (block32 + 8), FILTER_P, FILTER_M };
}

void
btc_block_filter_write (const BtcBlock *block, const BtcSpan *spent, gsize n_spent, GByteArray *out)
{
  g_autoptr (GArray) scripts = g_array_new (FALSE, FALSE, sizeof (BtcSpan));
  BtcGcsParams params;

  g_return_if_fail (block != NULL && out != NULL && (spent != NULL || n_spent == 0));
  for (guint32 i = 0; i < block->n_txs; i++) {
    const BtcTx *tx = &block->txs[i];

    for (guint32 n = 0; n < tx->n_out; n++) {
      BtcSpan script = tx->out[n].script;
      if (script.len > 0 && script.data[0] != OP_RETURN)
        g_array_append_val (scripts, script);
    }
  }
  for (gsize i = 0; i < n_spent; i++)
    if (spent[i].len > 0)
      g_array_append_val (scripts, spent[i]);
  params = make_params (block->hash32);
  btc_gcs_write (&params, (const BtcSpan *) (gconstpointer) scripts->data, scripts->len, out);
}

void
btc_block_filter_hash (BtcSpan filter, guint8 out32[32])
{
  btc_sha256d (filter.data, filter.len, out32);
}

void
btc_block_filter_header (const guint8 hash32[32], const guint8 prev32[32], guint8 out32[32])
{
  guint8 both[64];

  memcpy (both, hash32, 32);
  memcpy (both + 32, prev32, 32);
  btc_sha256d (both, sizeof both, out32);
}

gboolean
btc_block_filter_check (const guint8 block32[32], BtcSpan filter)
{
  BtcGcsParams params = make_params (block32);
  return btc_gcs_check (&params, filter);
}

gboolean
btc_block_filter_match_any (const guint8 block32[32], BtcSpan filter, const BtcSpan *scripts, gsize n, gboolean *match)
{
  BtcGcsParams params = make_params (block32);
  return btc_gcs_match_any (&params, filter, scripts, n, match);
}
