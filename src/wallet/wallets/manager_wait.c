/* Waits until a condition on the state of the wallets is true. It is evaluated on the wallet thread whenever it may
 * have become true; no thread blocks while waiting. */
#include "dbus/errors.h"
#include "wallet/wallets/manager_private.h"

/* Reference counted (g_atomic_rc_box). The sources and the task belong to the main context. */
struct _WalletWait {
  WalletManager *manager; /* TASK holds the reference */
  WalletCondition condition;
  gpointer data;
  GTask *task;
  guint timeout; /* source */
  gulong cancelled;
  gboolean ended; /* wallet thread */
  GError *error;  /* why the wait was aborted; NULL: the condition holds */
};

static void
wait_clear (gpointer data)
{
  WalletWait *wait = data;

  g_clear_object (&wait->task);
  g_clear_error (&wait->error);
}

void
wallet_wait_unref (gpointer wait)
{
  g_atomic_rc_box_release_full (wait, wait_clear);
}

/* Main context. */
static gboolean
wait_return (gpointer data)
{
  WalletWait *wait = data;
  g_autoptr (GTask) task = g_steal_pointer (&wait->task);

  g_clear_handle_id (&wait->timeout, g_source_remove);
  g_cancellable_disconnect (g_task_get_cancellable (task), wait->cancelled);
  if (wait->error != NULL)
    g_task_return_error (task, g_steal_pointer (&wait->error));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

/* Wallet thread. Takes ownership of ERROR. */
static void
wait_end (WalletWait *wait, GError *error)
{
  wait->ended = TRUE;
  wait->error = error;
  g_idle_add_full (G_PRIORITY_DEFAULT, wait_return, g_atomic_rc_box_acquire (wait), wallet_wait_unref);
}

static GError *
wait_closing_error (void)
{
  return g_error_new_literal (BUS_ERROR, BUS_ERROR_NOT_READY, "The wallets are being closed.");
}

/* Wallet thread. */
static void
wait_begin (gpointer data)
{
  WalletWait *wait = data;

  if (wallet_manager_is_closing (wait->manager))
    wait_end (wait, wait_closing_error ());
  else if (wait->condition (wait->manager, wait->data))
    wait_end (wait, NULL);
  else
    g_ptr_array_add (wait->manager->waits, g_atomic_rc_box_acquire (wait));
}

void
wallet_manager_check_waits (WalletManager *self)
{
  for (guint i = self->waits->len; i > 0; i--) {
    WalletWait *wait = g_ptr_array_index (self->waits, i - 1);
    if (!wait->condition (self, wait->data))
      continue;
    wait_end (wait, NULL);
    g_ptr_array_remove_index_fast (self->waits, i - 1);
  }
}

void
wallet_manager_end_waits (WalletManager *self)
{
  for (guint i = 0; i < self->waits->len; i++)
    wait_end (g_ptr_array_index (self->waits, i), wait_closing_error ());
  g_ptr_array_set_size (self->waits, 0);
}

/* Wallet thread. */
static void
wait_fail (WalletWait *wait, GIOErrorEnum code, const char *text)
{
  if (wait->ended)
    return;
  wait_end (wait, g_error_new_literal (G_IO_ERROR, code, text));
  g_ptr_array_remove_fast (wait->manager->waits, wait);
}

static void
wait_time_out (gpointer data)
{
  wait_fail (data, G_IO_ERROR_TIMED_OUT, "the wallet has not caught up yet");
}

static void
wait_cancel (gpointer data)
{
  wait_fail (data, G_IO_ERROR_CANCELLED, "the call was cancelled");
}

/* Main context. The wait, or the thread, may have ended in the meantime. */
static void
wait_post (WalletWait *wait, CommonWorkerFunc func)
{
  if (wait->task != NULL && wait->manager->worker != NULL)
    common_worker_post (wait->manager->worker, func, g_atomic_rc_box_acquire (wait), wallet_wait_unref);
}

static gboolean
on_wait_timed_out (gpointer data)
{
  WalletWait *wait = data;

  wait->timeout = 0;
  wait_post (wait, wait_time_out);
  return G_SOURCE_REMOVE;
}

static gboolean
on_wait_cancel_on_main (gpointer data)
{
  wait_post (data, wait_cancel);
  return G_SOURCE_REMOVE;
}

/* Any thread. */
static void
on_wait_cancel (GCancellable *cancellable, gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_wait_cancel_on_main, g_atomic_rc_box_acquire (data), wallet_wait_unref);
}

void
wallet_manager_wait_async (WalletManager *self,
                           WalletCondition condition,
                           gpointer data,
                           guint timeout_ms,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  WalletWait *wait = g_atomic_rc_box_new0 (WalletWait);

  wait->manager = self;
  wait->condition = condition;
  wait->data = data;
  wait->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (wait->task, FALSE);
  if (self->worker == NULL) {
    wait->error = wait_closing_error ();
    g_idle_add_full (G_PRIORITY_DEFAULT, wait_return, wait, wallet_wait_unref);
    return;
  }
  if (timeout_ms != 0)
    wait->timeout = g_timeout_add_full (G_PRIORITY_DEFAULT, timeout_ms, on_wait_timed_out,
                                        g_atomic_rc_box_acquire (wait), wallet_wait_unref);
  common_worker_post (self->worker, wait_begin, g_atomic_rc_box_acquire (wait), wallet_wait_unref);
  if (cancellable != NULL)
    wait->cancelled = g_cancellable_connect (cancellable, G_CALLBACK (on_wait_cancel), g_atomic_rc_box_acquire (wait),
                                             wallet_wait_unref);
  wallet_wait_unref (wait);
}

gboolean
wallet_manager_wait_finish (WalletManager *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
