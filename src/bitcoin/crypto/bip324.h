#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The cipher of encrypted connections between nodes (BIP 324). A packet on the wire:
 *
 *   3    length of the contents, encrypted, least significant byte first
 *   1    header, encrypted: bit 7 says that the packet is to be ignored
 *   n    contents, encrypted
 *   16   tag (Poly1305) over header, contents and associated data
 *
 * Both directions have keys of their own, which are replaced after every 224 packets. Each object: one thread at a time. */

#define BTC_BIP324_LENGTH_SIZE 3u
#define BTC_BIP324_HEADER_SIZE 1u
#define BTC_BIP324_TAG_SIZE 16u
#define BTC_BIP324_OVERHEAD (BTC_BIP324_LENGTH_SIZE + BTC_BIP324_HEADER_SIZE + BTC_BIP324_TAG_SIZE)
#define BTC_BIP324_TERMINATOR_SIZE 16u
#define BTC_BIP324_IGNORE 0x80

/* The key of a connection before the public key of the other end is known. */
typedef struct _BtcBip324Key BtcBip324Key;

/* SECRET32 (any 32 bytes but 0 and numbers as large as the curve's order, which NULL is returned for) is copied into
 * secret memory. SEED32 selects the encoding of the public key, and BLIND32 blinds the computations. */
BtcBip324Key *btc_bip324_key_new (const guint8 secret32[32], const guint8 seed32[32], const guint8 blind32[32]);
void btc_bip324_key_free (BtcBip324Key *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcBip324Key, btc_bip324_key_free)

/* The public key to be sent: 64 bytes in the encoding of ellswift.h. Borrowed. */
const guint8 *btc_bip324_key_get_public (const BtcBip324Key *key);

/* For tests with a given encoding of the public key. */
void btc_bip324_key_set_public (BtcBip324Key *key, const guint8 ell64[64]);

typedef struct _BtcBip324 BtcBip324;

/* The cipher between this end with KEY and the one with the public key THEIRS64. INITIATOR: this end has connected.
 * MAGIC4: the network's message start. */
BtcBip324 *
btc_bip324_new (const BtcBip324Key *key, const guint8 theirs64[64], gboolean initiator, const guint8 magic4[4]);
void btc_bip324_free (BtcBip324 *cipher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtcBip324, btc_bip324_free)

/* What ends the garbage that this end sends, and that of the other end: 16 bytes each; and the session ID, 32 bytes that
 * are the same on both ends. Borrowed. */
const guint8 *btc_bip324_get_send_terminator (const BtcBip324 *cipher);
const guint8 *btc_bip324_get_receive_terminator (const BtcBip324 *cipher);
const guint8 *btc_bip324_get_session_id (const BtcBip324 *cipher);

/* Writes the packet with the N bytes CONTENTS, fewer than 2^24, to OUT: N + BTC_BIP324_OVERHEAD bytes. AAD may be NULL
 * if N_AAD is 0. */
void btc_bip324_encrypt (BtcBip324 *cipher,
                         const guint8 *contents,
                         gsize n,
                         const guint8 *aad,
                         gsize n_aad,
                         gboolean ignore,
                         guint8 *out);

/* The length of the contents of the next packet. Once per packet, before its other parts. */
guint32 btc_bip324_decrypt_length (BtcBip324 *cipher, const guint8 length3[BTC_BIP324_LENGTH_SIZE]);

/* The other parts of a packet as they arrive: begin, then header and contents, which are decrypted in place, in pieces
 * of which each but the last is a multiple of BTC_BIP324_PIECE, then the tag. FALSE: the packet is forged, and nothing
 * of it, nor any later one, may be used. */
#define BTC_BIP324_PIECE 64u
void btc_bip324_decrypt_begin (BtcBip324 *cipher, const guint8 *aad, gsize n_aad);
void btc_bip324_decrypt_piece (BtcBip324 *cipher, guint8 *bytes, gsize n);
gboolean btc_bip324_decrypt_finish (BtcBip324 *cipher, const guint8 tag16[BTC_BIP324_TAG_SIZE]);

G_END_DECLS
