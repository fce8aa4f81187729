/* Jobs on the wallet thread, and the set of loaded wallets. */
#include <glib/gstdio.h>

#include "common/log.h"
#include "common/random.h"
#include "common/secret.h"
#include "dbus/errors.h"
#include "wallet/store/record.h"
#include "wallet/wallets/manager_private.h"
#include "wallet/wallets/place.h"

typedef struct {
  WalletManager *self;
  char *name;
  WalletJob job;
  gpointer data;
  GDestroyNotify free_data;
  GDestroyNotify free_result;
  gpointer result;
  GError *error;
} Job;

static void
manager_job_free (gpointer data)
{
  Job *job = data;

  if (job->free_data != NULL)
    job->free_data (job->data);
  g_clear_error (&job->error);
  g_free (job->name);
  g_free (job);
}

static void
manager_job_run (Job *job)
{
  Wallet *wallet = NULL;

  /* Queued jobs are no longer run: most of their callers have disconnected, and the next process needs the files. */
  if (wallet_manager_is_closing (job->self)) {
    g_set_error_literal (&job->error, BUS_ERROR, BUS_ERROR_NOT_READY, "The wallets are being closed.");
    return;
  }
  if (job->name != NULL) {
    wallet = wallet_manager_find (job->self, job->name);
    if (wallet == NULL) {
      g_set_error (&job->error, BUS_ERROR, BUS_ERROR_WALLET_NOT_FOUND, "The wallet \"%s\" is not loaded.", job->name);
      return;
    }
  }
  job->result = job->job (job->self, wallet, job->data, &job->error);
  wallet_manager_publish (job->self);
}

static void
task_run (gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return;
  manager_job_run (job);
  if (job->error != NULL)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_pointer (task, job->result, job->free_result);
}

void
wallet_manager_run_async (WalletManager *self,
                          const char *name,
                          WalletJob func,
                          gpointer data,
                          GDestroyNotify free_data,
                          GDestroyNotify free_result,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  g_task_set_check_cancellable (task, FALSE); /* the result of a job that has started is not lost */
  job->self = self;
  job->name = g_strdup (name);
  job->job = func;
  job->data = data;
  job->free_data = free_data;
  job->free_result = free_result;
  g_task_set_task_data (task, job, manager_job_free);
  if (self->worker == NULL) {
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NOT_READY, "The wallets are being closed.");
    g_object_unref (task);
    return;
  }
  common_worker_post (self->worker, task_run, task, g_object_unref);
}

gpointer
wallet_manager_run_finish (WalletManager *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

Wallet *
wallet_manager_find (WalletManager *self, const char *name)
{
  for (guint i = 0; i < self->wallets->len; i++) {
    Wallet *wallet = g_ptr_array_index (self->wallets, i);
    if (g_str_equal (wallet->name, name))
      return wallet;
  }
  return NULL;
}

static void
set_startup (WalletManager *self, const char *name, int load)
{
  g_autoptr (GError) error = NULL;

  if (load >= 0 && !wallet_settings_set_startup (self->settings_path, name, load == 1, self->unnamed_implied, &error))
    common_warn ("The startup setting of the wallet \"%s\" could not be saved: %s", name, error->message);
}

static void
on_tx_changed (const WalletTx *tx, gpointer data)
{
  const Wallet *wallet = data;

  wallet_notify_tx (wallet->notify, wallet->name, tx);
}

static Wallet *
manager_add_wallet (WalletManager *self,
                    const char *name,
                    const char *path,
                    WalletTracker *tracker,
                    int load_on_startup,
                    gboolean fresh)
{
  Wallet *wallet = wallet_new (name, path, tracker, self->source, self->policy, fresh);

  if (self->policy->unsafe_sync)
    wallet_db_set_unsafe (wallet_tracker_get_db (tracker));
  wallet->notify = self->notify;
  if (self->notify != NULL)
    wallet_tracker_set_notify (tracker, on_tx_changed, wallet);
  g_ptr_array_add (self->wallets, wallet);
  set_startup (self, name, load_on_startup);
  wallet_manager_publish (self);
  wallet_follower_wake (wallet->follower);
  return wallet;
}

static gboolean
make_folder (const char *folder, gboolean *made, GError **error)
{
  g_autoptr (GError) local = NULL;

  *made = !g_file_test (folder, G_FILE_TEST_IS_DIR);
  if (common_file_make_folder (folder, &local))
    return TRUE;
  g_set_error (error, BUS_ERROR, BUS_ERROR_STORAGE, "The wallet could not be created: %s", local->message);
  return FALSE;
}

/* Loads the new wallet at PATH in FOLDER. */
static WalletTracker *
create_file (WalletManager *self, const char *folder, const char *path, guint64 flags, GError **error)
{
  guint8 *seed = NULL;
  WalletTracker *tracker;
  gboolean made;

  if (!make_folder (folder, &made, error))
    return NULL;
  if ((flags & (WALLET_FLAG_NO_PRIVATE_KEYS | WALLET_FLAG_BLANK)) == 0) {
    seed = common_secret_alloc (32);
    common_random_bytes (seed, 32);
  }
  tracker = wallet_tracker_create (path, self->network, self->policy->keypool, flags, seed, 32, error);
  common_secret_free (seed);
  if (tracker == NULL && made)
    g_rmdir (folder);
  return tracker;
}

Wallet *
wallet_manager_create (WalletManager *self, const char *name, const WalletCreateOptions *options, GError **error)
{
  static const WalletCreateOptions usual = { .load_on_startup = 1 };
  g_autofree char *folder = NULL, *path = NULL, *parent = NULL;
  guint64 flags = 0;
  WalletTracker *tracker;

  if (options == NULL)
    options = &usual;
  if (!wallet_name_check (name, error))
    return NULL;
  folder = wallet_place_dup_folder (self->wallets_folder, name, error);
  path = folder != NULL ? wallet_place_dup_new_file (folder, error) : NULL;
  if (path == NULL)
    return NULL;
  flags |= options->no_private_keys ? WALLET_FLAG_NO_PRIVATE_KEYS : 0;
  flags |= options->blank ? WALLET_FLAG_BLANK : 0;
  flags |= options->avoid_reuse ? WALLET_FLAG_AVOID_REUSE : 0;
  tracker = create_file (self, folder, path, flags, error);
  if (tracker == NULL)
    return NULL;
  parent = g_path_get_dirname (folder);
  common_file_sync_folder (parent, NULL);
  wallet_manager_set_failure (self, name, NULL);
  return manager_add_wallet (self, name, path, tracker, options->load_on_startup, TRUE);
}

static WalletTracker *
load_file (WalletManager *self, const char *name, char **path, GError **error)
{
  g_autofree char *folder = wallet_place_dup_folder (self->wallets_folder, name, error);

  g_autoptr (WalletTracker) tracker = NULL;

  *path = folder != NULL ? wallet_place_dup_file (folder, self->network, error) : NULL;
  if (*path != NULL)
    tracker = wallet_tracker_open (*path, self->network, self->policy->keypool, error);
  if (tracker == NULL || self->policy->cross_chain || wallet_tracker_is_of_network (tracker))
    return g_steal_pointer (&tracker);
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_WALLET_OTHER_NETWORK,
                       WALLET_TRACKER_LOADING_FAILED
                       "Wallet files should not be reused across chains. Restart bitcoind "
                       "with -walletcrosschain to override.");
  return NULL;
}

Wallet *
wallet_manager_load (WalletManager *self, const char *name, int load_on_startup, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) local = NULL;
  WalletTracker *tracker;

  if (wallet_manager_find (self, name) != NULL) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_LOADED, "Wallet \"%s\" is already loaded.", name);
    return NULL;
  }
  tracker = load_file (self, name, &path, &local);
  if (path != NULL)
    wallet_manager_set_failure (self, name, local);
  if (tracker != NULL)
    return manager_add_wallet (self, name, path, tracker, load_on_startup, FALSE);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

gboolean
wallet_manager_unload (WalletManager *self, const char *name, int load_on_startup, GError **error)
{
  Wallet *wallet = wallet_manager_find (self, name);

  if (wallet == NULL) {
    g_set_error (error, BUS_ERROR, BUS_ERROR_WALLET_NOT_FOUND, "The wallet \"%s\" is not loaded.", name);
    return FALSE;
  }
  set_startup (self, name, load_on_startup);
  g_ptr_array_remove (self->wallets, wallet);
  wallet_manager_publish (self);
  return TRUE;
}
