#include "gui/clients/open_wallet.h"

static void
open_wallet_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (!gui_wallet_manager_client_open_finish (GUI_WALLET_MANAGER_CLIENT (source), result, &error)) {
    g_task_return_error (task, error);
    return;
  }
  gui_session_select_wallet (g_task_get_source_object (task), g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

void
gui_open_wallet_async (GuiSession *session,
                       const char *name,
                       gboolean create,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  GuiWalletManagerClient *manager;
  GTask *task;

  g_return_if_fail (GUI_IS_SESSION (session));
  g_return_if_fail (name != NULL);

  manager = gui_session_get_manager (session);
  task = g_task_new (session, cancellable, callback, data);
  g_task_set_task_data (task, g_strdup (name), g_free);
  if (create)
    gui_wallet_manager_client_create_async (manager, name, cancellable, open_wallet_cb, task);
  else
    gui_wallet_manager_client_load_async (manager, name, cancellable, open_wallet_cb, task);
}

gboolean
gui_open_wallet_finish (GuiSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
