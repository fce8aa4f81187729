#pragma once

#include "node/mining/mining.h"

G_BEGIN_DECLS

/* Shared by the files of this folder. */

struct _NodeMining {
  NodeChain *chain;
  NodeMempool *mempool;
  NodeMiningOptions options;

  GMutex making;       /* held while the template to keep is created: others wait for it */
  GMutex lock;         /* guards what follows */
  guint64 last_weight; /* 0: no template has been created yet */
  guint last_n_txs;
  NodeTemplate *kept; /* NULL: none */
  gint64 kept_time_s; /* when it was created */
};

G_END_DECLS
