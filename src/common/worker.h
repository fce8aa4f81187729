#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A thread with a queue of jobs, run one after another in the order in which they were posted. */

typedef struct _CommonWorker CommonWorker;
typedef void (*CommonWorkerFunc) (gpointer data);

/* Starts the thread; NAME (at most 15 bytes) is what debuggers and the log show. */
CommonWorker *common_worker_new (const char *name);

/* Runs the jobs that are queued, then ends the thread and frees WORKER. Not from the worker's own thread. */
void common_worker_free (CommonWorker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommonWorker, common_worker_free)

/* Queues FUNC (DATA). Any thread. FREE_DATA may be NULL; it runs on the worker after FUNC. */
void common_worker_post (CommonWorker *worker, CommonWorkerFunc func, gpointer data, GDestroyNotify free_data);

/* Queues FUNC (DATA) and waits until it has run. Not on a main loop. On the worker itself it simply runs FUNC. */
void common_worker_call (CommonWorker *worker, CommonWorkerFunc func, gpointer data);

/* TRUE when the calling thread is the worker's. */
gboolean common_worker_is_current (CommonWorker *worker);

G_END_DECLS
