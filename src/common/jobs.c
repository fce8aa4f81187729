#include "common/jobs.h"

#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/loop.h"

typedef enum { JOB_QUEUED, JOB_RUNNING, JOB_ENDED } JobState;

/* References are held by a queue or the thread, a caller that waits, and the handler of the poster's cancellable. */
typedef struct {
  CommonJobs *jobs;
  CommonJob spec;
  GCancellable *cancellable; /* that FUNC is given */
  GMainContext *context;     /* of DONE; NULL: the queues' own thread */
  gulong handler;            /* of the poster's cancellable */
  GList link;                /* in the queue of its class */
  JobState state;
  gboolean is_call; /* a caller waits in common_jobs_call() */
  GCond ended;
  GError *error; /* set before JOB_ENDED */
} Job;

typedef struct {
  GSourceOnceFunc func;
  gpointer data;
  GDestroyNotify free_data;
  GMainContext *context;
} RoomWaiter;

typedef struct {
  CommonJobClass spec;
  GQueue queue; /* Job */
  guint n_jobs; /* queued or running, without calls */
  gsize n_bytes;
  gint64 last_turn_us; /* when one ran last, or the queue was last empty */
  guint64 steps;
  guint long_steps;
  GSList *room_waiters;
} JobClass;

/* Each job holds a reference: the handler of its cancellable may still use the queues after common_jobs_free(). */
struct _CommonJobs {
  GThread *thread;
  GMutex lock; /* of all that follows */
  GCond work;
  GCond drained;
  JobClass *classes;
  guint n_classes;
  guint first_closed;
  Job *running;
  gboolean ending;
  JobClass *turn; /* the class that has waited for too long; NULL: none */
  gint64 turn_end_us;
};

static void
jobs_clear (gpointer data)
{
  CommonJobs *jobs = data;

  g_free (jobs->classes);
  g_cond_clear (&jobs->work);
  g_cond_clear (&jobs->drained);
  g_mutex_clear (&jobs->lock);
}

static void
jobs_unref (CommonJobs *jobs)
{
  g_atomic_rc_box_release_full (jobs, jobs_clear);
}

static void
job_clear (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->cancellable);
  g_clear_object (&job->spec.cancellable);
  g_clear_pointer (&job->context, g_main_context_unref);
  g_clear_error (&job->error);
  g_cond_clear (&job->ended);
  jobs_unref (job->jobs);
}

static void
job_unref (gpointer job)
{
  g_atomic_rc_box_release_full (job, job_clear);
}

static Job *
job_new (CommonJobs *jobs, const CommonJob *spec, gboolean is_call)
{
  Job *job = g_atomic_rc_box_new0 (Job);

  job->jobs = g_atomic_rc_box_acquire (jobs);
  job->spec = *spec;
  if (spec->cancellable != NULL)
    g_object_ref (spec->cancellable);
  job->cancellable = g_cancellable_new ();
  job->link.data = job;
  job->is_call = is_call;
  g_cond_init (&job->ended);
  if (!is_call && !common_jobs_is_current (jobs))
    job->context = g_main_context_ref_thread_default ();
  return job;
}

/* ---- the end of a job ---- */

static gboolean
job_notify_end (gpointer data)
{
  Job *job = data;

  job->spec.done (job->spec.data, job->error);
  if (job->spec.free_data != NULL)
    job->spec.free_data (job->spec.data);
  return G_SOURCE_REMOVE;
}

static gboolean
room_notify (gpointer data)
{
  RoomWaiter *waiter = data;

  waiter->func (waiter->data);
  return G_SOURCE_REMOVE;
}

static void
room_free (gpointer data)
{
  RoomWaiter *waiter = data;

  if (waiter->free_data != NULL)
    waiter->free_data (waiter->data);
  g_main_context_unref (waiter->context);
  g_free (waiter);
}

/* With the lock held. */
static gboolean
class_is_closed (const CommonJobs *jobs, guint job_class)
{
  return job_class >= jobs->first_closed;
}

/* With the lock held. Returns the waiters for room, if there is some now. */
static GSList *
class_take_room_waiters (CommonJobs *jobs, guint job_class)
{
  JobClass *class = &jobs->classes[job_class];

  if (!class_is_closed (jobs, job_class)
      && ((class->spec.max_jobs > 0 && class->n_jobs > class->spec.max_jobs / 2)
          || (class->spec.max_bytes > 0 && class->n_bytes > class->spec.max_bytes / 2)))
    return NULL;
  return g_steal_pointer (&class->room_waiters);
}

/* Without the lock. */
static void
jobs_notify_room (GSList *waiters)
{
  for (GSList *l = waiters; l != NULL; l = l->next) {
    RoomWaiter *waiter = l->data;
    common_loop_invoke (waiter->context, room_notify, waiter, room_free);
  }
  g_slist_free (waiters);
}

/* With the lock held: JOB, which is in no queue, will not run again. Returns the waiters for its room. */
static GSList *
job_set_ended (CommonJobs *jobs, Job *job, GError *error)
{
  JobClass *class = &jobs->classes[job->spec.job_class];

  job->error = error;
  job->state = JOB_ENDED;
  if (job->is_call) {
    g_cond_signal (&job->ended);
    return NULL;
  }
  class->n_jobs--;
  class->n_bytes -= job->spec.bytes;
  return class_take_room_waiters (jobs, job->spec.job_class);
}

/* Without the lock; consumes the queues' reference to JOB, which has ended. The handler is not disconnected by
 * g_cancellable_disconnect(), which waits for running handlers: this may be one, and others may wait for
 * this thread. */
static void
job_finish (Job *job, gulong handler)
{
  if (handler != 0)
    g_signal_handler_disconnect (job->spec.cancellable, handler);
  if (job->is_call) {
    job_unref (job);
  } else if (job->spec.done == NULL || job->context == NULL) {
    if (job->spec.done != NULL)
      job->spec.done (job->spec.data, job->error);
    if (job->spec.free_data != NULL)
      job->spec.free_data (job->spec.data);
    job_unref (job);
  } else {
    common_loop_invoke (job->context, job_notify_end, job, job_unref);
  }
}

static GError *
job_new_error (const CommonJobs *jobs, const Job *job)
{
  return class_is_closed (jobs, job->spec.job_class)
             ? g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "The program is stopping")
             : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled");
}

/* The poster's cancellable was cancelled. A job whose end is reported on another thread ends here, at once, unless it
 * is running; one that must be freed on the thread of the queues is left to that thread. */
static void
job_on_cancelled (GCancellable *cancellable, gpointer data)
{
  Job *job = data;
  CommonJobs *jobs = job->jobs;
  GSList *waiters = NULL;
  gboolean ended = FALSE;
  gulong handler = 0;

  g_cancellable_cancel (job->cancellable);
  g_mutex_lock (&jobs->lock);
  if (job->state == JOB_QUEUED && (job->is_call || job->context != NULL) && (job->is_call || job->spec.done != NULL)) {
    g_queue_unlink (&jobs->classes[job->spec.job_class].queue, &job->link);
    waiters = job_set_ended (jobs, job, job_new_error (jobs, job));
    /* It holds the job, which holds the cancellable. 0: job_watch_cancellable() sees that the job has ended. */
    handler = job->handler;
    job->handler = 0;
    ended = TRUE;
    g_cond_broadcast (&jobs->drained);
  }
  g_mutex_unlock (&jobs->lock);
  jobs_notify_room (waiters);
  if (ended)
    job_finish (job, handler);
}

/* ---- the thread ---- */

/* With the lock held. The class that has not run for too long; else the one of the highest priority that has a job;
 * NULL: none has. */
static JobClass *
jobs_pick_class (CommonJobs *jobs)
{
  gint64 now = common_clock_monotonic_us ();
  JobClass *best = NULL, *starved = NULL;

  for (guint i = 0; i < jobs->n_classes; i++) {
    JobClass *class = &jobs->classes[i];

    if (class->queue.head == NULL)
      class->last_turn_us = now;
    else if (best == NULL)
      best = class;
    else if (starved == NULL && now - class->last_turn_us > COMMON_JOBS_PATIENCE_US)
      starved = class;
  }
  if (jobs->turn != NULL && jobs->turn->queue.head != NULL && now < jobs->turn_end_us)
    return jobs->turn;
  jobs->turn = starved;
  jobs->turn_end_us = now + COMMON_JOBS_TURN_US;
  return starved != NULL ? starved : best;
}

/* With the lock held. */
static Job *
jobs_pick (CommonJobs *jobs)
{
  JobClass *class = jobs_pick_class (jobs);

  if (class == NULL)
    return NULL;
  class->last_turn_us = common_clock_monotonic_us ();
  return g_queue_pop_head_link (&class->queue)->data;
}

/* The CPU time of this thread: unlike wall-clock time, it does not depend on the load of the machine. */
static gint64
thread_get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Without the lock. */
static CommonJobState
job_run_step (Job *job, gboolean *was_long)
{
  const CommonJobClass *class = &job->jobs->classes[job->spec.job_class].spec;
  gint64 start_us = common_clock_monotonic_us (), start_cpu_us = thread_get_cpu_us ();
  CommonJobState state = job->spec.func (job->spec.data, job->cancellable);
  gint64 held_us = common_clock_monotonic_us () - start_us, cpu_us = thread_get_cpu_us () - start_cpu_us;

  *was_long = class->max_step_us > 0 && held_us > class->max_step_us;
  if (*was_long)
    common_debug (
        COMMON_LOG_LOOP, "The job %s of the class %s blocked its thread for %.1f ms, and computed for %.1f ms",
        job->spec.name != NULL ? job->spec.name : "?", class->name, (double) held_us / 1000, (double) cpu_us / 1000);
  return state;
}

/* With the lock held, which is released while the job runs. */
static void
jobs_run (CommonJobs *jobs, Job *job)
{
  JobClass *class = &jobs->classes[job->spec.job_class];
  gboolean skipped = class_is_closed (jobs, job->spec.job_class) || g_cancellable_is_cancelled (job->cancellable);
  CommonJobState state = COMMON_JOB_AGAIN;
  gboolean was_long = FALSE;
  GSList *waiters;
  gulong handler;

  job->state = JOB_RUNNING;
  jobs->running = job;
  if (!skipped) {
    g_mutex_unlock (&jobs->lock);
    state = job_run_step (job, &was_long);
    g_mutex_lock (&jobs->lock);
    class->steps++;
    class->long_steps += was_long;
  }
  if (state == COMMON_JOB_AGAIN && !g_cancellable_is_cancelled (job->cancellable)
      && !class_is_closed (jobs, job->spec.job_class)) {
    jobs->running = NULL;
    job->state = JOB_QUEUED;
    g_queue_push_tail_link (&class->queue, &job->link);
    return;
  }
  waiters = job_set_ended (jobs, job, state == COMMON_JOB_DONE ? NULL : job_new_error (jobs, job));
  handler = job->handler;
  job->handler = 0;
  g_atomic_rc_box_acquire (job);
  g_mutex_unlock (&jobs->lock);
  jobs_notify_room (waiters);
  job_finish (job, handler);
  g_mutex_lock (&jobs->lock);
  /* Only now, so that nothing of it is left when common_jobs_drain() returns. */
  jobs->running = NULL;
  g_cond_broadcast (&jobs->drained);
  job_unref (job);
}

static gpointer
jobs_thread (gpointer data)
{
  CommonJobs *jobs = data;

  g_mutex_lock (&jobs->lock);
  for (;;) {
    Job *job = jobs_pick (jobs);

    if (job != NULL)
      jobs_run (jobs, job);
    else if (jobs->ending)
      break;
    else
      g_cond_wait (&jobs->work, &jobs->lock);
  }
  g_mutex_unlock (&jobs->lock);
  return NULL;
}

/* ---- the interface ---- */

CommonJobs *
common_jobs_new (const char *name, const CommonJobClass *classes, guint n_classes)
{
  CommonJobs *jobs;

  g_return_val_if_fail (name != NULL && classes != NULL && n_classes > 0, NULL);
  jobs = g_atomic_rc_box_new0 (CommonJobs);
  g_mutex_init (&jobs->lock);
  g_cond_init (&jobs->work);
  g_cond_init (&jobs->drained);
  jobs->classes = g_new0 (JobClass, n_classes);
  jobs->n_classes = jobs->first_closed = n_classes;
  for (guint i = 0; i < n_classes; i++) {
    jobs->classes[i].spec = classes[i];
    g_queue_init (&jobs->classes[i].queue);
  }
  g_mutex_lock (&jobs->lock);
  jobs->thread = g_thread_new (name, jobs_thread, jobs);
  g_mutex_unlock (&jobs->lock);
  return jobs;
}

void
common_jobs_free (CommonJobs *jobs)
{
  if (jobs == NULL)
    return;
  g_return_if_fail (!common_jobs_is_current (jobs));
  common_jobs_close (jobs, 0);
  common_jobs_drain (jobs);
  g_mutex_lock (&jobs->lock);
  jobs->ending = TRUE;
  g_cond_signal (&jobs->work);
  g_mutex_unlock (&jobs->lock);
  g_thread_join (jobs->thread);
  jobs_unref (jobs);
}

/* With the lock held. */
static gboolean
class_check_room (CommonJobs *jobs, const CommonJob *spec, gboolean is_call, GError **error)
{
  JobClass *class = &jobs->classes[spec->job_class];

  if (class_is_closed (jobs, spec->job_class)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The program is stopping");
    return FALSE;
  }
  if (is_call || class->n_jobs == 0)
    return TRUE;
  if ((class->spec.max_jobs == 0 || class->n_jobs < class->spec.max_jobs)
      && (class->spec.max_bytes == 0
          || spec->bytes <= class->spec.max_bytes - MIN (class->n_bytes, class->spec.max_bytes)))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, "Too many jobs of the class %s are waiting", class->spec.name);
  return FALSE;
}

/* Queues JOB, whose reference is consumed if it is TRUE. */
static gboolean
jobs_push (CommonJobs *jobs, Job *job, GError **error)
{
  JobClass *class = &jobs->classes[job->spec.job_class];
  gboolean ok;

  g_mutex_lock (&jobs->lock);
  ok = class_check_room (jobs, &job->spec, job->is_call, error);
  if (ok) {
    if (class->queue.head == NULL)
      class->last_turn_us = common_clock_monotonic_us ();
    g_queue_push_tail_link (&class->queue, &job->link);
    class->n_jobs += !job->is_call;
    class->n_bytes += job->is_call ? 0 : job->spec.bytes;
    g_cond_signal (&jobs->work);
  }
  g_mutex_unlock (&jobs->lock);
  return ok;
}

/* After JOB was queued, and with a reference to it. It may have ended already. */
static void
job_watch_cancellable (Job *job)
{
  CommonJobs *jobs = job->jobs;
  gulong handler;

  if (job->spec.cancellable == NULL)
    return;
  handler = g_cancellable_connect (job->spec.cancellable, G_CALLBACK (job_on_cancelled), g_atomic_rc_box_acquire (job),
                                   job_unref);
  g_mutex_lock (&jobs->lock);
  if (job->state != JOB_ENDED) {
    job->handler = handler;
    handler = 0;
  }
  g_mutex_unlock (&jobs->lock);
  if (handler != 0)
    g_signal_handler_disconnect (job->spec.cancellable, handler);
}

gboolean
common_jobs_post (CommonJobs *jobs, const CommonJob *spec, GError **error)
{
  Job *job;

  g_return_val_if_fail (jobs != NULL && spec != NULL && spec->func != NULL && spec->job_class < jobs->n_classes, FALSE);
  if (g_cancellable_set_error_if_cancelled (spec->cancellable, error))
    return FALSE;
  job = job_new (jobs, spec, FALSE);
  g_atomic_rc_box_acquire (job);
  if (jobs_push (jobs, job, error)) {
    job_watch_cancellable (job);
    job_unref (job);
    return TRUE;
  }
  job_unref (job);
  job_unref (job);
  return FALSE;
}

/* On the queues' own thread. */
static gboolean
jobs_call_here (const CommonJob *spec, GError **error)
{
  g_autoptr (GCancellable) own = spec->cancellable == NULL ? g_cancellable_new () : g_object_ref (spec->cancellable);

  while (!g_cancellable_set_error_if_cancelled (own, error))
    if (spec->func (spec->data, own) == COMMON_JOB_DONE)
      return TRUE;
  return FALSE;
}

gboolean
common_jobs_call (CommonJobs *jobs, const CommonJob *spec, GError **error)
{
  gboolean ok;
  Job *job;

  g_return_val_if_fail (jobs != NULL && spec != NULL && spec->func != NULL && spec->job_class < jobs->n_classes, FALSE);
  if (common_jobs_is_current (jobs))
    return jobs_call_here (spec, error);
  if (g_cancellable_set_error_if_cancelled (spec->cancellable, error))
    return FALSE;
  job = job_new (jobs, spec, TRUE);
  g_atomic_rc_box_acquire (job);
  ok = jobs_push (jobs, job, error);
  if (!ok) {
    job_unref (job);
  } else {
    job_watch_cancellable (job);
    g_mutex_lock (&jobs->lock);
    while (job->state != JOB_ENDED)
      g_cond_wait (&job->ended, &jobs->lock);
    g_mutex_unlock (&jobs->lock);
    ok = job->error == NULL;
    if (!ok && error != NULL)
      *error = g_steal_pointer (&job->error);
  }
  job_unref (job);
  return ok;
}

void
common_jobs_notify_room (CommonJobs *jobs,
                         guint job_class,
                         GSourceOnceFunc func,
                         gpointer data,
                         GDestroyNotify free_data)
{
  RoomWaiter *waiter;
  GSList *waiters;

  g_return_if_fail (jobs != NULL && func != NULL && job_class < jobs->n_classes);
  waiter = g_new (RoomWaiter, 1);
  *waiter = (RoomWaiter){ func, data, free_data, g_main_context_ref_thread_default () };
  g_mutex_lock (&jobs->lock);
  jobs->classes[job_class].room_waiters = g_slist_prepend (jobs->classes[job_class].room_waiters, waiter);
  waiters = class_take_room_waiters (jobs, job_class);
  g_mutex_unlock (&jobs->lock);
  jobs_notify_room (waiters);
}

void
common_jobs_close (CommonJobs *jobs, guint first_class)
{
  g_autoptr (GCancellable) running = NULL;
  GSList *waiters = NULL;

  g_return_if_fail (jobs != NULL);
  g_mutex_lock (&jobs->lock);
  jobs->first_closed = MIN (jobs->first_closed, first_class);
  if (jobs->running != NULL && class_is_closed (jobs, jobs->running->spec.job_class))
    running = g_object_ref (jobs->running->cancellable);
  for (guint i = jobs->first_closed; i < jobs->n_classes; i++)
    waiters = g_slist_concat (waiters, class_take_room_waiters (jobs, i));
  g_cond_signal (&jobs->work);
  g_mutex_unlock (&jobs->lock);
  if (running != NULL)
    g_cancellable_cancel (running);
  jobs_notify_room (waiters);
}

/* With the lock held. */
static gboolean
jobs_are_drained (CommonJobs *jobs)
{
  for (guint i = jobs->first_closed; i < jobs->n_classes; i++)
    if (jobs->classes[i].queue.head != NULL)
      return FALSE;
  return jobs->running == NULL || !class_is_closed (jobs, jobs->running->spec.job_class);
}

void
common_jobs_drain (CommonJobs *jobs)
{
  g_return_if_fail (jobs != NULL && !common_jobs_is_current (jobs));
  g_mutex_lock (&jobs->lock);
  while (!jobs_are_drained (jobs))
    g_cond_wait (&jobs->drained, &jobs->lock);
  g_mutex_unlock (&jobs->lock);
}

gboolean
common_jobs_is_current (CommonJobs *jobs)
{
  return g_thread_self () == jobs->thread;
}

gboolean
common_jobs_is_closed (CommonJobs *jobs, guint job_class)
{
  gboolean closed;

  g_mutex_lock (&jobs->lock);
  closed = class_is_closed (jobs, job_class);
  g_mutex_unlock (&jobs->lock);
  return closed;
}

gboolean
common_jobs_is_wanted (CommonJobs *jobs, guint job_class)
{
  gboolean wanted = FALSE;

  g_mutex_lock (&jobs->lock);
  for (guint i = 0; i <= job_class && !wanted; i++)
    wanted = jobs->classes[i].queue.head != NULL;
  g_mutex_unlock (&jobs->lock);
  return wanted;
}

guint
common_jobs_get_queued (CommonJobs *jobs, guint job_class)
{
  guint n;

  g_mutex_lock (&jobs->lock);
  n = jobs->classes[job_class].n_jobs;
  g_mutex_unlock (&jobs->lock);
  return n;
}

gsize
common_jobs_get_bytes (CommonJobs *jobs, guint job_class)
{
  gsize bytes;

  g_mutex_lock (&jobs->lock);
  bytes = jobs->classes[job_class].n_bytes;
  g_mutex_unlock (&jobs->lock);
  return bytes;
}

guint64
common_jobs_get_steps (CommonJobs *jobs, guint job_class)
{
  guint64 n;

  g_mutex_lock (&jobs->lock);
  n = jobs->classes[job_class].steps;
  g_mutex_unlock (&jobs->lock);
  return n;
}

guint
common_jobs_get_long_steps (CommonJobs *jobs, guint job_class)
{
  guint n;

  g_mutex_lock (&jobs->lock);
  n = jobs->classes[job_class].long_steps;
  g_mutex_unlock (&jobs->lock);
  return n;
}
