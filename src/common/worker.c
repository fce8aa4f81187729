#include "common/worker.h"

#include "common/clock.h"
#include "common/log.h"

struct _CommonWorker {
  GThread *thread;
  GAsyncQueue *jobs;
};

typedef struct {
  CommonWorkerFunc func; /* NULL: the thread ends */
  gpointer data;
  GDestroyNotify free_data;
} Job;

static gpointer
run_jobs (gpointer data)
{
  CommonWorker *worker = data;

  for (;;) {
    g_autofree Job *job = g_async_queue_pop (worker->jobs);

    if (job->func == NULL)
      return NULL;
    job->func (job->data);
    if (job->free_data != NULL)
      job->free_data (job->data);
  }
}

static void
worker_push (CommonWorker *worker, CommonWorkerFunc func, gpointer data, GDestroyNotify free_data)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ func, data, free_data };
  g_async_queue_push (worker->jobs, job);
}

CommonWorker *
common_worker_new (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  CommonWorker *worker = g_new0 (CommonWorker, 1);
  worker->jobs = g_async_queue_new ();
  worker->thread = g_thread_new (name, run_jobs, worker);
  return worker;
}

void
common_worker_free (CommonWorker *worker)
{
  if (worker == NULL)
    return;
  g_return_if_fail (!common_worker_is_current (worker));

  worker_push (worker, NULL, NULL, NULL);
  g_thread_join (worker->thread);
  g_async_queue_unref (worker->jobs);
  g_free (worker);
}

void
common_worker_post (CommonWorker *worker, CommonWorkerFunc func, gpointer data, GDestroyNotify free_data)
{
  g_return_if_fail (worker != NULL && func != NULL);

  worker_push (worker, func, data, free_data);
}

typedef struct {
  CommonWorkerFunc func;
  gpointer data;
  GMutex mutex;
  GCond cond;
  gboolean done;
} Call;

static void
run_call (gpointer data)
{
  Call *call = data;

  call->func (call->data);
  g_mutex_lock (&call->mutex);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->mutex);
}

void
common_worker_call (CommonWorker *worker, CommonWorkerFunc func, gpointer data)
{
  g_return_if_fail (worker != NULL && func != NULL);

  if (common_worker_is_current (worker)) {
    func (data);
    return;
  }

  Call call = { .func = func, .data = data };
  g_mutex_init (&call.mutex);
  g_cond_init (&call.cond);
  common_worker_post (worker, run_call, &call, NULL);
  g_mutex_lock (&call.mutex);
  while (!call.done)
    g_cond_wait (&call.cond, &call.mutex);
  g_mutex_unlock (&call.mutex);
  g_cond_clear (&call.cond);
  g_mutex_clear (&call.mutex);
}

gboolean
common_worker_is_current (CommonWorker *worker)
{
  return g_thread_self () == worker->thread;
}
