#include "rpc/settings.h"
#include "wallet/wallets/manager_private.h"

#include <string.h>

#include "common/log.h"
#include "common/program.h"
#include "dbus/errors.h"

/* The minimum interval between "wallet-changed" signals of a wallet. */
#define SIGNAL_INTERVAL_US 100000
/* How long loading a wallet is retried at startup while another process has it open: longer than it takes to close
 * one. */
#define STARTUP_RETRY_US (30 * G_USEC_PER_SEC)

G_DEFINE_FINAL_TYPE (WalletManager, wallet_manager, G_TYPE_OBJECT)

enum { WALLETS_CHANGED, WALLET_CHANGED, STARTUP_DONE, STARTUP_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
named_status_free (gpointer data)
{
  NamedStatus *named = data;

  if (named->source != 0)
    g_source_remove (named->source);
  g_free (named->name);
  g_free (named);
}

static void
wallet_manager_dispose (GObject *object)
{
  WalletManager *self = WALLET_MANAGER (object);

  wallet_manager_stop (self);
  g_clear_object (&self->chain);
  g_clear_pointer (&self->feed, wallet_feed_free);
  g_clear_pointer (&self->source, wallet_source_unref);
  g_clear_pointer (&self->statuses, g_ptr_array_unref);
  G_OBJECT_CLASS (wallet_manager_parent_class)->dispose (object);
}

static void
wallet_manager_finalize (GObject *object)
{
  WalletManager *self = WALLET_MANAGER (object);

  g_ptr_array_unref (self->wallets);
  g_ptr_array_unref (self->startup);
  g_ptr_array_unref (self->waits);
  g_hash_table_unref (self->failures);
  g_hash_table_unref (self->loading);
  rpc_wallet_policy_free (self->policy);
  wallet_notify_free (self->notify);
  g_strfreev (self->named);
  g_free (self->settings_path);
  g_free (self->wallets_folder);
  G_OBJECT_CLASS (wallet_manager_parent_class)->finalize (object);
}

static void
wallet_manager_class_init (WalletManagerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wallet_manager_dispose;
  G_OBJECT_CLASS (klass)->finalize = wallet_manager_finalize;
  signals[WALLETS_CHANGED]
      = g_signal_new ("wallets-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WALLET_CHANGED]
      = g_signal_new ("wallet-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[STARTUP_DONE]
      = g_signal_new ("startup-done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[STARTUP_FAILED]
      = g_signal_new ("startup-failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wallet_manager_init (WalletManager *self)
{
  self->wallets = g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_free);
  self->statuses = g_ptr_array_new_with_free_func (named_status_free);
  self->startup = g_ptr_array_new_with_free_func (g_free);
  self->waits = g_ptr_array_new_with_free_func (wallet_wait_unref);
  self->loading = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, wallet_failure_free);
  self->startup_retry_us = STARTUP_RETRY_US;
}

/* Wallet thread. */
static void
take_events (gpointer data, WalletChainEvents *events)
{
  WalletManager *self = data;

  for (guint i = 0; i < self->wallets->len; i++)
    wallet_follower_take_events (((Wallet *) g_ptr_array_index (self->wallets, i))->follower, events);
}

static void
publish_all (gpointer data)
{
  wallet_manager_publish (data);
}

void
wallet_manager_set_settings_path (WalletManager *self, const char *path)
{
  g_return_if_fail (WALLET_IS_MANAGER (self));
  g_free (self->settings_path);
  self->settings_path = g_strdup (path);
}

WalletManager *
wallet_manager_new (const char *network_folder, BtcNetwork network, guint keypool, WalletChain *chain)
{
  WalletManager *self = g_object_new (WALLET_TYPE_MANAGER, NULL);

  self->settings_path = g_build_filename (network_folder, RPC_SETTINGS_FILE, NULL);
  self->wallets_folder = common_program_dup_wallets_folder (network_folder);
  self->network = network;
  self->policy = rpc_wallet_policy_new ();
  if (keypool != 0)
    self->policy->keypool = keypool;
  self->chain = g_object_ref (chain);
  self->worker = common_worker_new ("wallet");
  self->source = wallet_source_new (chain, self->worker, publish_all, self);
  self->feed = wallet_feed_new (self->source, take_events, self);
  return self;
}

void
wallet_manager_set_policy (WalletManager *self, RpcWalletPolicy *policy)
{
  g_return_if_fail (WALLET_IS_MANAGER (self) && !self->started);
  g_return_if_fail (policy != NULL);

  rpc_wallet_policy_free (self->policy);
  self->policy = policy;
  if (policy->notify != NULL)
    self->notify = wallet_notify_new (policy->notify);
  if (policy->folder == NULL)
    return;
  g_free (self->wallets_folder);
  self->wallets_folder = g_strdup (policy->folder);
}

const RpcWalletPolicy *
wallet_manager_get_policy (WalletManager *self)
{
  return self->policy;
}

void
wallet_manager_set_startup (WalletManager *self, const char *const *names, gboolean listed)
{
  g_return_if_fail (WALLET_IS_MANAGER (self) && !self->started);

  g_strfreev (self->named);
  self->named = g_strdupv ((char **) names);
  self->named_only = !listed;
}

WalletChain *
wallet_manager_get_chain (WalletManager *self)
{
  return self->chain;
}

GPtrArray *
wallet_manager_get_wallets (WalletManager *self)
{
  return self->wallets;
}

void
wallet_manager_set_ready (WalletManager *self)
{
  if (self->ready)
    return;
  self->ready = TRUE;
  g_signal_emit (self, signals[WALLETS_CHANGED], 0);
}

typedef struct {
  WalletManager *self;
  char *name;
} LoadingMark;

static void
loading_mark_free (gpointer data, GClosure *closure)
{
  LoadingMark *mark = data;

  g_object_unref (mark->self);
  g_free (mark->name);
  g_free (mark);
}

static void
on_loading_ended (GTask *task, GParamSpec *property, gpointer data)
{
  const LoadingMark *mark = data;

  g_hash_table_remove (mark->self->loading, mark->name);
}

gboolean
wallet_manager_begin_loading (WalletManager *self, const char *name, GTask *task)
{
  LoadingMark *mark;

  g_return_val_if_fail (WALLET_IS_MANAGER (self) && G_IS_TASK (task), FALSE);

  if (!g_hash_table_add (self->loading, g_strdup (name)))
    return FALSE;
  mark = g_new (LoadingMark, 1);
  *mark = (LoadingMark){ g_object_ref (self), g_strdup (name) };
  g_signal_connect_data (task, "notify::completed", G_CALLBACK (on_loading_ended), mark, loading_mark_free, 0);
  return TRUE;
}

void
wallet_manager_report_failure (WalletManager *self, const char *message)
{
  g_signal_emit (self, signals[STARTUP_FAILED], 0, message);
}

void
wallet_manager_report_done (WalletManager *self, gboolean failed)
{
  g_signal_emit (self, signals[STARTUP_DONE], 0, failed);
}

static void
close_all (gpointer data)
{
  WalletManager *self = data;

  g_ptr_array_set_size (self->wallets, 0);
  g_atomic_int_set (&self->stopping, 2);
  g_main_context_wakeup (NULL);
}

static void
end_waits (gpointer data)
{
  wallet_manager_end_waits (data);
}

void
wallet_manager_close (WalletManager *self)
{
  g_return_if_fail (WALLET_IS_MANAGER (self));

  if (!g_atomic_int_compare_and_exchange (&self->stopping, 0, 1))
    return;
  if (self->tip_handler != 0)
    g_signal_handler_disconnect (self->chain, self->tip_handler);
  if (self->renewed_handler != 0)
    g_signal_handler_disconnect (self->chain, self->renewed_handler);
  self->tip_handler = self->renewed_handler = 0;
  g_clear_handle_id (&self->startup_source, g_source_remove);
  wallet_source_close (self->source);
  common_worker_post (self->worker, end_waits, self, NULL);
}

void
wallet_manager_stop (WalletManager *self)
{
  g_return_if_fail (WALLET_IS_MANAGER (self));

  if (self->worker == NULL)
    return;
  wallet_manager_close (self);
  common_worker_post (self->worker, close_all, self, NULL);
  /* A job may be waiting for a reply of the node, which is received on this context. */
  while (g_atomic_int_get (&self->stopping) != 2)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&self->worker, common_worker_free);
}

gboolean
wallet_manager_is_ready (WalletManager *self)
{
  return self->ready;
}

char **
wallet_manager_dup_loaded (WalletManager *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->statuses->len; i++)
    g_strv_builder_add (builder, ((NamedStatus *) g_ptr_array_index (self->statuses, i))->name);
  return g_strv_builder_end (builder);
}

static NamedStatus *
find_status (WalletManager *self, const char *name)
{
  for (guint i = 0; self->statuses != NULL && i < self->statuses->len; i++) {
    NamedStatus *named = g_ptr_array_index (self->statuses, i);
    if (g_str_equal (named->name, name))
      return named;
  }
  return NULL;
}

gboolean
wallet_manager_get_status (WalletManager *self, const char *name, WalletStatus *status)
{
  const NamedStatus *named = find_status (self, name);

  if (named != NULL)
    *status = named->status;
  return named != NULL;
}

/* Publishing to the main context. */

typedef struct {
  WalletManager *self;
  GPtrArray *statuses;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_ptr_array_unref (news->statuses);
  g_object_unref (news->self);
  g_free (news);
}

typedef struct {
  WalletManager *self;
  char *name;
} Due;

static void
due_free (gpointer data)
{
  g_free (((Due *) data)->name);
  g_free (data);
}

static gboolean
emit_wallet_changed (gpointer data)
{
  Due *due = data;
  NamedStatus *named = find_status (due->self, due->name);

  if (named != NULL) {
    named->source = 0;
    named->announced = named->status;
    named->announced_us = g_get_monotonic_time ();
    g_signal_emit (due->self, signals[WALLET_CHANGED], 0, due->name);
  }
  return G_SOURCE_REMOVE;
}

static void
emit_wallet_changed_soon (WalletManager *self, NamedStatus *named)
{
  gint64 wait_us = named->announced_us + SIGNAL_INTERVAL_US - g_get_monotonic_time ();
  Due *due;

  if (named->source != 0)
    return;
  due = g_new (Due, 1);
  due->self = self;
  due->name = g_strdup (named->name);
  named->source = g_timeout_add_full (G_PRIORITY_DEFAULT, wait_us > 0 ? (guint) (wait_us / 1000) + 1 : 0,
                                      emit_wallet_changed, due, due_free);
}

static gboolean
on_published (gpointer data)
{
  News *news = data;
  WalletManager *self = news->self;
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->statuses);
  gboolean same = before != NULL && before->len == news->statuses->len;

  if (before == NULL)
    return G_SOURCE_REMOVE; /* disposed in the meantime */
  self->statuses = g_ptr_array_ref (news->statuses);
  for (guint i = 0; i < news->statuses->len; i++) {
    NamedStatus *named = g_ptr_array_index (news->statuses, i);
    NamedStatus *old = NULL;
    for (guint j = 0; j < before->len && old == NULL; j++)
      if (g_str_equal (((NamedStatus *) g_ptr_array_index (before, j))->name, named->name))
        old = g_ptr_array_index (before, j);
    same = same && old != NULL;
    if (old != NULL) {
      named->announced = old->announced;
      named->announced_us = old->announced_us;
      named->source = old->source;
      old->source = 0;
    }
    if (memcmp (&named->announced, &named->status, sizeof named->status) != 0)
      emit_wallet_changed_soon (self, named);
  }
  if (!same && !self->stopping)
    g_signal_emit (self, signals[WALLETS_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

void
wallet_manager_publish (WalletManager *self)
{
  News *news = g_new0 (News, 1);

  news->self = g_object_ref (self);
  news->statuses = g_ptr_array_new_with_free_func (named_status_free);
  for (guint i = 0; i < self->wallets->len; i++) {
    Wallet *wallet = g_ptr_array_index (self->wallets, i);
    NamedStatus *named = g_new0 (NamedStatus, 1);
    named->name = g_strdup (wallet->name);
    wallet_get_status (wallet, &named->status);
    g_ptr_array_add (news->statuses, named);
  }
  g_idle_add_full (G_PRIORITY_DEFAULT, on_published, news, news_free);
  wallet_manager_check_waits (self);
}
