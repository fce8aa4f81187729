#include "gui/clients/local_program.h"

#include "common/ending.h"
#include "common/log.h"

#define FAILURES_TO_SHOW 3

struct _GuiLocalProgram {
  GuiProgram parent_instance;

  BusSupervisor *supervisor;
};

G_DEFINE_FINAL_TYPE (GuiLocalProgram, gui_local_program, GUI_TYPE_PROGRAM)

static void
local_on_ready (BusSupervisor *supervisor, GDBusConnection *connection, GuiProgram *self)
{
  gui_program_connected (self, connection, BUS_ROLES_ALL);
}

static void
local_on_lost (BusSupervisor *supervisor, gboolean again, GuiProgram *self)
{
  gui_program_disconnected (self);
  if (!gui_program_is_stopping (self))
    gui_program_set_state (self, again ? GUI_WORKER_LOST : GUI_WORKER_FAILED, g_strdup (""));
}

/* The reason is known only after the connection was closed. A failed start may just have been too early: if the
 * application was killed, its worker may still hold the files. Repeated failures are shown. */
static void
local_on_ended (BusSupervisor *supervisor, const char *message, guint n_failures, GuiProgram *self)
{
  int code = bus_supervisor_get_exit_code (supervisor);
  char *detail;

  if (gui_program_is_stopping (self))
    return;
  if (gui_program_get_worker (self) == GUI_WORKER_NODE && !gui_program_was_ready (self) && message != NULL
      && g_str_has_prefix (message, COMMON_ENDING_LOCKED)) {
    g_signal_emit_by_name (self, "locked");
    return;
  }
  if (message != NULL)
    detail = g_strdup (message);
  else if (code < 0)
    detail = g_strdup ("The program was terminated by a signal.");
  else
    detail = g_strdup_printf ("The program exited with code %d.", code);
  if (n_failures == 0 || n_failures >= FAILURES_TO_SHOW)
    gui_program_set_state (self, GUI_WORKER_LOST, detail);
  else
    gui_program_set_detail (self, detail);
}

static void
local_on_answering (BusSupervisor *supervisor, gboolean answers, GuiProgram *self)
{
  if (!gui_program_is_stopping (self))
    gui_program_set_state (self, answers ? GUI_WORKER_RUNNING : GUI_WORKER_SILENT, g_strdup (""));
}

static void
local_on_failed (BusSupervisor *supervisor, const GError *error, GuiProgram *self)
{
  common_error ("The %s worker cannot be started: %s", gui_program_get_role (self), error->message);
  gui_program_disconnected (self);
  gui_program_set_state (self, GUI_WORKER_FAILED, g_strdup (error->message));
}

static void
local_on_peer_closed (BusSupervisor *supervisor, GuiProgram *self)
{
  g_signal_emit_by_name (self, "peer-closed");
}

static void
gui_local_program_start (GuiProgram *program, gboolean rebuild)
{
  GuiLocalProgram *self = GUI_LOCAL_PROGRAM (program);

  if (rebuild)
    bus_supervisor_start_with (self->supervisor, "-reindex");
  else
    bus_supervisor_start (self->supervisor);
}

static void
local_on_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GuiProgram) self = data;
  g_autoptr (GError) error = NULL;

  if (!bus_supervisor_stop_finish (BUS_SUPERVISOR (source), result, &error))
    common_warn ("A worker did not exit cleanly: %s", error->message);
  gui_program_stopped (self);
}

static void
gui_local_program_stop (GuiProgram *program)
{
  bus_supervisor_stop_async (GUI_LOCAL_PROGRAM (program)->supervisor, local_on_stopped, g_object_ref (program));
}

static void
gui_local_program_dispose (GObject *object)
{
  GuiLocalProgram *self = GUI_LOCAL_PROGRAM (object);

  if (self->supervisor != NULL)
    g_signal_handlers_disconnect_by_data (self->supervisor, self);
  g_clear_object (&self->supervisor);
  G_OBJECT_CLASS (gui_local_program_parent_class)->dispose (object);
}

static void
gui_local_program_class_init (GuiLocalProgramClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gui_local_program_dispose;
  GUI_PROGRAM_CLASS (klass)->start = gui_local_program_start;
  GUI_PROGRAM_CLASS (klass)->stop = gui_local_program_stop;
}

static void
gui_local_program_init (GuiLocalProgram *self)
{
}

GuiProgram *
gui_local_program_new (GuiWorker worker, const char *const *args, const char *network)
{
  GuiLocalProgram *self = g_object_new (GUI_TYPE_LOCAL_PROGRAM, NULL);
  GuiProgram *program = GUI_PROGRAM (self);
  g_autofree char *name = NULL;

  gui_program_set_up (program, worker, NULL);
  name = g_strconcat ("moneyrocket-", gui_program_get_role (program), NULL);
  self->supervisor = bus_supervisor_new (gui_program_get_role (program), name, args, network);
  bus_supervisor_set_final_errors (self->supervisor, TRUE);
  g_signal_connect (self->supervisor, "ready", G_CALLBACK (local_on_ready), self);
  g_signal_connect (self->supervisor, "lost", G_CALLBACK (local_on_lost), self);
  g_signal_connect (self->supervisor, "ended", G_CALLBACK (local_on_ended), self);
  g_signal_connect (self->supervisor, "failed", G_CALLBACK (local_on_failed), self);
  g_signal_connect (self->supervisor, "answering", G_CALLBACK (local_on_answering), self);
  g_signal_connect (self->supervisor, "peer-closed", G_CALLBACK (local_on_peer_closed), self);
  return program;
}
