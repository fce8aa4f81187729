#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The chain's thread. */

typedef struct _NodeJobs NodeJobs;

/* PENDING does what others left for later: node_jobs_wake_pending() has it run as a job. */
NodeJobs *node_jobs_new (NodeChainJob pending);
void node_jobs_free (NodeJobs *jobs);
void node_jobs_wake_pending (NodeChain *chain, NodeJobClass job_class); /* any thread */

G_END_DECLS
