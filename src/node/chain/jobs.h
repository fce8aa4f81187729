#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* The threads that run jobs. */

typedef struct _NodeJobs NodeJobs;

NodeJobs *node_jobs_new (void);
void node_jobs_free (NodeJobs *jobs);
CommonJobs *node_jobs_intake (NodeChain *chain); /* the thread that checks and stores received blocks */

G_END_DECLS
