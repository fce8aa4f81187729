#pragma once

#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* Signature hashes: the original algorithm, BIP 143 and BIP 341/342. Pure, any thread. */

#define BTC_SIGHASH_DEFAULT 0x00
#define BTC_SIGHASH_ALL 0x01
#define BTC_SIGHASH_NONE 0x02
#define BTC_SIGHASH_SINGLE 0x03
#define BTC_SIGHASH_ANYONECANPAY 0x80

/* The midstates of one transaction, computed once and then shared by the checks of all of its inputs. */
typedef struct {
  const BtcTx *tx;
  const BtcTxOut *spent; /* tx->n_in entries, borrowed; NULL when they are not known: then no taproot */
  gboolean bip143_ready;
  gboolean bip341_ready;
  guint8 prevouts_sha32[32]; /* single SHA-256, as BIP 341 has them; the BIP 143 ones are their SHA-256 */
  guint8 sequences_sha32[32];
  guint8 outputs_sha32[32];
  guint8 prevouts_sha256d32[32];
  guint8 sequences_sha256d32[32];
  guint8 outputs_sha256d32[32];
  guint8 amounts_sha32[32];
  guint8 scripts_sha32[32];
} BtcSighashCache;

/* Computes the midstates that the inputs of TX may need, judging by SPENT and the witnesses; with FORCE all of them. TX
 * and SPENT outlive CACHE. */
void btc_sighash_cache_init (BtcSighashCache *cache, const BtcTx *tx, const BtcTxOut *spent, gboolean force);

/* The original algorithm. SCRIPT_CODE begins after the last executed OP_CODESEPARATOR, and signature pushes have been
 * removed from it; remaining OP_CODESEPARATORs are skipped here. HASH_TYPE is used in full. */
void btc_sighash_legacy (const BtcTx *tx, guint32 in, BtcSpan script_code, guint32 hash_type, guint8 out32[32]);

/* BIP 143. */
void btc_sighash_witness_v0 (const BtcSighashCache *cache,
                             guint32 in,
                             BtcSpan script_code,
                             gint64 value_sat,
                             guint32 hash_type,
                             guint8 out32[32]);

/* BIP 341 and 342. ANNEX_SHA32 is the hash of the annex with its length, or NULL. LEAF32 is the tapleaf hash, or NULL
 * for the key path. FALSE for an invalid hash type, or SINGLE without its output. */
gboolean btc_sighash_taproot (const BtcSighashCache *cache,
                              guint32 in,
                              guint8 hash_type,
                              const guint8 *annex_sha32,
                              const guint8 *leaf32,
                              guint32 codeseparator_pos,
                              guint8 out32[32]);

G_END_DECLS
