#pragma once

#include "bitcoin/primitives/network.h"
#include "bitcoin/primitives/serialize.h"

G_BEGIN_DECLS

/* Addresses: base58 (P2PKH, P2SH), bech32 (BIP 173) and bech32m (BIP 350). Pure, any thread. */

/* The script of ADDRESS on NETWORK. NULL when it is not an address of that network; *WHY (may be NULL) is then set to a
 * static error message, which is that of the reference. The caller owns the bytes. */
GBytes *btc_address_decode (const char *address, BtcNetwork network, const char **why);

/* The address of SCRIPT, NULL when it has none. The caller owns it. */
char *btc_address_encode (BtcSpan script, BtcNetwork network);

G_END_DECLS
