#include "common/jobs.h"

enum { FIRST, BLOCKS, QUERIES, BACKGROUND, N_CLASSES };

static const CommonJobClass classes[N_CLASSES] = {
  { "first", 0, 0, 0 },
  { "blocks", 0, 1000, 0 },
  { "queries", 4, 0, 5000 },
  { "background", 0, 0, 0 },
};

/* What a test records. */
typedef struct {
  CommonJobs *jobs;
  GString *order; /* used on the jobs' thread only */
  GMutex lock;
  GCond changed;
  gboolean open;    /* the gate is open */
  gboolean at_gate; /* a job waits at the gate */
  gint n_done, n_cancelled, n_closed, n_freed, n_room;
  GThread *done_thread;
} Fixture;

typedef struct {
  Fixture *f;
  char letter;
  guint steps; /* remaining */
} Work;

static void
fixture_set_up (Fixture *f, gconstpointer data)
{
  g_mutex_init (&f->lock);
  g_cond_init (&f->changed);
  f->order = g_string_new (NULL);
  f->jobs = common_jobs_new ("test", classes, N_CLASSES);
}

static void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  common_jobs_free (f->jobs);
  g_string_free (f->order, TRUE);
  g_mutex_clear (&f->lock);
  g_cond_clear (&f->changed);
}

/* ---- jobs ---- */

static CommonJobState
work_run (gpointer data, GCancellable *cancellable)
{
  Work *work = data;

  g_assert_true (common_jobs_is_current (work->f->jobs));
  g_assert_true (G_IS_CANCELLABLE (cancellable));
  g_string_append_c (work->f->order, work->letter);
  return --work->steps > 0 ? COMMON_JOB_AGAIN : COMMON_JOB_DONE;
}

static void
work_free (gpointer data)
{
  Work *work = data;

  g_atomic_int_inc (&work->f->n_freed);
  g_free (work);
}

static void
count_end (gpointer data, const GError *error)
{
  Fixture *f = ((Work *) data)->f;

  f->done_thread = g_thread_self ();
  if (error == NULL)
    g_atomic_int_inc (&f->n_done);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_atomic_int_inc (&f->n_cancelled);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    g_atomic_int_inc (&f->n_closed);
  else
    g_assert_not_reached ();
}

static CommonJob
make_job (Fixture *f, guint job_class, char letter, guint steps)
{
  Work *work = g_new (Work, 1);

  *work = (Work){ f, letter, steps };
  return (CommonJob){ .name = "work", .job_class = job_class, .func = work_run, .data = work, .free_data = work_free };
}

static void
post (Fixture *f, guint job_class, char letter, guint steps)
{
  CommonJob job = make_job (f, job_class, letter, steps);
  g_autoptr (GError) error = NULL;

  common_jobs_post (f->jobs, &job, &error);
  g_assert_no_error (error);
}

/* Blocks the thread until the gate opens. */
static CommonJobState
gate_run (gpointer data, GCancellable *cancellable)
{
  Fixture *f = data;

  g_mutex_lock (&f->lock);
  f->at_gate = TRUE;
  g_cond_broadcast (&f->changed);
  while (!f->open)
    g_cond_wait (&f->changed, &f->lock);
  f->at_gate = f->open = FALSE;
  g_mutex_unlock (&f->lock);
  return COMMON_JOB_DONE;
}

static void
close_gate (Fixture *f, guint job_class)
{
  CommonJob job = { .name = "gate", .job_class = job_class, .func = gate_run, .data = f };

  g_assert_true (common_jobs_post (f->jobs, &job, NULL));
  g_mutex_lock (&f->lock);
  while (!f->at_gate)
    g_cond_wait (&f->changed, &f->lock);
  g_mutex_unlock (&f->lock);
}

static void
open_gate (Fixture *f)
{
  g_mutex_lock (&f->lock);
  f->open = TRUE;
  g_cond_broadcast (&f->changed);
  g_mutex_unlock (&f->lock);
}

/* Returns when everything posted before has run. */
static void
settle (Fixture *f)
{
  CommonJob job = make_job (f, BACKGROUND, '.', 1);

  g_assert_true (common_jobs_call (f->jobs, &job, NULL));
  g_free (job.data);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* ---- tests ---- */

static void
test_priorities (Fixture *f, gconstpointer data)
{
  close_gate (f, BACKGROUND);
  post (f, BACKGROUND, 'g', 1);
  post (f, QUERIES, 'e', 1);
  post (f, QUERIES, 'f', 1);
  post (f, BLOCKS, 'c', 1);
  post (f, BLOCKS, 'd', 1);
  post (f, FIRST, 'a', 1);
  post (f, FIRST, 'b', 1);
  open_gate (f);
  settle (f);
  g_assert_cmpstr (f->order->str, ==, "abcdefg.");
  g_assert_cmpint (f->n_freed, ==, 7);
}

/* A job of a higher class that is posted while a long one runs is next; jobs of one class take turns. */
static void
test_steps (Fixture *f, gconstpointer data)
{
  close_gate (f, FIRST);
  post (f, BACKGROUND, 'x', 3);
  post (f, BACKGROUND, 'y', 2);
  post (f, BLOCKS, 'b', 2);
  open_gate (f);
  while (g_atomic_int_get (&f->n_freed) < 3)
    g_usleep (1000);
  g_assert_cmpstr (f->order->str, ==, "bbxyxyx");
}

static void
on_room (gpointer data)
{
  ((Fixture *) data)->n_room++;
}

static void
test_bounds (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CommonJob job;

  close_gate (f, FIRST);
  for (guint i = 0; i < 4; i++)
    post (f, QUERIES, 'q', 1);
  job = make_job (f, QUERIES, 'z', 1);
  g_assert_false (common_jobs_post (f->jobs, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpuint (common_jobs_get_queued (f->jobs, QUERIES), ==, 4);

  /* A job that is alone may have any size; after it there is no room for a single byte. */
  job.job_class = BLOCKS;
  job.bytes = 5000;
  g_assert_true (common_jobs_post (f->jobs, &job, NULL));
  job = make_job (f, BLOCKS, 'z', 1);
  job.bytes = 1;
  g_assert_false (common_jobs_post (f->jobs, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_free (job.data);
  g_assert_cmpuint (common_jobs_get_bytes (f->jobs, BLOCKS), ==, 5000);

  common_jobs_notify_room (f->jobs, BLOCKS, on_room, f, NULL);
  common_jobs_notify_room (f->jobs, QUERIES, on_room, f, NULL);
  common_jobs_notify_room (f->jobs, BACKGROUND, on_room, f, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (f->n_room, ==, 1);
  open_gate (f);
  settle (f);
  g_assert_cmpint (f->n_room, ==, 3);
  g_assert_cmpuint (common_jobs_get_bytes (f->jobs, BLOCKS), ==, 0);
}

/* A queued job ends when it is cancelled, even while another one blocks the thread. */
static void
test_cancel_queued (Fixture *f, gconstpointer data)
{
  GCancellable *cancellable = g_cancellable_new ();
  CommonJob job = make_job (f, QUERIES, 'q', 1);
  g_autoptr (GError) error = NULL;

  g_object_add_weak_pointer (G_OBJECT (cancellable), (gpointer *) &cancellable);
  job.cancellable = cancellable;
  job.done = count_end;
  close_gate (f, FIRST);
  g_assert_true (common_jobs_post (f->jobs, &job, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (f->n_cancelled, ==, 0);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->n_cancelled, ==, 1);
  g_assert_cmpint (f->n_freed, ==, 1);
  g_assert_cmpuint (common_jobs_get_queued (f->jobs, QUERIES), ==, 0);

  job = make_job (f, QUERIES, 'q', 1);
  job.cancellable = cancellable;
  g_assert_false (common_jobs_post (f->jobs, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  work_free (job.data);
  /* The job and its handler do not keep it. */
  g_object_unref (cancellable);
  g_assert_null (cancellable);
  open_gate (f);
  settle (f);
  g_assert_cmpstr (f->order->str, ==, ".");
}

static CommonJobState
loop_run (gpointer data, GCancellable *cancellable)
{
  Work *work = data;

  g_mutex_lock (&work->f->lock);
  work->f->at_gate = TRUE;
  g_cond_broadcast (&work->f->changed);
  g_mutex_unlock (&work->f->lock);
  g_usleep (100);
  return COMMON_JOB_AGAIN;
}

static void
test_cancel_running (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  CommonJob job = make_job (f, BACKGROUND, 'x', 1);

  job.cancellable = cancellable;
  job.func = loop_run;
  job.done = count_end;
  g_assert_true (common_jobs_post (f->jobs, &job, NULL));
  g_mutex_lock (&f->lock);
  while (!f->at_gate)
    g_cond_wait (&f->changed, &f->lock);
  g_mutex_unlock (&f->lock);
  g_cancellable_cancel (cancellable);
  while (f->n_cancelled == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->n_freed, ==, 1);
  settle (f);
}

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (20 * 1000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_call (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  CommonJob job = make_job (f, BACKGROUND, 'x', 3);
  g_autoptr (GError) error = NULL;
  GThread *thread;

  g_assert_true (common_jobs_call (f->jobs, &job, &error));
  g_assert_cmpstr (f->order->str, ==, "xxx");

  /* The thread is blocked, but the caller is not. */
  close_gate (f, FIRST);
  job.cancellable = cancellable;
  thread = g_thread_new ("cancel", cancel_soon, cancellable);
  g_assert_false (common_jobs_call (f->jobs, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  open_gate (f);
  settle (f);
  g_assert_cmpstr (f->order->str, ==, "xxx.");
  g_free (job.data);
}

static CommonJobState
call_nested (gpointer data, GCancellable *cancellable)
{
  Fixture *f = data;
  CommonJob job = make_job (f, BACKGROUND, 'n', 2);

  g_assert_true (common_jobs_call (f->jobs, &job, NULL));
  g_free (job.data);
  /* A job that is posted on the jobs' thread is also reported as done there. */
  job = make_job (f, QUERIES, 'p', 1);
  job.done = count_end;
  g_assert_true (common_jobs_post (f->jobs, &job, NULL));
  return COMMON_JOB_DONE;
}

static void
test_nested (Fixture *f, gconstpointer data)
{
  CommonJob job = { .name = "nested", .job_class = BLOCKS, .func = call_nested, .data = f };

  g_assert_true (common_jobs_call (f->jobs, &job, NULL));
  settle (f);
  g_assert_cmpstr (f->order->str, ==, "nnp.");
  g_assert_cmpint (f->n_done, ==, 1);
  g_assert_true (f->done_thread != g_thread_self ());
}

static gpointer
post_from_own_context (gpointer data)
{
  Fixture *f = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  CommonJob job = make_job (f, QUERIES, 'q', 1);

  job.done = count_end;
  g_main_context_push_thread_default (context);
  g_assert_true (common_jobs_post (f->jobs, &job, NULL));
  while (f->n_done == 0)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  g_assert_true (f->done_thread == g_thread_self ());
  return NULL;
}

static void
test_context (Fixture *f, gconstpointer data)
{
  g_thread_join (g_thread_new ("poster", post_from_own_context, f));
  g_assert_cmpint (f->n_done, ==, 1);
}

static CommonJobState
wait_for_cancel (gpointer data, GCancellable *cancellable)
{
  Fixture *f = ((Work *) data)->f;

  g_mutex_lock (&f->lock);
  f->at_gate = TRUE;
  g_cond_broadcast (&f->changed);
  g_mutex_unlock (&f->lock);
  while (!g_cancellable_is_cancelled (cancellable))
    g_usleep (100);
  return COMMON_JOB_AGAIN;
}

static gpointer
call_until_closed (gpointer data)
{
  Fixture *f = data;
  CommonJob job = make_job (f, QUERIES, 'q', 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (common_jobs_call (f->jobs, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_free (job.data);
  return NULL;
}

/* Closing rejects new jobs, ends queued ones and cancels the running one; higher classes are not affected. */
static void
test_close (Fixture *f, gconstpointer data)
{
  CommonJob job = make_job (f, BACKGROUND, 'x', 1), queued = make_job (f, QUERIES, 'y', 1);
  g_autoptr (GError) error = NULL;
  GThread *caller;

  job.func = wait_for_cancel;
  job.done = queued.done = count_end;
  g_assert_true (common_jobs_post (f->jobs, &job, NULL));
  g_mutex_lock (&f->lock);
  while (!f->at_gate)
    g_cond_wait (&f->changed, &f->lock);
  g_mutex_unlock (&f->lock);
  g_assert_true (common_jobs_post (f->jobs, &queued, NULL));
  caller = g_thread_new ("caller", call_until_closed, f);
  g_usleep (10 * 1000);

  common_jobs_close (f->jobs, BLOCKS);
  common_jobs_drain (f->jobs);
  g_thread_join (caller);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (f->n_closed, ==, 2);
  g_assert_cmpint (f->n_freed, ==, 2);
  g_assert_true (common_jobs_is_closed (f->jobs, QUERIES));
  g_assert_false (common_jobs_is_closed (f->jobs, FIRST));

  job = make_job (f, BLOCKS, 'z', 1);
  g_assert_false (common_jobs_post (f->jobs, &job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  job.job_class = FIRST;
  g_assert_true (common_jobs_call (f->jobs, &job, NULL));
  g_assert_cmpstr (f->order->str, ==, "z");
  work_free (job.data);
  common_jobs_notify_room (f->jobs, BLOCKS, on_room, f, NULL);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (f->n_room, ==, 1);
}

static CommonJobState
busy_run (gpointer data, GCancellable *cancellable)
{
  g_usleep (1000);
  return COMMON_JOB_AGAIN;
}

/* Endless blocks do not starve queries. */
static void
test_patience (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  CommonJob busy = { .name = "busy", .job_class = BLOCKS, .func = busy_run, .cancellable = cancellable };
  gint64 start_us = g_get_monotonic_time ();

  g_assert_true (common_jobs_post (f->jobs, &busy, NULL));
  settle (f);
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, COMMON_JOBS_PATIENCE_US);
  /* All waiting jobs get their turn together. */
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < 4; i++)
    post (f, BACKGROUND, 'x', 1);
  settle (f);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 30 * COMMON_JOBS_PATIENCE_US);
  g_assert_cmpstr (f->order->str, ==, ".xxxx.");
  g_cancellable_cancel (cancellable);
}

static CommonJobState
long_run (gpointer data, GCancellable *cancellable)
{
  g_usleep (20 * 1000);
  return COMMON_JOB_DONE;
}

static void
test_long_steps (Fixture *f, gconstpointer data)
{
  CommonJob job = { .name = "long", .job_class = QUERIES, .func = long_run };

  g_assert_cmpuint (common_jobs_get_long_steps (f->jobs, QUERIES), ==, 0);
  g_assert_true (common_jobs_call (f->jobs, &job, NULL));
  g_assert_cmpuint (common_jobs_get_long_steps (f->jobs, QUERIES), ==, 1);
  job.job_class = BACKGROUND;
  g_assert_true (common_jobs_call (f->jobs, &job, NULL));
  g_assert_cmpuint (common_jobs_get_long_steps (f->jobs, BACKGROUND), ==, 0);
}

#define N_THREADS 4
#define N_EACH 3000

static CommonJobState
small_run (gpointer data, GCancellable *cancellable)
{
  Work *work = data;

  return --work->steps > 0 ? COMMON_JOB_AGAIN : COMMON_JOB_DONE;
}

/* Each thread posts and calls, cancels some jobs, and must be notified exactly once when each of them is done. */
static gpointer
post_many (gpointer data)
{
  Fixture *f = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) (gsize) g_thread_self ());
  Fixture own = { .jobs = f->jobs };
  gint n_posted = 0, n_called = 0;

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < N_EACH; i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    CommonJob job = make_job (&own, (guint) g_rand_int_range (rand, 0, N_CLASSES), 'm', 1 + g_rand_int (rand) % 3);
    gboolean cancel = g_rand_int (rand) % 4 == 0;

    job.func = small_run;
    job.done = count_end;
    job.cancellable = cancellable;
    if (g_rand_int (rand) % 16 == 0) {
      n_called += common_jobs_call (f->jobs, &job, NULL);
      g_free (job.data);
    } else if (common_jobs_post (f->jobs, &job, NULL)) {
      n_posted++;
    } else {
      g_free (job.data);
    }
    if (cancel)
      g_cancellable_cancel (cancellable);
    g_main_context_iteration (context, FALSE);
  }
  while (own.n_freed < n_posted)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (own.n_done + own.n_cancelled, ==, n_posted);
  g_assert_cmpint (n_called, >, 0);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_many (Fixture *f, gconstpointer data)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("poster", post_many, f);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < N_CLASSES; i++)
    g_assert_cmpuint (common_jobs_get_queued (f->jobs, i), ==, 0);
}

static gpointer
post_until_closed (gpointer data)
{
  Fixture *f = data;
  guint n = 0;

  for (;;) {
    CommonJob job = make_job (f, n++ % N_CLASSES, 'u', 2);
    g_autoptr (GError) error = NULL;

    job.func = small_run;
    if (n % 8 == 0 ? common_jobs_call (f->jobs, &job, &error) : common_jobs_post (f->jobs, &job, &error)) {
      if (n % 8 == 0)
        g_free (job.data);
      continue;
    }
    g_free (job.data);
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
      return NULL;
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  }
}

/* Closing while others post and wait. */
static void
test_close_under_load (Fixture *f, gconstpointer data)
{
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("poster", post_until_closed, f);
  g_usleep (50 * 1000);
  common_jobs_close (f->jobs, 0);
  common_jobs_drain (f->jobs);
  for (guint i = 0; i < N_CLASSES; i++)
    g_assert_cmpuint (common_jobs_get_queued (f->jobs, i), ==, 0);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*func) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "/jobs/priorities", test_priorities },
    { "/jobs/steps", test_steps },
    { "/jobs/bounds", test_bounds },
    { "/jobs/cancel-queued", test_cancel_queued },
    { "/jobs/cancel-running", test_cancel_running },
    { "/jobs/call", test_call },
    { "/jobs/nested", test_nested },
    { "/jobs/context", test_context },
    { "/jobs/close", test_close },
    { "/jobs/patience", test_patience },
    { "/jobs/long-steps", test_long_steps },
    { "/jobs/many", test_many },
    { "/jobs/close-under-load", test_close_under_load },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, fixture_set_up, tests[i].func, fixture_tear_down);
  return g_test_run ();
}
