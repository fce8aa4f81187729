#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* What is pasted together with an address or a payment link. Pure. */

/* TEXT without the quotation marks, brackets and punctuation around it, and without a repeated "bitcoin:". The caller owns
 * it. */
char *gui_address_paste_unwrap (const char *text);

/* Which text there is besides an address of NETWORK in TEXT, which is not one: a translated sentence, NULL if TEXT has no
 * address. */
const char *gui_address_paste_sentence (const char *text, BtcNetwork network);

G_END_DECLS
