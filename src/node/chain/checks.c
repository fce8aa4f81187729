#include "node/chain/checks.h"

/* Transactions are published one after another; the threads claim units of them, in order. A claim and a publication
 * are atomic operations, so the lock is only taken to sleep and to wake. Sizes are fixed when a block begins: nothing
 * moves while other threads look at it. */

/* Inputs of one unit. A transaction with more is spread over several threads. */
#define UNIT_INPUTS 12
/* Wake a sleeping thread for every so many units: waking costs more than a check of one input. */
#define WAKE_EVERY 4
#define NO_FAILURE G_MAXINT

typedef struct {
  const BtcTx *tx;
  const BtcTxOut *spent;
  BtcSighashCache cache;
  gboolean cache_ready; /* made when it was added, because several units share it */
  guint32 input_base;   /* number of its first input in the block, for the order of failures */
} TxJob;

typedef struct {
  guint32 job;
  guint32 first_in;
  guint32 n_in;
} Unit;

struct _NodeChecks {
  GThread **threads;
  guint n_threads;
  GMutex lock;
  GCond work; /* there is something to claim, or the pool ends */
  GCond idle; /* the last unit is done */
  gboolean quit;
  gint sleepers; /* atomic */

  /* One block. */
  TxJob *jobs;
  Unit *units;
  gsize jobs_room, units_room;
  guint32 n_jobs;
  guint32 n_inputs;
  gint published;           /* atomic: units that may be claimed */
  gint claimed;             /* atomic: units that are taken; never above published */
  gint done;                /* atomic: units that were run or dropped */
  gint active;              /* under lock: threads that may touch the block */
  gint failed;              /* atomic: number of the first input that failed, or NO_FAILURE */
  NodeCheckFailure failure; /* under lock, belongs to `failed` */
  gint drop;                /* atomic */
  BtcVerifyFlags flags;
  const BtcSignatureCache *signatures;
};

static void
note_failure (NodeChecks *checks, const TxJob *job, guint32 in, BtcScriptError error)
{
  guint32 number = job->input_base + in;

  g_mutex_lock (&checks->lock);
  if (number < (guint32) g_atomic_int_get (&checks->failed)) {
    g_atomic_int_set (&checks->failed, (gint) number);
    checks->failure = (NodeCheckFailure){ job->tx, in, error };
  }
  g_mutex_unlock (&checks->lock);
}

static void
run_unit (NodeChecks *checks, const Unit *unit)
{
  TxJob *job = &checks->jobs[unit->job];

  if (g_atomic_int_get (&checks->drop))
    return;
  if (!job->cache_ready)
    btc_sighash_cache_init (&job->cache, job->tx, job->spent, FALSE);
  for (guint32 i = 0; i < unit->n_in; i++) {
    guint32 in = unit->first_in + i;
    BtcScriptError error;

    /* Only what comes before the first known failure can still change the answer. */
    if (job->input_base + in > (guint32) g_atomic_int_get (&checks->failed))
      return;
    error = btc_script_verify (&job->cache, in, job->spent[in].script, job->spent[in].value_sat, checks->flags,
                               checks->signatures);
    if (error != BTC_SCRIPT_ERR_OK) {
      note_failure (checks, job, in, error);
      return;
    }
  }
}

/* Takes one unit and runs it; FALSE when there is none. */
static gboolean
run_one (NodeChecks *checks)
{
  gint at;

  do {
    at = g_atomic_int_get (&checks->claimed);
    if (at >= g_atomic_int_get (&checks->published))
      return FALSE;
  } while (!g_atomic_int_compare_and_exchange (&checks->claimed, at, at + 1));

  run_unit (checks, &checks->units[at]);
  g_atomic_int_inc (&checks->done);
  return TRUE;
}

static gpointer
thread_main (gpointer data)
{
  NodeChecks *checks = data;

  g_mutex_lock (&checks->lock);
  while (!checks->quit) {
    if (g_atomic_int_get (&checks->claimed) >= g_atomic_int_get (&checks->published)) {
      g_atomic_int_inc (&checks->sleepers);
      g_cond_wait (&checks->work, &checks->lock);
      g_atomic_int_add (&checks->sleepers, -1);
      continue;
    }
    /* Under the lock, so that node_checks_finish() sees every thread that may still touch the block. */
    checks->active++;
    g_mutex_unlock (&checks->lock);
    while (run_one (checks))
      ;
    g_mutex_lock (&checks->lock);
    if (--checks->active == 0)
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
  checks->n_threads = threads;
  checks->threads = g_new0 (GThread *, threads);
  for (guint i = 0; i < threads; i++) {
    g_autofree char *name = g_strdup_printf ("scriptch.%u", i);
    checks->threads[i] = g_thread_new (name, thread_main, checks);
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
  g_free (checks->jobs);
  g_free (checks->units);
  g_mutex_clear (&checks->lock);
  g_cond_clear (&checks->work);
  g_cond_clear (&checks->idle);
  g_free (checks);
}

void
node_checks_begin (NodeChecks *checks,
                   guint32 n_txs,
                   guint32 n_inputs,
                   BtcVerifyFlags flags,
                   const BtcSignatureCache *signatures)
{
  gsize n_units = (gsize) n_inputs / UNIT_INPUTS + n_txs;

  g_assert (checks->active == 0);
  if (n_txs > checks->jobs_room) {
    g_free (checks->jobs);
    checks->jobs_room = n_txs + (gsize) n_txs / 2;
    checks->jobs = g_new (TxJob, checks->jobs_room);
  }
  if (n_units > checks->units_room) {
    g_free (checks->units);
    checks->units_room = n_units + n_units / 2;
    checks->units = g_new (Unit, checks->units_room);
  }
  checks->n_jobs = 0;
  checks->n_inputs = 0;
  checks->flags = flags;
  checks->signatures = signatures;
  checks->failed = NO_FAILURE;
  g_atomic_int_set (&checks->drop, 0);
  g_mutex_lock (&checks->lock);
  checks->published = 0;
  checks->claimed = 0;
  checks->done = 0;
  g_mutex_unlock (&checks->lock);
}

static void
wake (NodeChecks *checks)
{
  g_mutex_lock (&checks->lock);
  g_cond_broadcast (&checks->work);
  g_mutex_unlock (&checks->lock);
}

void
node_checks_add (NodeChecks *checks, const BtcTx *tx, const BtcTxOut *spent)
{
  guint32 job_number = checks->n_jobs++;
  TxJob *job = &checks->jobs[job_number];
  gint published = checks->published;

  job->tx = tx;
  job->spent = spent;
  job->input_base = checks->n_inputs;
  job->cache_ready = tx->n_in > UNIT_INPUTS;
  if (job->cache_ready)
    btc_sighash_cache_init (&job->cache, tx, spent, FALSE);
  checks->n_inputs += tx->n_in;
  for (guint32 in = 0; in < tx->n_in; in += UNIT_INPUTS)
    checks->units[published++] = (Unit){ job_number, in, MIN (UNIT_INPUTS, tx->n_in - in) };
  if (checks->n_threads == 0) {
    checks->published = published;
    return;
  }
  g_atomic_int_set (&checks->published, published);
  if (published - g_atomic_int_get (&checks->claimed) >= WAKE_EVERY && g_atomic_int_get (&checks->sleepers) > 0)
    wake (checks);
}

gboolean
node_checks_finish (NodeChecks *checks, gboolean drop, NodeCheckFailure *failure)
{
  if (drop)
    g_atomic_int_set (&checks->drop, 1);
  if (g_atomic_int_get (&checks->sleepers) > 0
      && g_atomic_int_get (&checks->published) - g_atomic_int_get (&checks->claimed) > 1)
    wake (checks);
  while (run_one (checks))
    ;
  g_mutex_lock (&checks->lock);
  while (checks->active > 0)
    g_cond_wait (&checks->idle, &checks->lock);
  g_assert (checks->done == checks->published);
  g_mutex_unlock (&checks->lock);
  if (checks->failed == NO_FAILURE)
    return TRUE;
  if (failure != NULL)
    *failure = checks->failure;
  return FALSE;
}
