#pragma once

#include "dbus/role.h"

G_BEGIN_DECLS

/* One of the two programs of a session, the node or the wallet: a worker that the application has started, the same inside
 * of its process, or a program that runs by itself, to which the application is attached. Main context. Subclasses start it and report what happens.
 *
 * Signals:
 *   "state": it reached another state, or the same one again.
 *   "connected" (GDBusConnection *connection): calls can be made; before the state that says so.
 *   "disconnected": before the state that says so.
 *   "peer-closed": it reports that its connection with the other program was closed.
 *   "locked": it could not start since another program uses its files. */

#define GUI_TYPE_PROGRAM (gui_program_get_type ())
G_DECLARE_DERIVABLE_TYPE (GuiProgram, gui_program, GUI, PROGRAM, GObject)

typedef enum { GUI_WORKER_NODE, GUI_WORKER_WALLET, GUI_N_WORKERS } GuiWorker;

typedef enum {
  GUI_WORKER_STOPPED,  /* not started yet, or asked to shut down */
  GUI_WORKER_STARTING, /* for the first time */
  GUI_WORKER_RUNNING,
  GUI_WORKER_WRONG,  /* runs, but has sent an invalid value; until it is restarted */
  GUI_WORKER_SILENT, /* does not reply, but may recover */
  GUI_WORKER_LOST,   /* exited unexpectedly, and is being restarted; or cannot be reached, and is tried again */
  GUI_WORKER_FAILED, /* cannot be started, exited with an error, or cannot be used; not tried again */
} GuiWorkerState;

/* Why a program that the application has not started cannot be used. */
typedef enum {
  GUI_REFUSAL_NONE,
  GUI_REFUSAL_VERSION, /* it is of another version */
  GUI_REFUSAL_NETWORK, /* it is on another network */
  GUI_REFUSAL_PROGRAM, /* it is another program */
  GUI_REFUSAL_PAIRING, /* it is on another computer, with which this application is not paired */
} GuiRefusal;

/* Makes a program of the application's own, of the options ARGS, which is copied; NETWORK is its name. */
typedef GuiProgram *GuiNewProgram (GuiWorker worker, const char *const *args, const char *network);

struct _GuiProgramClass {
  GObjectClass parent_class;

  /* Starts it, or tries to connect; for the first time or after it has failed. */
  void (*start) (GuiProgram *self, gboolean rebuild);
  /* Ends it, or only the connection; gui_program_stopped() is to be called then. */
  void (*stop) (GuiProgram *self);
};

/* "node" or "wallet". */
const char *gui_program_get_role (GuiProgram *self);
GuiWorker gui_program_get_worker (GuiProgram *self);

/* Where a program runs that the application has not started: "this computer", or the name of another one. NULL: the
 * application has started it. Borrowed. */
const char *gui_program_get_place (GuiProgram *self);

void gui_program_start (GuiProgram *self, gboolean rebuild);
void gui_program_stop_async (GuiProgram *self, GAsyncReadyCallback callback, gpointer data);
gboolean gui_program_stop_finish (GuiProgram *self, GAsyncResult *result, GError **error);

GuiWorkerState gui_program_get_state (GuiProgram *self);
/* Why it has failed or how it exited last, untranslated, for Details. "" if unknown. Borrowed. */
const char *gui_program_get_detail (GuiProgram *self);
/* Of the state GUI_WORKER_FAILED. */
GuiRefusal gui_program_get_refusal (GuiProgram *self);
/* Whether it has ever been connected. */
gboolean gui_program_was_ready (GuiProgram *self);
/* Borrowed; NULL while it is not connected. */
GDBusConnection *gui_program_get_connection (GuiProgram *self);
/* What this application may do there; of the last connection. */
BusRoles gui_program_get_roles (GuiProgram *self);

/* It has sent an invalid value, WHAT, which was ignored. It may be repeated with each change, but is reported once. */
void gui_program_report_wrong (GuiProgram *self, const char *what);

/* ---- for subclasses ---- */

/* PLACE as above. To be called once, first. */
void gui_program_set_up (GuiProgram *self, GuiWorker worker, const char *place);
gboolean gui_program_is_stopping (GuiProgram *self);
/* The state becomes GUI_WORKER_RUNNING. */
void gui_program_connected (GuiProgram *self, GDBusConnection *connection, BusRoles roles);
/* Does not change the state, which is set next. */
void gui_program_disconnected (GuiProgram *self);
/* Takes ownership of DETAIL; NULL: it stays as it was. */
void gui_program_set_state (GuiProgram *self, GuiWorkerState state, char *detail);
/* The same without another state. */
void gui_program_set_detail (GuiProgram *self, char *detail);
/* The state becomes GUI_WORKER_FAILED. */
void gui_program_refused (GuiProgram *self, GuiRefusal refusal, const char *detail);
void gui_program_stopped (GuiProgram *self);

G_END_DECLS
