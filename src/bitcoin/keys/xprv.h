#pragma once

#include "bitcoin/descriptor/bip32.h"
#include "common/secret.h"

G_BEGIN_DECLS

/* Extended private keys (BIP 32) in secret memory. Immutable, any thread; each is freed by its owner. */

typedef struct _BtcXprv BtcXprv;

/* The master key of a seed of 16 to 64 bytes. NULL if the seed has none, with a probability of 2^-127. */
BtcXprv *btc_xprv_new_from_seed (const guint8 *seed, gsize len);

/* The extended key with the private key KEY32 and everything else from XPUB. NULL when the two do not match. */
BtcXprv *btc_xprv_new_from_key (const guint8 key32[32], const BtcXpub *xpub);

/* "xprv…" or "tprv…". Parsing returns NULL when it is not a key of NETWORK. The caller owns the results. */
BtcXprv *btc_xprv_parse (const char *text, BtcNetwork network);
CommonSecret *btc_xprv_format (const BtcXprv *xprv, BtcNetwork network);

BtcXprv *btc_xprv_copy (const BtcXprv *xprv);
void btc_xprv_free (BtcXprv *xprv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcXprv, btc_xprv_free)

/* The child, hardened or not. NULL at depth 255, and if there is no such key, with a probability of 2^-127. The caller
 * owns it. */
BtcXprv *btc_xprv_derive (const BtcXprv *xprv, guint32 child);
BtcXprv *btc_xprv_derive_path (const BtcXprv *xprv, const guint32 *steps, gsize n);

const BtcXpub *btc_xprv_get_xpub (const BtcXprv *xprv); /* borrowed */
const guint8 *btc_xprv_get_key (const BtcXprv *xprv);   /* the 32 bytes of the private key, borrowed */

G_END_DECLS
