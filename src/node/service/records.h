#pragma once

#include "node/context.h"

G_BEGIN_DECLS

/* Records of Node1, each an a{sv} in which what there is none of, or what is not known, has no key. Floating. Any thread. */

GVariant *node_record_tip (const NodeTip *tip);                /* NULL: there is none yet */
GVariant *node_record_header_tip (const NodeBlock *best);      /* NULL: there is none yet */
GVariant *node_record_progress (const NodeProgress *progress); /* NULL: nothing is being done */
GVariant *node_record_index (const NodeIndexState *state);

/* INDEX with what only BLOCK, the same one, has. */
GVariant *node_record_block (const NodeBlock *index, const BtcBlock *block);

G_END_DECLS
