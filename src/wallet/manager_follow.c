/* Following the chain. The wallet thread plans one step at a time: a call of the node, made on the main context, whose
 * answer it then works into the wallets. So neither thread ever waits for the node here. What the steps are is in
 * manager_follow_plan.c, what their answers mean in manager_follow_take.c. */
#include "wallet/manager_private.h"

static void step_process (gpointer data);
static void sync_plan (gpointer data);

static void
step_free (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->locator, g_byte_array_unref);
  g_clear_pointer (&step->tx, btc_tx_unref);
  g_clear_object (&step->result);
  g_clear_error (&step->error);
  g_free (step->wallet);
  g_object_unref (step->self);
  g_free (step);
}

/* Main context. */

static gboolean
retry (gpointer data)
{
  WalletManager *self = data;

  self->sync_retry = 0;
  wallet_manager_follow (self);
  return G_SOURCE_REMOVE;
}

static void
sync_end (WalletManager *self, guint delay_ms)
{
  self->sync_running = FALSE;
  if (wallet_manager_is_closing (self))
    return;
  if (self->sync_again)
    wallet_manager_follow (self);
  else if (delay_ms != 0 && self->sync_retry == 0)
    self->sync_retry = g_timeout_add (delay_ms, retry, self);
}

static void
step_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  Step *step = data;

  step->result = g_object_ref (result);
  if (step->self->worker != NULL && !wallet_manager_is_closing (step->self)) {
    common_worker_post (step->self->worker, step_process, step, NULL);
    return;
  }
  sync_end (step->self, 0);
  step_free (step);
}

static void
step_ask (Step *step)
{
  WalletChain *chain = step->self->chain;
  GCancellable *cancel = step->self->sync_cancel;
  const guint8 *after32 = step->from_start ? NULL : step->hash32;

  switch (step->kind) {
  case STEP_WAIT:
    break;
  case STEP_TIP:
    wallet_chain_get_tip_async (chain, cancel, step_answered, step);
    break;
  case STEP_ANCHOR:
    wallet_chain_find_fork_async (chain, step->locator->data, step->locator->len / 32, cancel, step_answered, step);
    break;
  case STEP_BLOCK:
    wallet_chain_get_block_async (chain, step->hash32, cancel, step_answered, step);
    break;
  case STEP_BLOCKS:
  case STEP_SCAN:
    wallet_chain_get_blocks_async (chain, after32, step->limit, cancel, step_answered, step);
    break;
  case STEP_SCAN_HASH:
    wallet_chain_get_hash_async (chain, step->height, cancel, step_answered, step);
    break;
  case STEP_MEMPOOL:
    wallet_chain_get_mempool_async (chain, cancel, step_answered, step);
    break;
  case STEP_SUBMIT:
    wallet_chain_submit_async (chain, step->tx, 0, cancel, step_answered, step);
    break;
  }
}

static gboolean
step_start (gpointer data)
{
  Step *step = data;
  WalletManager *self = step->self;

  if (wallet_manager_is_closing (self) || step->kind == STEP_WAIT || !wallet_chain_is_available (self->chain)) {
    sync_end (self, step->kind == STEP_WAIT ? step->delay_ms : WALLET_RETRY_MS);
    if (!wallet_manager_is_closing (self) && step->kind != STEP_WAIT)
      g_atomic_int_set (&self->resend_due, TRUE);
    step_free (step);
    return G_SOURCE_REMOVE;
  }
  step->epoch = g_atomic_int_get (&self->epoch);
  step_ask (step);
  return G_SOURCE_REMOVE;
}

void
wallet_manager_follow (WalletManager *self)
{
  if (wallet_manager_is_closing (self) || !self->started || self->worker == NULL)
    return;
  if (self->sync_running) {
    self->sync_again = TRUE;
    return;
  }
  self->sync_running = TRUE;
  self->sync_again = FALSE;
  common_worker_post (self->worker, sync_plan, self, NULL);
}

static gboolean
sync_on_main (gpointer data)
{
  wallet_manager_follow (data);
  return G_SOURCE_REMOVE;
}

void
wallet_manager_follow_soon (WalletManager *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, sync_on_main, g_object_ref (self), g_object_unref);
}

/* Wallet thread. */

Step *
wallet_step_new (WalletManager *self, StepKind kind, const char *wallet)
{
  Step *step = g_new0 (Step, 1);

  step->self = g_object_ref (self);
  step->kind = kind;
  step->wallet = g_strdup (wallet);
  return step;
}

static void
sync_plan (gpointer data)
{
  WalletManager *self = data;
  Step *step;

  step = wallet_follow_plan (self);
  wallet_manager_publish (self);
  if (step == NULL) {
    step = wallet_step_new (self, STEP_WAIT, NULL);
    self->sync_empty = 0;
  }
  g_idle_add_full (G_PRIORITY_DEFAULT, step_start, step, NULL);
}

static void
step_process (gpointer data)
{
  Step *step = data;
  WalletManager *self = step->self;

  wallet_follow_take (self, step);
  if (step->delay_ms != 0) {
    step->kind = STEP_WAIT;
    wallet_manager_publish (self);
    g_idle_add_full (G_PRIORITY_DEFAULT, step_start, step, NULL);
    return;
  }
  sync_plan (self);
  step_free (step);
}
