#include "node/chain/jobs.h"

#include "node/chain/intake.h"
#include "node/chain/parts.h"

/* The threads of the chain that run jobs: the chain thread, the readers' thread, and the intake's. */

struct _NodeJobs {
  CommonJobs *queue;
  CommonJobs *readers;
  CommonJobs *intake;
  gint stopping; /* atomic: node_chain_stop() was called */
};

static const CommonJobClass job_classes[NODE_JOB_N_CLASSES] = {
  [NODE_JOB_STOP] = { "stop", 0, 0, 0 },
  [NODE_JOB_BLOCKS] = { "blocks", 0, (gsize) 32 << 20, 0 },
  [NODE_JOB_TRANSACTIONS] = { "transactions", 4096, (gsize) 8 << 20, 0 },
  [NODE_JOB_QUERIES] = { "queries", 1024, 0, 5000 },
  [NODE_JOB_BACKGROUND] = { "background", 0, 0, 0 },
};

static const CommonJobClass reader_classes[] = { { "readers", 1024, 0, 0 } };
static const CommonJobClass intake_classes[] = { { "intake", 0, NODE_INTAKE_MAX_BYTES, 0 } };

NodeJobs *
node_jobs_new (void)
{
  NodeJobs *jobs = g_new0 (NodeJobs, 1);

  jobs->queue = common_jobs_new ("chain", job_classes, G_N_ELEMENTS (job_classes));
  jobs->readers = common_jobs_new ("reader", reader_classes, G_N_ELEMENTS (reader_classes));
  jobs->intake = common_jobs_new ("intake", intake_classes, G_N_ELEMENTS (intake_classes));
  return jobs;
}

void
node_jobs_free (NodeJobs *jobs)
{
  common_jobs_free (jobs->intake);
  common_jobs_free (jobs->readers);
  common_jobs_free (jobs->queue);
  g_free (jobs);
}

CommonJobs *
node_chain_jobs (NodeChain *chain)
{
  return chain->jobs->queue;
}

CommonJobs *
node_jobs_intake (NodeChain *chain)
{
  return chain->jobs->intake;
}

CommonJobs *
node_chain_readers (NodeChain *chain)
{
  return chain->jobs->readers;
}

typedef struct {
  NodeChain *chain;
  NodeChainJob func;
  gpointer data;
  GDestroyNotify free_data;
} Job;

static CommonJobState
job_run (gpointer data, GCancellable *cancellable)
{
  Job *job = data;

  job->func (job->chain, job->data);
  return COMMON_JOB_DONE;
}

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->free_data != NULL)
    job->free_data (job->data);
  g_free (job);
}

void
node_chain_post_to (NodeChain *chain,
                    NodeJobClass job_class,
                    NodeChainJob func,
                    gpointer data,
                    GDestroyNotify free_data)
{
  CommonJob spec = { .job_class = job_class, .func = job_run, .free_data = job_free };
  Job *job;

  g_return_if_fail (chain != NULL && func != NULL);
  job = g_new (Job, 1);
  *job = (Job){ chain, func, data, free_data };
  spec.data = job;
  if (!common_jobs_post (chain->jobs->queue, &spec, NULL))
    job_free (job);
}

gboolean
node_chain_run (NodeChain *chain,
                NodeJobClass job_class,
                NodeChainJob func,
                gpointer data,
                GCancellable *cancellable,
                GError **error)
{
  Job job = { chain, func, data, NULL };
  CommonJob spec = { .job_class = job_class, .func = job_run, .data = &job, .cancellable = cancellable };

  g_return_val_if_fail (chain != NULL && func != NULL, FALSE);
  return common_jobs_call (chain->jobs->queue, &spec, error);
}

void
node_chain_post (NodeChain *chain, NodeChainJob func, gpointer data, GDestroyNotify free_data)
{
  node_chain_post_to (chain, NODE_JOB_BACKGROUND, func, data, free_data);
}

void
node_chain_stop (NodeChain *chain)
{
  g_return_if_fail (chain != NULL);
  g_atomic_int_set (&chain->jobs->stopping, 1);
  common_jobs_close (chain->jobs->intake, 0);
  common_jobs_close (chain->jobs->readers, 0);
  common_jobs_close (chain->jobs->queue, NODE_JOB_BLOCKS);
}

gboolean
node_chain_is_stopping (NodeChain *chain)
{
  return g_atomic_int_get (&chain->jobs->stopping) != 0;
}
