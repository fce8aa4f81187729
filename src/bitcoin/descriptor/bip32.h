#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* Extended public keys and key paths (BIP 32). Pure, any thread. */

#define BTC_HARDENED 0x80000000u
#define BTC_XPUB_SIZE 74 /* without the four version bytes, as in wallet.dat */

typedef struct {
  guint8 depth;
  guint8 parent_fingerprint[4];
  guint32 child; /* child number; with BTC_HARDENED if hardened */
  guint8 chain_code32[32];
  guint8 pubkey33[33];
} BtcXpub;

/* "xpub…" or "tpub…". FALSE when it is not one of NETWORK, or its key is not on the curve. */
gboolean btc_xpub_parse (const char *text, BtcNetwork network, BtcXpub *xpub);
char *btc_xpub_format (const BtcXpub *xpub, BtcNetwork network); /* the caller owns it */

/* depth 1 · parent fingerprint 4 · child u32 BE · chain code 32 · key 33. Decoding checks the key. */
void btc_xpub_encode (const BtcXpub *xpub, guint8 out74[BTC_XPUB_SIZE]);
gboolean btc_xpub_decode (const guint8 data74[BTC_XPUB_SIZE], BtcXpub *xpub);

/* The child of PARENT. FALSE for a hardened CHILD, which needs the private key, for a parent at depth 255, and if there
 * is no such key, with a probability of 2^-127. CHILD_XPUB may be PARENT. */
gboolean btc_xpub_derive (const BtcXpub *parent, guint32 child, BtcXpub *child_xpub);

/* First four bytes of the HASH160 of the key. */
void btc_xpub_fingerprint (const BtcXpub *xpub, guint8 out4[4]);

/* A path of numbers. */
typedef struct {
  guint32 *step; /* BTC_HARDENED added where hardened */
  gsize len;
} BtcKeyPath;

void btc_key_path_clear (BtcKeyPath *path); /* frees what it holds */

/* "/84h/1h/0h", "" for the empty path. The caller owns it. */
char *btc_key_path_format (const BtcKeyPath *path, gboolean apostrophe);

G_END_DECLS
