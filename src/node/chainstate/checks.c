#include "node/chainstate/checks.h"

/* Transactions are published one after another; the threads claim units of them, in order. A claim and a publication
 * are atomic operations, so the lock is only taken to sleep and to wake. Sizes are fixed when a batch begins: nothing
 * moves while other threads look at it. */

/* Inputs of one unit. A transaction with more is spread over several threads. */
#define UNIT_INPUTS 12
/* The number of units for which one sleeping thread is woken: waking costs more than checking one input. */
#define WAKE_EVERY 4
#define NO_FAILURE G_MAXINT
#define BATCHES 2

typedef struct {
  const BtcTx *tx;
  const BtcTxOut *spent;
  BtcSighashCache cache;
  gboolean cache_ready; /* computed when the transaction was added, because several units share it */
  guint32 input_base;   /* number of its first input in the block, for the order of failures */
} TxJob;

typedef struct {
  guint32 job;
  guint32 first_in;
  guint32 n_in;
} Unit;

struct _NodeCheckBatch {
  NodeChecks *checks;
  TxJob *jobs;
  Unit *units;
  gsize jobs_room, units_room;
  guint32 n_jobs;
  guint32 n_inputs;
  gint published;           /* atomic: units that may be claimed */
  gint claimed;             /* atomic: units that are taken; never above published */
  gboolean open;            /* under lock: between begin and finish */
  gint active;              /* under lock: threads of the pool that may use what was added */
  gint failed;              /* atomic: number of the first input that failed, or NO_FAILURE */
  NodeCheckFailure failure; /* under lock, belongs to `failed` */
  gint drop;                /* atomic */
  BtcVerifyFlags flags;
  const BtcSignatureCache *signatures;
};

struct _NodeChecks {
  GThread **threads;
  guint n_threads;
  GMutex lock;
  GCond work; /* there is something to claim, or the pool ends */
  GCond idle; /* a thread has finished with a batch */
  gboolean quit;
  gint sleepers; /* atomic */
  NodeCheckBatch batches[BATCHES];
  guint older; /* under lock: the one that began first */
};

static void
note_failure (NodeCheckBatch *batch, const TxJob *job, guint32 in, BtcScriptError error)
{
  guint32 number = job->input_base + in;

  g_mutex_lock (&batch->checks->lock);
  if (number < (guint32) g_atomic_int_get (&batch->failed)) {
    g_atomic_int_set (&batch->failed, (gint) number);
    batch->failure = (NodeCheckFailure){ job->tx, in, error };
  }
  g_mutex_unlock (&batch->checks->lock);
}

static void
run_unit (NodeCheckBatch *batch, const Unit *unit)
{
  TxJob *job = &batch->jobs[unit->job];

  if (g_atomic_int_get (&batch->drop))
    return;
  if (!job->cache_ready)
    btc_sighash_cache_init (&job->cache, job->tx, job->spent, FALSE);
  for (guint32 i = 0; i < unit->n_in; i++) {
    guint32 in = unit->first_in + i;
    BtcScriptError error;

    /* Only inputs before the first known failure can still change the result. */
    if (job->input_base + in > (guint32) g_atomic_int_get (&batch->failed))
      return;
    error = btc_script_verify (&job->cache, in, job->spent[in].script, job->spent[in].value_sat, batch->flags,
                               batch->signatures);
    if (error != BTC_SCRIPT_ERR_OK) {
      note_failure (batch, job, in, error);
      return;
    }
  }
}

static gint
n_unclaimed (NodeCheckBatch *batch)
{
  return g_atomic_int_get (&batch->published) - g_atomic_int_get (&batch->claimed);
}

/* Takes one unit and runs it; FALSE when there is none. */
static gboolean
run_one (NodeCheckBatch *batch)
{
  gint at;

  do {
    at = g_atomic_int_get (&batch->claimed);
    if (at >= g_atomic_int_get (&batch->published))
      return FALSE;
  } while (!g_atomic_int_compare_and_exchange (&batch->claimed, at, at + 1));

  run_unit (batch, &batch->units[at]);
  return TRUE;
}

/* The batch to work on: the older one first, since the caller waits for it. With the lock held. */
static NodeCheckBatch *
find_work (NodeChecks *checks)
{
  for (guint i = 0; i < BATCHES; i++) {
    NodeCheckBatch *batch = &checks->batches[(checks->older + i) % BATCHES];

    if (batch->open && n_unclaimed (batch) > 0)
      return batch;
  }
  return NULL;
}

static gpointer
check_thread_main (gpointer data)
{
  NodeChecks *checks = data;

  g_mutex_lock (&checks->lock);
  while (!checks->quit) {
    NodeCheckBatch *batch = find_work (checks);

    if (batch == NULL) {
      g_atomic_int_inc (&checks->sleepers);
      g_cond_wait (&checks->work, &checks->lock);
      g_atomic_int_add (&checks->sleepers, -1);
      continue;
    }
    /* Under the lock, so that node_checks_finish() sees every thread that may still use the block. */
    batch->active++;
    g_mutex_unlock (&checks->lock);
    while (run_one (batch))
      ;
    g_mutex_lock (&checks->lock);
    if (--batch->active == 0)
      g_cond_signal (&checks->idle);
  }
  g_mutex_unlock (&checks->lock);
  return NULL;
}

NodeChecks *
node_checks_new (guint threads)
{
  NodeChecks *checks = g_new0 (NodeChecks, 1);

  g_mutex_init (&checks->lock);
  g_cond_init (&checks->work);
  g_cond_init (&checks->idle);
  for (guint i = 0; i < BATCHES; i++)
    checks->batches[i].checks = checks;
  checks->n_threads = threads;
  checks->threads = g_new0 (GThread *, threads);
  for (guint i = 0; i < threads; i++) {
    g_autofree char *name = g_strdup_printf ("scriptch.%u", i);
    checks->threads[i] = g_thread_new (name, check_thread_main, checks);
  }
  return checks;
}

void
node_checks_free (NodeChecks *checks)
{
  if (checks == NULL)
    return;
  g_mutex_lock (&checks->lock);
  checks->quit = TRUE;
  g_cond_broadcast (&checks->work);
  g_mutex_unlock (&checks->lock);
  for (guint i = 0; i < checks->n_threads; i++)
    g_thread_join (checks->threads[i]);
  g_free (checks->threads);
  for (guint i = 0; i < BATCHES; i++) {
    g_free (checks->batches[i].jobs);
    g_free (checks->batches[i].units);
  }
  g_mutex_clear (&checks->lock);
  g_cond_clear (&checks->work);
  g_cond_clear (&checks->idle);
  g_free (checks);
}

static void
checks_make_room (NodeCheckBatch *batch, gsize n_jobs, gsize n_units)
{
  if (n_jobs > batch->jobs_room) {
    g_free (batch->jobs);
    batch->jobs_room = n_jobs + n_jobs / 2;
    batch->jobs = g_new (TxJob, batch->jobs_room);
  }
  if (n_units > batch->units_room) {
    g_free (batch->units);
    batch->units_room = n_units + n_units / 2;
    batch->units = g_new (Unit, batch->units_room);
  }
}

NodeCheckBatch *
node_checks_begin (NodeChecks *checks,
                   guint32 n_txs,
                   guint32 n_inputs,
                   BtcVerifyFlags flags,
                   const BtcSignatureCache *signatures)
{
  NodeCheckBatch *batch = &checks->batches[checks->older];

  if (batch->open)
    batch = &checks->batches[(checks->older + 1) % BATCHES];
  g_assert (!batch->open && batch->active == 0);
  checks_make_room (batch, n_txs, (gsize) n_inputs / UNIT_INPUTS + n_txs);
  batch->n_jobs = 0;
  batch->n_inputs = 0;
  batch->flags = flags;
  batch->signatures = signatures;
  g_atomic_int_set (&batch->failed, NO_FAILURE);
  g_atomic_int_set (&batch->drop, 0);
  g_mutex_lock (&checks->lock);
  batch->published = 0;
  batch->claimed = 0;
  batch->open = TRUE;
  g_mutex_unlock (&checks->lock);
  return batch;
}

static void
wake_threads (NodeChecks *checks)
{
  if (g_atomic_int_get (&checks->sleepers) == 0)
    return;
  g_mutex_lock (&checks->lock);
  g_cond_broadcast (&checks->work);
  g_mutex_unlock (&checks->lock);
}

void
node_checks_add (NodeCheckBatch *batch, const BtcTx *tx, const BtcTxOut *spent)
{
  guint32 job_number = batch->n_jobs++;
  TxJob *job = &batch->jobs[job_number];
  gint published = batch->published;

  job->tx = tx;
  job->spent = spent;
  job->input_base = batch->n_inputs;
  job->cache_ready = tx->n_in > UNIT_INPUTS;
  if (job->cache_ready)
    btc_sighash_cache_init (&job->cache, tx, spent, FALSE);
  batch->n_inputs += tx->n_in;
  for (guint32 in = 0; in < tx->n_in; in += UNIT_INPUTS)
    batch->units[published++] = (Unit){ job_number, in, MIN (UNIT_INPUTS, tx->n_in - in) };
  g_atomic_int_set (&batch->published, published);
  if (n_unclaimed (batch) >= WAKE_EVERY)
    wake_threads (batch->checks);
}

/* Waits until no thread works on BATCH, and helps with the other batch meanwhile. */
static void
wait_for_others (NodeCheckBatch *batch)
{
  NodeChecks *checks = batch->checks;

  g_mutex_lock (&checks->lock);
  while (batch->active > 0) {
    NodeCheckBatch *next = find_work (checks);

    if (next == NULL) {
      g_cond_wait (&checks->idle, &checks->lock);
      continue;
    }
    g_mutex_unlock (&checks->lock);
    run_one (next);
    g_mutex_lock (&checks->lock);
  }
  batch->open = FALSE;
  checks->older = (guint) ((batch - checks->batches) + 1) % BATCHES;
  g_mutex_unlock (&checks->lock);
}

gboolean
node_checks_finish (NodeCheckBatch *batch, gboolean drop, NodeCheckFailure *failure)
{
  if (drop)
    g_atomic_int_set (&batch->drop, 1);
  if (n_unclaimed (batch) > 1)
    wake_threads (batch->checks);
  while (run_one (batch))
    ;
  wait_for_others (batch);
  if (g_atomic_int_get (&batch->failed) == NO_FAILURE)
    return TRUE;
  if (failure != NULL)
    *failure = batch->failure;
  return FALSE;
}
