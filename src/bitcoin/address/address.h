#pragma once

#include "bitcoin/primitives/network.h"
#include "bitcoin/primitives/serialize.h"

G_BEGIN_DECLS

/* Addresses: base58 (P2PKH, P2SH), bech32 (BIP 173) and bech32m (BIP 350). Pure, any thread. */

/* The script of ADDRESS on NETWORK. NULL when it is not an address of that network; *WHY (may be NULL) is then set to an
 * error message, which is that of the reference. The caller owns both. */
GBytes *btc_address_decode (const char *address, BtcNetwork network, char **why);

/* The positions (gsize, from 0) of characters of ADDRESS that are likely to be wrong; none are known for base58. It is
 * not an address. The caller owns the array. */
GArray *btc_address_locate_errors (const char *address, BtcNetwork network);

/* The address of SCRIPT, NULL when it has none. The caller owns it. */
char *btc_address_encode (BtcSpan script, BtcNetwork network);

G_END_DECLS
