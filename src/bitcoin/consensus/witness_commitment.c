/* BIP 141: how a block commits to its witnesses. An output of the coinbase:
 * OP_RETURN, push of 36 bytes: aa21a9ed, then SHA256d (witness merkle root, reserved value);
 * the reserved value is the only item of the coinbase's witness, 32 bytes. */
#include "bitcoin/consensus/witness_commitment.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/merkle.h"

#include <string.h>

static const guint8 commitment_start[] = { 0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed };
#define COMMITMENT_SIZE (sizeof commitment_start + 32)

gint
btc_block_witness_commitment (const BtcBlock *block)
{
  const BtcTx *coinbase = &block->txs[0];

  if (block->n_txs == 0)
    return -1;
  for (gint64 i = (gint64) coinbase->n_out - 1; i >= 0; i--) {
    BtcSpan script = coinbase->out[i].script;

    if (script.len >= COMMITMENT_SIZE && memcmp (script.data, commitment_start, sizeof commitment_start) == 0)
      return (gint) i;
  }
  return -1;
}

BtcBlock *
btc_block_new_with_reserved_value (const BtcBlock *block)
{
  static const guint8 marker_and_flag[] = { 0, 1 }, one_item[] = { 1, 32 }, zero32[32] = { 0 };
  const BtcTx *coinbase = &block->txs[0];
  gsize len, at = block->header_to_txs;
  const guint8 *data = g_bytes_get_data (block->bytes, &len);
  g_autoptr (GByteArray) out = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (btc_block_witness_commitment (block) < 0 || coinbase->has_witness || coinbase->n_in == 0)
    return NULL;
  out = g_byte_array_new ();
  btc_write_data (out, data, at + 4); /* up to the coinbase's version */
  btc_write_data (out, marker_and_flag, sizeof marker_and_flag);
  btc_write_data (out, data + at + 4, coinbase->bytes.len - 8);
  btc_write_data (out, one_item, sizeof one_item);
  btc_write_data (out, zero32, sizeof zero32);
  for (guint32 i = 1; i < coinbase->n_in; i++)
    btc_write_u8 (out, 0);
  btc_write_data (out, data + at + coinbase->bytes.len - 4, len - at - (coinbase->bytes.len - 4));
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&out));
  return btc_block_new (bytes);
}

static gboolean
check_commitment (const BtcBlock *block, gint at, BtcVerdict *verdict)
{
  const BtcTx *coinbase = &block->txs[0];
  guint8 both[64], root32[32];
  BtcSpan reserved = { NULL, 0 };

  if (coinbase->n_in > 0 && coinbase->in[0].witness_count == 1)
    reserved = btc_tx_in_witness_item (&coinbase->in[0], 0);
  if (reserved.len != 32)
    return btc_verdict_fail (verdict, BTC_VERDICT_MUTATED, "bad-witness-nonce-size",
                             "CheckWitnessMalleation : invalid witness reserved value size");
  btc_block_witness_merkle_root (block, both);
  memcpy (both + 32, reserved.data, 32);
  btc_sha256d (both, sizeof both, root32);
  if (memcmp (root32, coinbase->out[at].script.data + sizeof commitment_start, 32) != 0)
    return btc_verdict_fail (verdict, BTC_VERDICT_MUTATED, "bad-witness-merkle-match",
                             "CheckWitnessMalleation : witness merkle commitment mismatch");
  return TRUE;
}

gboolean
btc_block_check_witness (const BtcBlock *block, gboolean expected, BtcVerdict *verdict)
{
  gint at = expected ? btc_block_witness_commitment (block) : -1;

  if (at >= 0)
    return check_commitment (block, at, verdict);
  for (guint32 i = 0; i < block->n_txs; i++)
    if (block->txs[i].has_witness)
      return btc_verdict_fail (verdict, BTC_VERDICT_MUTATED, "unexpected-witness",
                               "CheckWitnessMalleation : unexpected witness data found");
  return TRUE;
}
