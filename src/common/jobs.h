#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A thread that runs jobs from queues, one queue for each class of jobs. Class 0 has the highest priority: a job runs
 * only while no class of higher priority has one. So that no class starves, one that has not run for
 * COMMON_JOBS_PATIENCE_US then runs ahead of the others until its steps have taken COMMON_JOBS_TURN_US.
 *
 * A long job runs in steps, with other jobs in between. The poster of a job is notified of its end exactly once: it
 * ran, was cancelled, or the queues were closed. */

typedef struct _CommonJobs CommonJobs;

#define COMMON_JOBS_PATIENCE_US (100 * 1000)
#define COMMON_JOBS_TURN_US (10 * 1000)

typedef struct {
  const char *name;   /* static, for the log */
  guint max_jobs;     /* how many may be queued or running; 0: any number */
  gsize max_bytes;    /* the sum of their CommonJob.bytes; a single job may exceed it; 0: any number */
  gint64 max_step_us; /* -debug=loop names each job that held the thread for longer in one step; 0: none */
} CommonJobClass;

typedef enum {
  COMMON_JOB_DONE,
  COMMON_JOB_AGAIN, /* queued again behind the others of its class */
} CommonJobState;

/* One step, on the thread of the queues. CANCELLABLE is never NULL; it is cancelled by the poster and when the queues
 * are closed. A long step checks it, and then returns COMMON_JOB_DONE or _AGAIN soon. */
typedef CommonJobState (*CommonJobFunc) (gpointer data, GCancellable *cancellable);

/* The end. ERROR (borrowed) is NULL when FUNC returned COMMON_JOB_DONE; the result is in DATA. Otherwise FUNC will not
 * be called (again): G_IO_ERROR_CANCELLED, or G_IO_ERROR_CLOSED when the queues were closed. */
typedef void (*CommonJobDone) (gpointer data, const GError *error);

typedef struct {
  const char *name; /* static, for the log */
  guint job_class;
  gsize bytes; /* counted against max_bytes */
  CommonJobFunc func;
  CommonJobDone done; /* in the thread-default main context of the poster; may be NULL */
  gpointer data;
  GDestroyNotify free_data;  /* after DONE, on the same thread; without DONE on the queues' own. May be NULL */
  GCancellable *cancellable; /* a reference is taken; may be NULL */
} CommonJob;

/* Starts the thread. NAME has at most 15 bytes; CLASSES (static) has N_CLASSES entries, the highest priority first. */
CommonJobs *common_jobs_new (const char *name, const CommonJobClass *classes, guint n_classes);

/* Closes the queues, waits, ends the thread. Not on that thread. NULL is allowed. */
void common_jobs_free (CommonJobs *jobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommonJobs, common_jobs_free)

/* Queues JOB, which is copied. Any thread; if posted from the thread of the queues, DONE is called on it. FALSE:
 * nothing was queued, DATA stays the caller's and neither DONE nor FREE_DATA is called: G_IO_ERROR_BUSY when the class
 * has no room, G_IO_ERROR_CLOSED, G_IO_ERROR_CANCELLED. */
gboolean common_jobs_post (CommonJobs *jobs, const CommonJob *job, GError **error);

/* Runs JOB and waits for its end, on a thread that may block, never on a main loop. TRUE: FUNC returned
 * COMMON_JOB_DONE. FALSE: G_IO_ERROR_CANCELLED or G_IO_ERROR_CLOSED, at once when FUNC is not running at that moment,
 * else when it returns. DONE and FREE_DATA are not called. The limits of the class do not apply: the number of callers
 * is limited by their threads. On the queues' own thread FUNC is called directly until it is done. */
gboolean common_jobs_call (CommonJobs *jobs, const CommonJob *job, GError **error);

/* Calls FUNC (DATA) once, in the thread-default main context of the caller, when JOB_CLASS is at most half full, or
 * closed. For a poster whose job was rejected with G_IO_ERROR_BUSY. Any thread. FREE_DATA may be NULL. */
void common_jobs_notify_room (CommonJobs *jobs,
                              guint job_class,
                              GSourceOnceFunc func,
                              gpointer data,
                              GDestroyNotify free_data);

/* From now on jobs of FIRST_CLASS and of lower priority are rejected, queued ones end with G_IO_ERROR_CLOSED, and the
 * cancellable of a running one is cancelled. Returns at once. Any thread. */
void common_jobs_close (CommonJobs *jobs, guint first_class);

/* After common_jobs_close(): waits until no job of a closed class is left. Not on the queues' own thread. */
void common_jobs_drain (CommonJobs *jobs);

/* Any thread. */
gboolean common_jobs_is_current (CommonJobs *jobs); /* the caller is on the thread of the queues */
gboolean common_jobs_is_closed (CommonJobs *jobs, guint job_class);
gboolean common_jobs_is_wanted (CommonJobs *jobs, guint job_class); /* a job of this or a higher priority is queued */
guint common_jobs_get_queued (CommonJobs *jobs, guint job_class);   /* jobs that are queued or running */
gsize common_jobs_get_bytes (CommonJobs *jobs, guint job_class);
guint64 common_jobs_get_steps (CommonJobs *jobs, guint job_class);    /* that have run */
guint common_jobs_get_long_steps (CommonJobs *jobs, guint job_class); /* that took longer than max_step_us */

G_END_DECLS
