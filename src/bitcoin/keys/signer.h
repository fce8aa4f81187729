#pragma once

#include "bitcoin/primitives/tx.h"
#include "common/secret.h"

G_BEGIN_DECLS

/* Signs inputs that spend P2PKH, P2SH-P2WPKH, P2WPKH and P2TR (key path). Any thread. */

/* The private key for input IN, which spends SCRIPT: a new reference, or NULL where there is none. For P2TR it is the
 * internal key, before the tweak. *COMPRESSED is TRUE at the call; set it to FALSE for an uncompressed P2PKH key. */
typedef CommonSecret *(*BtcSignerKeyFunc) (gpointer data, guint32 in, BtcSpan script, gboolean *compressed);

/* Signs the inputs for which there are keys, and does not change the others. SPENT has tx->n_in entries. HASH_TYPE is 0
 * for the usual (DEFAULT for taproot, ALL elsewhere), or a type for all inputs. SIGNED_IN (may be NULL) has n_in
 * elements, and is set to which inputs were signed. A key that does not match its script is ignored. Returns a new
 * transaction that the caller owns. */
BtcTx *btc_signer_sign_tx (const BtcTx *tx,
                           const BtcTxOut *spent,
                           guint8 hash_type,
                           BtcSignerKeyFunc key_func,
                           gpointer data,
                           gboolean *signed_in);

/* Single signatures of HASH32. The ECDSA one is DER without hash type, R and S low (at most 70 bytes, RFC 6979);
 * returns its length. The Schnorr one (BIP 340) is by the key itself, or by the key tweaked with TAPROOT_ROOT. */
gsize btc_signer_ecdsa (const guint8 key32[32], const guint8 hash32[32], guint8 out72[72]);

typedef enum {
  BTC_SCHNORR_PLAIN,
  BTC_SCHNORR_TAPROOT_NO_TREE, /* tweaked as BIP 341 does without scripts; MERKLE_ROOT32 is not read */
  BTC_SCHNORR_TAPROOT_TREE,
} BtcSchnorrKey;
gboolean btc_signer_schnorr (const guint8 key32[32],
                             BtcSchnorrKey how,
                             const guint8 *merkle_root32,
                             const guint8 hash32[32],
                             guint8 out64[64]);

/* A recoverable signature as in signed messages: one byte of header, then 64. */
void btc_signer_recoverable (const guint8 key32[32], gboolean compressed, const guint8 hash32[32], guint8 out65[65]);

G_END_DECLS
