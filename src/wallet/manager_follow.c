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

  g_clear_pointer (&step->args, g_variant_unref);
  g_clear_pointer (&step->answer, g_variant_unref);
  g_clear_pointer (&step->bulk, g_bytes_unref);
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

  step->answer = wallet_chain_call_finish (step->self->chain, result, &step->bulk, &step->error);
  if (step->self->worker != NULL && !wallet_manager_is_closing (step->self)) {
    common_worker_post (step->self->worker, step_process, step, NULL);
    return;
  }
  sync_end (step->self, 0);
  step_free (step);
}

static gboolean
step_start (gpointer data)
{
  Step *step = data;
  WalletManager *self = step->self;

  if (wallet_manager_is_closing (self) || step->method == NULL || !wallet_chain_is_available (self->chain)) {
    sync_end (self, step->method == NULL ? step->delay_ms : WALLET_RETRY_MS);
    if (!wallet_manager_is_closing (self) && step->method != NULL)
      g_atomic_int_set (&self->resend_due, TRUE);
    step_free (step);
    return G_SOURCE_REMOVE;
  }
  step->epoch = g_atomic_int_get (&self->epoch);
  wallet_chain_call_async (self->chain, step->method, step->args, self->sync_cancel, step_answered, step);
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
wallet_step_new (WalletManager *self, StepKind kind, const char *method, GVariant *args, const char *wallet)
{
  Step *step = g_new0 (Step, 1);

  step->self = g_object_ref (self);
  step->kind = kind;
  step->method = method;
  step->args = args != NULL ? g_variant_ref_sink (args) : NULL;
  step->wallet = g_strdup (wallet);
  return step;
}

GVariant *
wallet_step_bytes (const guint8 *data, gsize len)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, len, 1);
}

static void
sync_plan (gpointer data)
{
  WalletManager *self = data;
  Step *step;

  step = wallet_follow_plan (self);
  wallet_manager_publish (self);
  if (step == NULL) {
    step = wallet_step_new (self, STEP_TIP, NULL, NULL, NULL);
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
    step->method = NULL;
    wallet_manager_publish (self);
    g_idle_add_full (G_PRIORITY_DEFAULT, step_start, step, NULL);
    return;
  }
  sync_plan (self);
  step_free (step);
}
