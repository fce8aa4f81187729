/* Following the chain. The wallet thread plans one step at a time: a call of the node, made on the main context, whose
 * answer it then works into the wallets. So neither thread ever waits for the node here. Steps, in this order: where the
 * tip is; where a wallet's last block stands; the heights of blocks that another program has noted; blocks; payments that
 * this node was not told of; the mempool; payments that are tried once more (manager_submit.c). */
#include <string.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "wallet/manager_private.h"

#define RETRY_MS 1000
/* The mempool is read whole, so not at every change of it. */
#define MEMPOOL_INTERVAL_US 100000
#define MEMPOOL_SHARE 10

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
    sync_end (self, step->method == NULL ? step->delay_ms : RETRY_MS);
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

/* Wallet thread: planning. */

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

static GVariant *
locator_variant (const GByteArray *locator)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < locator->len / 32; i++)
    g_variant_builder_add_value (&builder, wallet_step_bytes (locator->data + 32 * i, 32));
  return g_variant_new ("(@aay)", g_variant_builder_end (&builder));
}

/* Finds out where WALLET stands; NULL when nobody has to be asked. */
static Step *
plan_anchor (WalletManager *self, Wallet *wallet, const WalletChainTip *tip)
{
  g_autoptr (GByteArray) locator = wallet_tracker_dup_locator (wallet->tracker);
  Step *step;

  if (locator->len == 0) {
    wallet->anchored = TRUE;
    if (wallet->fresh) {
      g_autoptr (WalletBatch) batch = wallet_batch_new ();
      wallet_tracker_set_place (wallet->tracker, (gint32) tip->height, tip->hash32, batch);
      wallet_tracker_commit_later (wallet->tracker, batch, NULL);
    }
    return NULL;
  }
  step = wallet_step_new (self, STEP_ANCHOR, "FindFork", locator_variant (locator), wallet->name);
  memcpy (step->hash32, locator->data, 32);
  return step;
}

static Step *
plan_block (WalletManager *self, Wallet *wallet)
{
  guint8 hash32[32];
  Step *step;

  if (!wallet_tracker_next_unknown_block (wallet->tracker, hash32))
    return NULL;
  step = wallet_step_new (self, STEP_BLOCK, "GetBlock", g_variant_new ("(@ay)", wallet_step_bytes (hash32, 32)),
                          wallet->name);
  memcpy (step->hash32, hash32, 32);
  return step;
}

static Step *
plan_blocks (WalletManager *self, Wallet *wallet, const WalletChainTip *tip)
{
  guint8 hash32[32];
  gint32 height = wallet_tracker_get_place (wallet->tracker, hash32);

  wallet->behind = memcmp (hash32, tip->hash32, 32) != 0;
  if (!wallet->behind || self->sync_empty >= 2)
    return NULL;
  return wallet_step_new (
      self, STEP_BLOCKS, "GetBlocks",
      g_variant_new ("(@ayu)", wallet_step_bytes (hash32, height < 0 ? 0 : 32), WALLET_BLOCKS_AT_ONCE), wallet->name);
}

/* Another node process is there: where the wallet stands on its chain, and what it has in its mempool, is not known. */
static void
meet_node (WalletManager *self, Wallet *wallet)
{
  int epoch = g_atomic_int_get (&self->epoch);

  if (wallet->epoch == epoch)
    return;
  wallet->epoch = epoch;
  wallet->anchored = wallet->mempool_seen = FALSE;
  wallet->submitting = wallet->submitted = FALSE;
}

static Step *
plan_wallets (WalletManager *self, const WalletChainTip *tip)
{
  Step *step = NULL;
  guint i;

  for (i = 0; i < self->wallets->len && step == NULL; i++) {
    Wallet *wallet = g_ptr_array_index (self->wallets, i);
    meet_node (self, wallet);
    if (!wallet->anchored)
      step = plan_anchor (self, wallet, tip);
    if (step == NULL)
      step = plan_block (self, wallet);
    if (step == NULL)
      step = plan_blocks (self, wallet, tip);
    if (step == NULL)
      step = wallet_scan_plan (self, wallet);
  }
  return step;
}

static Step *
plan_mempool (WalletManager *self, const WalletChainTip *tip)
{
  for (guint i = 0; i < self->wallets->len; i++) {
    const Wallet *wallet = g_ptr_array_index (self->wallets, i);
    gint64 wait_us = self->mempool_after_us - g_get_monotonic_time ();
    Step *step;
    /* While the node loads its mempool it is read again and again. */
    if (wallet->mempool_seen && wallet->mempool_complete && wallet->mempool_sequence == tip->mempool_sequence)
      continue;
    if (wait_us <= 0)
      return wallet_step_new (self, STEP_MEMPOOL, "GetMempool", NULL, NULL);
    step = wallet_step_new (self, STEP_MEMPOOL, NULL, NULL, NULL);
    step->delay_ms = (guint) (wait_us / 1000) + 1;
    return step;
  }
  return NULL;
}

static Step *
plan (WalletManager *self)
{
  WalletChainTip tip;
  gboolean known;
  Step *step;

  g_mutex_lock (&self->tip_lock);
  tip = self->tip;
  known = self->tip_known;
  g_mutex_unlock (&self->tip_lock);
  if (!known)
    return wallet_step_new (self, STEP_TIP, "GetTip", NULL, NULL);
  step = plan_wallets (self, &tip);
  for (guint i = 0; i < self->wallets->len && step == NULL; i++)
    step = wallet_submit_plan_first (self, g_ptr_array_index (self->wallets, i));
  if (step == NULL)
    step = plan_mempool (self, &tip);
  return step != NULL ? step : wallet_submit_plan (self);
}

static void
sync_plan (gpointer data)
{
  WalletManager *self = data;
  Step *step;

  step = plan (self);
  wallet_manager_publish (self);
  if (step == NULL) {
    step = wallet_step_new (self, STEP_TIP, NULL, NULL, NULL);
    self->sync_empty = 0;
  }
  g_idle_add_full (G_PRIORITY_DEFAULT, step_start, step, NULL);
}

/* Wallet thread: working in the answers. */

void
wallet_manager_take_tip (WalletManager *self, GVariant *answer)
{
  WalletChainTip tip = { 0 };
  g_autoptr (GVariant) hash = NULL;
  gsize len;

  g_variant_get (answer, "(tu@ayt)", &tip.sequence, &tip.height, &hash, &tip.mempool_sequence);
  gconstpointer data = g_variant_get_fixed_array (hash, &len, 1);
  if (len != 32)
    return;
  memcpy (tip.hash32, data, 32);
  g_mutex_lock (&self->tip_lock);
  self->tip = tip;
  self->tip_known = TRUE;
  g_mutex_unlock (&self->tip_lock);
}

static void
take_fork (Step *step)
{
  Wallet *wallet = wallet_manager_find (step->self, step->wallet);
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (GVariant) hash = NULL;
  guint32 height;
  gsize len;

  g_variant_get (step->answer, "(u@ay)", &height, &hash);
  const guint8 *found32 = g_variant_get_fixed_array (hash, &len, 1);
  if (wallet == NULL || len != 32)
    return;
  if (memcmp (found32, step->hash32, 32) != 0)
    wallet_tracker_rewind (wallet->tracker, (gint32) height, found32, batch);
  else
    wallet_tracker_set_place (wallet->tracker, (gint32) height, found32, batch);
  wallet->anchored = TRUE;
  wallet_tracker_commit_later (wallet->tracker, batch, NULL);
}

/* Where a block stands that another program has noted. A block that the node does not have is on no chain. */
static void
take_block (Step *step)
{
  Wallet *wallet = wallet_manager_find (step->self, step->wallet);
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  gint32 height = -1;
  guint32 time = 0;

  if (wallet == NULL)
    return;
  if (step->answer != NULL) {
    gsize len;
    const guint8 *header = g_bytes_get_data (step->bulk, &len);
    gboolean active;
    guint32 answered;
    g_variant_get_child (step->answer, 0, "u", &answered);
    g_variant_get_child (step->answer, 1, "b", &active);
    if (active && answered <= G_MAXINT32 && len >= 80) {
      height = (gint32) answered;
      time = btc_get_u32 (header + 68);
    }
  }
  wallet_tracker_set_block (wallet->tracker, step->hash32, height, time, batch);
  wallet_tracker_commit_later (wallet->tracker, batch, NULL);
}

/* Gives BLOCK to every wallet that stands right before it. */
static gboolean
connect_block (WalletManager *self, const BtcBlock *block, gint32 height, GPtrArray *batches)
{
  gboolean taken = FALSE;

  for (guint i = 0; i < self->wallets->len; i++) {
    Wallet *wallet = g_ptr_array_index (self->wallets, i);
    guint8 hash32[32];
    gint32 place = wallet_tracker_get_place (wallet->tracker, hash32);
    if (!wallet->anchored || place != height - 1 || (place >= 0 && memcmp (hash32, block->header.prev32, 32) != 0))
      continue;
    wallet_tracker_connect (wallet->tracker, block, height, g_ptr_array_index (batches, i));
    taken = TRUE;
  }
  return taken;
}

static void
take_blocks (WalletManager *self, Step *step)
{
  g_autoptr (GPtrArray) batches = g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_batch_free);
  gboolean taken = FALSE;
  BtcReader reader;
  gsize len = 0;
  const guint8 *data = step->bulk != NULL ? g_bytes_get_data (step->bulk, &len) : NULL;

  for (guint i = 0; i < self->wallets->len; i++)
    g_ptr_array_add (batches, wallet_batch_new ());
  btc_reader_init (&reader, data, len);
  while (btc_reader_left (&reader) > 0) {
    guint32 height = btc_reader_u32 (&reader);
    btc_reader_skip (&reader, 32);
    guint32 size = btc_reader_u32 (&reader);
    gsize at = reader.pos;
    btc_reader_skip (&reader, size);
    if (reader.failed || height > G_MAXINT32)
      break;
    g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (step->bulk, at, size);
    g_autoptr (BtcBlock) block = btc_block_new (bytes);
    if (block == NULL)
      break;
    taken |= connect_block (self, block, (gint32) height, batches);
  }
  for (guint i = 0; i < self->wallets->len; i++)
    wallet_tracker_commit_later (((Wallet *) g_ptr_array_index (self->wallets, i))->tracker,
                                 g_ptr_array_index (batches, i), NULL);
  self->sync_empty = taken ? 0 : self->sync_empty + 1;
  /* What was refused before may be welcome after these blocks. */
  if (taken)
    g_atomic_int_set (&self->resend_due, TRUE);
  if (!taken) {
    /* The tip is not what it was said to be: ask. */
    g_mutex_lock (&self->tip_lock);
    self->tip_known = FALSE;
    g_mutex_unlock (&self->tip_lock);
  }
}

static void
take_mempool (WalletManager *self, Step *step)
{
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  gint64 begun_us = g_get_monotonic_time ();
  gboolean complete = TRUE;
  guint64 sequence;
  BtcReader reader;
  gsize len = 0;
  const guint8 *data = step->bulk != NULL ? g_bytes_get_data (step->bulk, &len) : NULL;

  g_variant_get_child (step->answer, 0, "t", &sequence);
  g_variant_get_child (step->answer, 2, "b", &complete);
  btc_reader_init (&reader, data, len);
  while (btc_reader_left (&reader) > 0) {
    BtcSpan raw = btc_reader_span (&reader, btc_reader_u32 (&reader));
    BtcTx *tx = reader.failed ? NULL : btc_tx_new (raw.data, raw.len, TRUE);
    if (tx == NULL)
      break;
    g_ptr_array_add (txs, tx);
  }
  for (guint i = 0; i < self->wallets->len; i++) {
    Wallet *wallet = g_ptr_array_index (self->wallets, i);
    g_autoptr (WalletBatch) batch = wallet_batch_new ();
    wallet_tracker_set_mempool (wallet->tracker, txs, complete, batch);
    wallet_tracker_commit_later (wallet->tracker, batch, NULL);
    wallet->mempool_seen = TRUE;
    wallet->mempool_sequence = sequence;
    wallet->mempool_complete = complete;
  }
  g_mutex_lock (&self->tip_lock);
  self->tip.mempool_sequence = MAX (self->tip.mempool_sequence, sequence);
  g_mutex_unlock (&self->tip_lock);
  gint64 now_us = g_get_monotonic_time ();
  self->mempool_after_us = now_us + MAX (MEMPOOL_INTERVAL_US, MEMPOOL_SHARE * (now_us - begun_us));
}

static void
step_failed (WalletManager *self, Step *step)
{
  Wallet *wallet = step->wallet != NULL ? wallet_manager_find (self, step->wallet) : NULL;

  if (wallet != NULL && g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN))
    wallet->anchored = FALSE;
  else {
    common_debug (COMMON_LOG_WALLETDB, "%s: %s", step->method, step->error->message);
    g_atomic_int_set (&self->resend_due, TRUE);
    step->delay_ms = RETRY_MS;
  }
}

static void
step_process (gpointer data)
{
  Step *step = data;
  WalletManager *self = step->self;

  if (step->epoch != g_atomic_int_get (&self->epoch))
    common_debug (COMMON_LOG_WALLETDB, "%s: the answer is of a node that is gone", step->method);
  else if (step->kind == STEP_SUBMIT)
    wallet_submit_take (self, step);
  else if (step->kind == STEP_BLOCK && g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_FOUND))
    take_block (step);
  else if ((step->kind == STEP_SCAN || step->kind == STEP_SCAN_HASH)
           && (step->error == NULL || g_error_matches (step->error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN)))
    wallet_scan_take (self, step);
  else if (step->error != NULL)
    step_failed (self, step);
  else
    switch (step->kind) {
    case STEP_TIP:
      wallet_manager_take_tip (self, step->answer);
      break;
    case STEP_ANCHOR:
      take_fork (step);
      break;
    case STEP_BLOCK:
      take_block (step);
      break;
    case STEP_BLOCKS:
      take_blocks (self, step);
      break;
    case STEP_MEMPOOL:
      take_mempool (self, step);
      break;
    case STEP_SCAN:
    case STEP_SCAN_HASH:
    case STEP_SUBMIT:
      break;
    }
  if (step->delay_ms != 0) {
    step->method = NULL;
    wallet_manager_publish (self);
    g_idle_add_full (G_PRIORITY_DEFAULT, step_start, step, NULL);
    return;
  }
  sync_plan (self);
  step_free (step);
}
