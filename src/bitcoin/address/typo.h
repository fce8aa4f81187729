#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* Where a mistyped address differs from a valid one. Pure, any thread. */

/* The index of the character of TEXT (ASCII) that is to be replaced, or exchanged with the next one, so that TEXT becomes
 * an address of NETWORK. -1 if there is no such character, or more than one. The right character is deliberately not
 * returned: the address must be compared with the original (BIP 173). Takes a few milliseconds. */
int btc_address_find_typo (const char *text, BtcNetwork network);

G_END_DECLS
