#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The published tip. Chain thread. */

typedef struct _NodeTips NodeTips;

NodeTips *node_tips_new (void);
void node_tips_free (NodeTips *tips);

void node_tip_publish (NodeChain *chain);           /* snapshot, and tip_changed to the listeners */
void node_tip_publish_validated (NodeChain *chain); /* the same for the tip of the background */
void node_tip_clear (NodeChain *chain);             /* there is no tip any more */
void node_tip_log (NodeChain *chain);

G_END_DECLS
