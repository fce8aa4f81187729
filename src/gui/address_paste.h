#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* What is pasted together with an address or a payment link. Pure. */

/* TEXT without the quotation marks, brackets and punctuation around it, and without a repeated "bitcoin:". The caller owns
 * it. */
char *gui_address_paste_unwrap (const char *text);

/* For a TEXT that contains an address of NETWORK and something else: a translated sentence that says what else. NULL if it
 * contains no address. */
const char *gui_address_paste_sentence (const char *text, BtcNetwork network);

G_END_DECLS
