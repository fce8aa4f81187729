#pragma once

#include "node/chain/active.h"
#include "node/chain/background.h"
#include "node/chain/busy.h"
#include "node/chain/candidates.h"
#include "node/chain/download.h"
#include "node/chain/flush.h"
#include "node/chain/import.h"
#include "node/chain/jobs.h"
#include "node/chain/precious.h"
#include "node/chain/prune.h"
#include "node/chain/refuse.h"
#include "node/chain/report.h"
#include "node/chain/snapshot.h"
#include "node/chain/submitter.h"
#include "node/chain/tip.h"
#include "node/chain/warn.h"
#include "node/chainstate/connector.h"

G_BEGIN_DECLS

/* The parts of a chain. Each belongs to the file of its header: other files call its functions and do not access its
 * fields. Everything belongs to the chain thread, except where a header says otherwise. */

struct _NodeChain {
  NodeChainOptions options;
  char *datadir;
  char *blocksdir;
  const BtcParams *params;
  NodeHealth health;
  NodeBlockTree *tree;
  NodeSigcache *sigcache; /* any thread */
  NodeConnector *connector;
  /* The sets of coins. Created and replaced by load_coins.c, snapshot.c and background.c, advanced
   * by node/chainstate. */
  NodeChainstate state;  /* of the tip */
  NodeChainstate *below; /* of the background, below the snapshot at state.base; NULL: all blocks are validated */

  NodeJobs *jobs;
  NodeSubmitters *submitters;
  NodeReport *report;
  NodeTips *tips;
  NodeCandidates *candidates;
  NodeBackground *background;
  NodeSnapshotLoads *snapshot_loads;
  NodeImports *imports;
  NodeActive *active;
  NodeBusyWork *busy;
  NodeDownload *download;
  NodeFlushing *flushing;
  NodeWarnings *warnings;
  NodePruning *pruning;
  NodePrecious *precious;
};

G_END_DECLS
