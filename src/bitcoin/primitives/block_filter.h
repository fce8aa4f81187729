#pragma once

#include "bitcoin/primitives/block.h"

G_BEGIN_DECLS

/* Basic block filters (BIP 158): the scripts that a block pays to and those that it spends, as a Golomb-coded set; and
 * the chain of headers over them (BIP 157). Pure, any thread. */

/* Appends the filter of BLOCK to OUT. SPENT has the N_SPENT scripts of the coins that it spends, in any order. */
void btc_block_filter_write (const BtcBlock *block, const BtcSpan *spent, gsize n_spent, GByteArray *out);

/* The hash of a filter, and its header, which follows PREV32, the header of the block below (zeros for the first). */
void btc_block_filter_hash (BtcSpan filter, guint8 out32[32]);
void btc_block_filter_header (const guint8 hash32[32], const guint8 prev32[32], guint8 out32[32]);

/* Whether FILTER, of the block BLOCK32, is well-formed. */
gboolean btc_block_filter_check (const guint8 block32[32], BtcSpan filter);

/* *MATCH: may the block pay to, or spend from, any of the N SCRIPTS? FALSE: FILTER is malformed. */
gboolean
btc_block_filter_match_any (const guint8 block32[32], BtcSpan filter, const BtcSpan *scripts, gsize n, gboolean *match);

G_END_DECLS
