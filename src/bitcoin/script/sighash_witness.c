/* Signature hashes of witnesses: the shared midstates, BIP 143 (version 0), BIP 341 and 342 (taproot). */
#include "bitcoin/script/sighash.h"
#include "bitcoin/script/machine.h"

#include <string.h>

#define OUTPUT_MASK 0x1f

static void
hash_prevouts (const BtcTx *tx, guint8 out32[32])
{
  BtcHashWriter writer;

  btc_hash_writer_init (&writer);
  for (guint32 i = 0; i < tx->n_in; i++)
    btc_hash_writer_outpoint (&writer, &tx->in[i].prevout);
  btc_hash_writer_finish (&writer, out32);
}

static void
hash_sequences (const BtcTx *tx, guint8 out32[32])
{
  BtcHashWriter writer;

  btc_hash_writer_init (&writer);
  for (guint32 i = 0; i < tx->n_in; i++)
    btc_hash_writer_u32 (&writer, tx->in[i].sequence);
  btc_hash_writer_finish (&writer, out32);
}

static void
hash_outputs (const BtcTxOut *out, guint32 n, guint8 out32[32])
{
  BtcHashWriter writer;

  btc_hash_writer_init (&writer);
  for (guint32 i = 0; i < n; i++)
    btc_hash_writer_output (&writer, &out[i]);
  btc_hash_writer_finish (&writer, out32);
}

static void
hash_spent (BtcSighashCache *cache)
{
  BtcHashWriter writer;

  btc_hash_writer_init (&writer);
  for (guint32 i = 0; i < cache->tx->n_in; i++)
    btc_hash_writer_u64 (&writer, (guint64) cache->spent[i].value_sat);
  btc_hash_writer_finish (&writer, cache->amounts_sha32);
  btc_hash_writer_init (&writer);
  for (guint32 i = 0; i < cache->tx->n_in; i++)
    btc_hash_writer_bytes (&writer, cache->spent[i].script);
  btc_hash_writer_finish (&writer, cache->scripts_sha32);
}

/* What the witnesses of CACHE's transaction can need. A version 0 program inside P2SH cannot be recognised before
 * execution, so every witness that is not taproot's counts as version 0. */
static void
find_needs (const BtcSighashCache *cache, gboolean *bip143, gboolean *bip341)
{
  const BtcTx *tx = cache->tx;

  for (guint32 i = 0; i < tx->n_in && !(*bip143 && *bip341); i++) {
    if (tx->in[i].witness_count == 0)
      continue;
    if (cache->spent != NULL && cache->spent[i].script.len == 34 && cache->spent[i].script.data[0] == BTC_OP_1)
      *bip341 = TRUE;
    else
      *bip143 = TRUE;
  }
}

void
btc_sighash_cache_init (BtcSighashCache *cache, const BtcTx *tx, const BtcTxOut *spent, gboolean force)
{
  gboolean bip143 = force, bip341 = force;

  cache->tx = tx;
  cache->spent = spent;
  find_needs (cache, &bip143, &bip341);
  cache->bip143_ready = bip143;
  cache->bip341_ready = bip341 && spent != NULL;
  if (!bip143 && !bip341)
    return;
  hash_prevouts (tx, cache->prevouts_sha32);
  hash_sequences (tx, cache->sequences_sha32);
  hash_outputs (tx->out, tx->n_out, cache->outputs_sha32);
  if (cache->bip143_ready) {
    btc_sha256 (cache->prevouts_sha32, 32, cache->prevouts_sha256d32);
    btc_sha256 (cache->sequences_sha32, 32, cache->sequences_sha256d32);
    btc_sha256 (cache->outputs_sha32, 32, cache->outputs_sha256d32);
  }
  if (cache->bip341_ready)
    hash_spent (cache);
}

/* Double hashes for BIP 143, from the cache where it has them. */
static void
get_double (gboolean ready,
            const guint8 cached32[32],
            const BtcTx *tx,
            void (*hash) (const BtcTx *tx, guint8 out32[32]),
            guint8 out32[32])
{
  if (ready) {
    memcpy (out32, cached32, 32);
    return;
  }
  hash (tx, out32);
  btc_sha256 (out32, 32, out32);
}

static void
hash_all_outputs (const BtcTx *tx, guint8 out32[32])
{
  hash_outputs (tx->out, tx->n_out, out32);
}

void
btc_sighash_witness_v0_prefix (BtcHashWriter *writer,
                               const BtcSighashCache *cache,
                               guint32 in,
                               BtcSpan script_code,
                               gint64 value_sat,
                               guint32 hash_type)
{
  const BtcTx *tx = cache->tx;
  gboolean ready = cache->bip143_ready;
  gboolean only_this = (hash_type & BTC_SIGHASH_ANYONECANPAY) != 0;
  gboolean none = (hash_type & OUTPUT_MASK) == BTC_SIGHASH_NONE;
  gboolean single = (hash_type & OUTPUT_MASK) == BTC_SIGHASH_SINGLE;
  guint8 prevouts32[32] = { 0 }, sequences32[32] = { 0 }, outputs32[32] = { 0 };

  if (!only_this)
    get_double (ready, cache->prevouts_sha256d32, tx, hash_prevouts, prevouts32);
  if (!only_this && !none && !single)
    get_double (ready, cache->sequences_sha256d32, tx, hash_sequences, sequences32);
  if (!none && !single) {
    get_double (ready, cache->outputs_sha256d32, tx, hash_all_outputs, outputs32);
  } else if (single && in < tx->n_out) {
    hash_outputs (&tx->out[in], 1, outputs32);
    btc_sha256 (outputs32, 32, outputs32);
  }
  btc_hash_writer_init (writer);
  btc_hash_writer_u32 (writer, tx->version);
  btc_hash_writer_data (writer, prevouts32, 32);
  btc_hash_writer_data (writer, sequences32, 32);
  btc_hash_writer_outpoint (writer, &tx->in[in].prevout);
  btc_hash_writer_bytes (writer, script_code);
  btc_hash_writer_u64 (writer, (guint64) value_sat);
  btc_hash_writer_u32 (writer, tx->in[in].sequence);
  btc_hash_writer_data (writer, outputs32, 32);
  btc_hash_writer_u32 (writer, tx->locktime);
}

void
btc_sighash_witness_v0 (const BtcSighashCache *cache,
                        guint32 in,
                        BtcSpan script_code,
                        gint64 value_sat,
                        guint32 hash_type,
                        guint8 out32[32])
{
  BtcHashWriter writer;

  g_return_if_fail (in < cache->tx->n_in);

  btc_sighash_witness_v0_prefix (&writer, cache, in, script_code, value_sat, hash_type);
  btc_hash_writer_u32 (&writer, hash_type);
  btc_hash_writer_finish_double (&writer, out32);
}

gboolean
btc_sighash_taproot (const BtcSighashCache *cache,
                     guint32 in,
                     guint8 hash_type,
                     const guint8 *annex_sha32,
                     const guint8 *leaf32,
                     guint32 codeseparator_pos,
                     guint8 out32[32])
{
  const BtcTx *tx = cache->tx;
  gboolean only_this = (hash_type & BTC_SIGHASH_ANYONECANPAY) != 0;
  guint8 outputs = hash_type == BTC_SIGHASH_DEFAULT ? BTC_SIGHASH_ALL : hash_type & 3;
  guint8 output_sha32[32];
  BtcHashWriter writer;

  g_return_val_if_fail (in < tx->n_in, FALSE);

  if (!cache->bip341_ready || (hash_type & ~BTC_SIGHASH_ANYONECANPAY) > BTC_SIGHASH_SINGLE
      || hash_type == BTC_SIGHASH_ANYONECANPAY || (outputs == BTC_SIGHASH_SINGLE && in >= tx->n_out))
    return FALSE;
  btc_hash_writer_init_tagged (&writer, "TapSighash");
  btc_hash_writer_u8 (&writer, 0); /* epoch */
  btc_hash_writer_u8 (&writer, hash_type);
  btc_hash_writer_u32 (&writer, tx->version);
  btc_hash_writer_u32 (&writer, tx->locktime);
  if (!only_this) {
    btc_hash_writer_data (&writer, cache->prevouts_sha32, 32);
    btc_hash_writer_data (&writer, cache->amounts_sha32, 32);
    btc_hash_writer_data (&writer, cache->scripts_sha32, 32);
    btc_hash_writer_data (&writer, cache->sequences_sha32, 32);
  }
  if (outputs == BTC_SIGHASH_ALL)
    btc_hash_writer_data (&writer, cache->outputs_sha32, 32);
  btc_hash_writer_u8 (&writer, (leaf32 != NULL ? 2 : 0) + (annex_sha32 != NULL ? 1 : 0));
  if (only_this) {
    btc_hash_writer_outpoint (&writer, &tx->in[in].prevout);
    btc_hash_writer_output (&writer, &cache->spent[in]);
    btc_hash_writer_u32 (&writer, tx->in[in].sequence);
  } else {
    btc_hash_writer_u32 (&writer, in);
  }
  if (annex_sha32 != NULL)
    btc_hash_writer_data (&writer, annex_sha32, 32);
  if (outputs == BTC_SIGHASH_SINGLE) {
    hash_outputs (&tx->out[in], 1, output_sha32);
    btc_hash_writer_data (&writer, output_sha32, 32);
  }
  if (leaf32 != NULL) {
    btc_hash_writer_data (&writer, leaf32, 32);
    btc_hash_writer_u8 (&writer, 0); /* key version */
    btc_hash_writer_u32 (&writer, codeseparator_pos);
  }
  btc_hash_writer_finish (&writer, out32);
  return TRUE;
}
