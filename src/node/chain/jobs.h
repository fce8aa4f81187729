#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The threads that take jobs. */

typedef struct _NodeJobs NodeJobs;

NodeJobs *node_jobs_new (void);
void node_jobs_free (NodeJobs *jobs);
CommonJobs *node_jobs_intake (NodeChain *chain); /* that of blocks from outside, before they reach the chain thread */

G_END_DECLS
