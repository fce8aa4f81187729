#include "gui/clients/program.h"

#include "common/log.h"

typedef struct {
  GuiWorker worker;
  char *place;
  GuiWorkerState state;
  char *detail;
  GuiRefusal refusal;
  GDBusConnection *connection;
  BusRoles roles;
  gboolean was_ready;
  gboolean stopping;
  GTask *stop_task;
} GuiProgramPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GuiProgram, gui_program, G_TYPE_OBJECT)

enum { STATE, CONNECTED, DISCONNECTED, PEER_CLOSED, LOCKED, N_SIGNALS };

static guint signals[N_SIGNALS];

static GuiProgramPrivate *
program_private (GuiProgram *self)
{
  return gui_program_get_instance_private (self);
}

const char *
gui_program_get_role (GuiProgram *self)
{
  g_return_val_if_fail (GUI_IS_PROGRAM (self), "");
  return program_private (self)->worker == GUI_WORKER_NODE ? "node" : "wallet";
}

GuiWorker
gui_program_get_worker (GuiProgram *self)
{
  g_return_val_if_fail (GUI_IS_PROGRAM (self), GUI_WORKER_NODE);
  return program_private (self)->worker;
}

const char *
gui_program_get_place (GuiProgram *self)
{
  g_return_val_if_fail (GUI_IS_PROGRAM (self), NULL);
  return program_private (self)->place;
}

GuiWorkerState
gui_program_get_state (GuiProgram *self)
{
  g_return_val_if_fail (GUI_IS_PROGRAM (self), GUI_WORKER_STOPPED);
  return program_private (self)->state;
}

const char *
gui_program_get_detail (GuiProgram *self)
{
  g_return_val_if_fail (GUI_IS_PROGRAM (self), "");
  return program_private (self)->detail;
}

GuiRefusal
gui_program_get_refusal (GuiProgram *self)
{
  g_return_val_if_fail (GUI_IS_PROGRAM (self), GUI_REFUSAL_NONE);
  return program_private (self)->refusal;
}

gboolean
gui_program_was_ready (GuiProgram *self)
{
  g_return_val_if_fail (GUI_IS_PROGRAM (self), FALSE);
  return program_private (self)->was_ready;
}

GDBusConnection *
gui_program_get_connection (GuiProgram *self)
{
  g_return_val_if_fail (GUI_IS_PROGRAM (self), NULL);
  return program_private (self)->connection;
}

BusRoles
gui_program_get_roles (GuiProgram *self)
{
  g_return_val_if_fail (GUI_IS_PROGRAM (self), 0);
  return program_private (self)->roles;
}

void
gui_program_start (GuiProgram *self, gboolean rebuild)
{
  g_return_if_fail (GUI_IS_PROGRAM (self));

  gui_program_set_state (self, GUI_WORKER_STARTING, NULL);
  GUI_PROGRAM_GET_CLASS (self)->start (self, rebuild);
}

void
gui_program_stop_async (GuiProgram *self, GAsyncReadyCallback callback, gpointer data)
{
  GuiProgramPrivate *priv = program_private (self);

  g_return_if_fail (GUI_IS_PROGRAM (self));
  g_return_if_fail (priv->stop_task == NULL);

  priv->stop_task = g_task_new (self, NULL, callback, data);
  priv->stopping = TRUE;
  GUI_PROGRAM_GET_CLASS (self)->stop (self);
}

gboolean
gui_program_stop_finish (GuiProgram *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gui_program_stopped (GuiProgram *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&program_private (self)->stop_task);

  gui_program_set_state (self, GUI_WORKER_STOPPED, NULL);
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

void
gui_program_report_wrong (GuiProgram *self, const char *what)
{
  GuiProgramPrivate *priv = program_private (self);
  g_autofree char *detail = g_strdup_printf ("%s is invalid.", what);

  g_return_if_fail (GUI_IS_PROGRAM (self));

  if (priv->stopping || (priv->state == GUI_WORKER_WRONG && g_str_equal (priv->detail, detail)))
    return;
  common_warn ("The %s worker sent an invalid value: %s", gui_program_get_role (self), what);
  gui_program_set_state (self, GUI_WORKER_WRONG, g_steal_pointer (&detail));
}

void
gui_program_set_up (GuiProgram *self, GuiWorker worker, const char *place)
{
  program_private (self)->worker = worker;
  program_private (self)->place = g_strdup (place);
}

gboolean
gui_program_is_stopping (GuiProgram *self)
{
  return program_private (self)->stopping;
}

void
gui_program_connected (GuiProgram *self, GDBusConnection *connection, BusRoles roles)
{
  GuiProgramPrivate *priv = program_private (self);

  g_set_object (&priv->connection, connection);
  priv->roles = roles;
  priv->was_ready = TRUE;
  g_signal_emit (self, signals[CONNECTED], 0, connection);
  gui_program_set_state (self, GUI_WORKER_RUNNING, g_strdup (""));
}

void
gui_program_disconnected (GuiProgram *self)
{
  GuiProgramPrivate *priv = program_private (self);

  if (priv->connection == NULL)
    return;
  g_clear_object (&priv->connection);
  g_signal_emit (self, signals[DISCONNECTED], 0);
}

void
gui_program_set_state (GuiProgram *self, GuiWorkerState state, char *detail)
{
  GuiProgramPrivate *priv = program_private (self);

  priv->state = state;
  if (state != GUI_WORKER_FAILED)
    priv->refusal = GUI_REFUSAL_NONE;
  if (detail != NULL)
    gui_program_set_detail (self, detail);
  g_signal_emit (self, signals[STATE], 0);
}

void
gui_program_set_detail (GuiProgram *self, char *detail)
{
  GuiProgramPrivate *priv = program_private (self);

  g_free (priv->detail);
  priv->detail = detail;
}

void
gui_program_refused (GuiProgram *self, GuiRefusal refusal, const char *detail)
{
  common_error ("The %s on %s cannot be used: %s", gui_program_get_role (self), gui_program_get_place (self), detail);
  program_private (self)->refusal = refusal;
  gui_program_set_state (self, GUI_WORKER_FAILED, g_strdup (detail));
}

static void
gui_program_dispose (GObject *object)
{
  g_clear_object (&program_private (GUI_PROGRAM (object))->connection);
  G_OBJECT_CLASS (gui_program_parent_class)->dispose (object);
}

static void
gui_program_finalize (GObject *object)
{
  GuiProgramPrivate *priv = program_private (GUI_PROGRAM (object));

  g_free (priv->place);
  g_free (priv->detail);
  G_OBJECT_CLASS (gui_program_parent_class)->finalize (object);
}

static void
gui_program_class_init (GuiProgramClass *klass)
{
  GType type = GUI_TYPE_PROGRAM;

  G_OBJECT_CLASS (klass)->dispose = gui_program_dispose;
  G_OBJECT_CLASS (klass)->finalize = gui_program_finalize;
  signals[STATE] = g_signal_new ("state", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CONNECTED] = g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                     G_TYPE_DBUS_CONNECTION);
  signals[DISCONNECTED] = g_signal_new ("disconnected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PEER_CLOSED] = g_signal_new ("peer-closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LOCKED] = g_signal_new ("locked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gui_program_init (GuiProgram *self)
{
  program_private (self)->detail = g_strdup ("");
}
