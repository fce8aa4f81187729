#pragma once

#include "node/mining/mining.h"

G_BEGIN_DECLS

/* Shared by the files of this folder. */

struct _NodeMining {
  NodeChain *chain;
  NodeMempool *mempool;
  NodeMiningOptions options;

  GMutex making;       /* held by who makes the template that is kept: others wait for it */
  GMutex lock;         /* of what follows */
  guint64 last_weight; /* 0: no template was made yet */
  guint last_n_txs;
  NodeTemplate *kept; /* NULL: none */
  gint64 kept_time_s; /* when it was made */
};

G_END_DECLS
