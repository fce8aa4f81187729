#pragma once

#include "bitcoin/primitives/network.h"
#include "common/secret.h"

G_BEGIN_DECLS

/* Private keys: 32 bytes in secret memory. Any thread. */

/* A new random key. */
CommonSecret *btc_privkey_generate (void);

/* TRUE when the 32 bytes at KEY32 are a private key: not zero, below the order of the curve. */
gboolean btc_privkey_is_valid (const guint8 key32[32]);

/* The public key of KEY32, which is valid: 33 bytes when COMPRESSED, else 65. Returns the length. */
gsize btc_privkey_get_pubkey (const guint8 key32[32], gboolean compressed, guint8 out65[65]);

/* Wallet import format. Parsing returns NULL when TEXT is not such a key of NETWORK. The caller owns the results. */
CommonSecret *btc_wif_parse (const char *text, BtcNetwork network, gboolean *compressed);
CommonSecret *btc_wif_format (const guint8 key32[32], gboolean compressed, BtcNetwork network);

/* The DER form in which wallet.dat holds keys: 214 bytes when COMPRESSED, else 279. Parsing returns NULL when DATA is
 * not a key in this form; the caller must check that the public key matches. The caller owns the results. */
CommonSecret *btc_privkey_to_der (const guint8 key32[32], gboolean compressed);
CommonSecret *btc_privkey_from_der (const guint8 *data, gsize len);

G_END_DECLS
