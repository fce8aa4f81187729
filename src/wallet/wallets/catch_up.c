#include "wallet/wallets/catch_up.h"

#include <string.h>

#include "wallet/wallets/manager_private.h"

#define TIP_TIMEOUT_MS 5000
#define BLOCKS_TIMEOUT_MS 10000
/* Short, since changes of the mempool are also reported by events. */
#define MEMPOOL_TIMEOUT_MS 500
#define TIP_RETRY_MS 100

typedef struct {
  WalletManager *manager; /* TASK holds the reference */
  GTask *task;
  char *name;
  gboolean tip_only;
  GCancellable *cancellable; /* of every step: after the timeout, or when the caller cancels */
  guint timeout;             /* source */
  gulong cancelled;          /* handler of the caller's cancellable */
  /* The state to wait for. */
  WalletChainTip tip;
  int epoch;        /* of the node that has it */
  gboolean mempool; /* that of the tip, too */
  gboolean known;   /* the followers have been notified of the tip */
} CatchUp;

static void
catch_up_end (CatchUp *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  g_cancellable_disconnect (g_task_get_cancellable (self->task), self->cancelled);
  g_task_return_boolean (self->task, TRUE);
  g_object_unref (self->task);
  g_object_unref (self->cancellable);
  g_free (self->name);
  g_free (self);
}

/* Wallet thread. */
static gboolean
catch_up_is_seen (const CatchUp *self)
{
  GPtrArray *wallets = self->manager->wallets;
  gboolean seen = TRUE;

  for (guint i = 0; i < wallets->len; i++) {
    const Wallet *wallet = g_ptr_array_index (wallets, i);
    WalletSeen now;
    if (self->name != NULL && !g_str_equal (self->name, wallet->name))
      continue;
    wallet_follower_get_seen (wallet->follower, &self->tip, &now);
    seen = seen && now.blocks && !now.loading && (now.mempool || !self->mempool);
  }
  return seen;
}

/* Wallet thread. */
static gboolean
catch_up_is_done (WalletManager *manager, gpointer data)
{
  CatchUp *self = data;
  WalletSource *source = manager->source;
  WalletChainTip newest;
  gboolean has_newest = wallet_source_get_tip (source, &newest);

  /* Another node process: the state of the earlier one is irrelevant. */
  if (wallet_source_get_epoch (source) != self->epoch)
    return TRUE;
  if (has_newest && newest.sequence > self->tip.sequence) {
    newest.mempool_sequence = self->tip.mempool_sequence;
    self->tip = newest;
  }
  if (catch_up_is_seen (self))
    return TRUE;
  if (!self->known) {
    self->known = TRUE;
    if (!has_newest || newest.sequence < self->tip.sequence)
      wallet_source_set_tip (source, &self->tip);
    for (guint i = 0; i < manager->wallets->len; i++)
      wallet_follower_wake (((Wallet *) g_ptr_array_index (manager->wallets, i))->follower);
  }
  return FALSE;
}

static void
on_catch_up_waited (GObject *source, GAsyncResult *result, gpointer data)
{
  CatchUp *self = data;
  g_autoptr (GError) error = NULL;

  if (wallet_manager_wait_finish (self->manager, result, &error)
      || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
    catch_up_end (self);
    return;
  }
  self->mempool = FALSE;
  wallet_manager_wait_async (self->manager, catch_up_is_done, self, 0, self->cancellable, on_catch_up_waited, self);
}

static gboolean catch_up_request_tip (gpointer data);

/* A newer tip, or the tip of another node, may have been reported in the meantime. */
static void
catch_up_take_tip (CatchUp *self, const WalletChainTip *tip)
{
  WalletSource *source = self->manager->source;

  if (tip != NULL && wallet_source_get_epoch (source) == self->epoch)
    wallet_source_set_tip (source, tip);
  catch_up_end (self);
}

static void
on_catch_up_tip (GObject *source, GAsyncResult *result, gpointer data)
{
  CatchUp *self = data;
  g_autofree WalletChainTip *tip = wallet_chain_get_tip_finish (WALLET_CHAIN (source), result, NULL);

  if (self->tip_only) {
    catch_up_take_tip (self, tip);
    return;
  }
  if (tip == NULL) {
    /* The node may be loading its chain. */
    g_timeout_add (TIP_RETRY_MS, catch_up_request_tip, self);
    return;
  }
  self->tip = *tip;
  wallet_manager_wait_async (self->manager, catch_up_is_done, self, MEMPOOL_TIMEOUT_MS, self->cancellable,
                             on_catch_up_waited, self);
}

static gboolean
catch_up_request_tip (gpointer data)
{
  CatchUp *self = data;
  WalletChain *chain = self->manager->chain;

  /* Also right after the connection was made, when the node's tip is not known yet. */
  if (wallet_manager_is_closing (self->manager) || !wallet_chain_is_connected (chain)
      || g_cancellable_is_cancelled (self->cancellable)) {
    catch_up_end (self);
    return G_SOURCE_REMOVE;
  }
  self->epoch = wallet_source_get_epoch (self->manager->source);
  wallet_chain_get_tip_async (chain, self->cancellable, on_catch_up_tip, self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_catch_up_over (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

/* Any thread. */
static void
on_catch_up_cancelled (GCancellable *cancellable, gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_catch_up_over, g_object_ref (data), g_object_unref);
}

static gboolean
on_catch_up_timed_out (gpointer data)
{
  CatchUp *self = data;

  self->timeout = 0;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static CatchUp *
catch_up_new (WalletManager *manager,
              guint timeout_ms,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer data)
{
  CatchUp *self = g_new0 (CatchUp, 1);

  self->manager = manager;
  self->task = g_task_new (manager, cancellable, callback, data);
  g_task_set_check_cancellable (self->task, FALSE);
  self->cancellable = g_cancellable_new ();
  self->timeout = g_timeout_add (timeout_ms, on_catch_up_timed_out, self);
  if (cancellable != NULL)
    self->cancelled = g_cancellable_connect (cancellable, G_CALLBACK (on_catch_up_cancelled),
                                             g_object_ref (self->cancellable), g_object_unref);
  return self;
}

void
wallet_catch_up_async (WalletManager *manager,
                       const char *name,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  CatchUp *self = catch_up_new (manager, BLOCKS_TIMEOUT_MS, cancellable, callback, data);

  self->name = g_strdup (name);
  self->mempool = TRUE;
  catch_up_request_tip (self);
}

void
wallet_catch_up_tip_async (WalletManager *manager,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
  CatchUp *self = catch_up_new (manager, TIP_TIMEOUT_MS, cancellable, callback, data);
  WalletChainTip tip;

  self->tip_only = TRUE;
  if (wallet_source_get_tip (manager->source, &tip))
    catch_up_end (self);
  else
    catch_up_request_tip (self);
}
