#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* Records of Node1, each an a{sv} in which absent or unknown values have no key. Floating. Any thread. */

GVariant *node_record_tip (const NodeTip *tip);                /* NULL: there is none yet */
GVariant *node_record_header_tip (const NodeBlock *best);      /* NULL: there is none yet */
GVariant *node_record_progress (const NodeProgress *progress); /* NULL: nothing is being done */
GVariant *node_record_index (const NodeIndexState *state);

/* INDEX, with the data that is only in BLOCK, which is the same block. */
GVariant *node_record_block (const NodeBlock *index, const BtcBlock *block);

G_END_DECLS
