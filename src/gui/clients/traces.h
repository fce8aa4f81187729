#pragma once

#include "dbus/trace_log.h"
#include "gui/clients/trace_client.h"

G_BEGIN_DECLS

/* What all programs use, and the messages between them, each from one of its ends: those of the application from itself,
 * those between node and wallet from the node. While it is not active, nothing is asked for or recorded. Main context.
 *
 * Signals: "rows" (guint process, GPtrArray *rows, guint64 dropped): as of GuiTraceClient, seen by PROCESS. "status"
 * (guint process): it was read, or is unknown again. "lost" (guint process): calls that it has not replied to will never
 * end. */

#define GUI_TYPE_TRACES (gui_traces_get_type ())
G_DECLARE_FINAL_TYPE (GuiTraces, gui_traces, GUI, TRACES, GObject)

GuiTraces *gui_traces_new (void);

void gui_traces_set_active (GuiTraces *self, gboolean active);

/* Borrowed until the next "status" of PROCESS; NULL: unknown. */
const GuiProcessStatus *gui_traces_get_status (GuiTraces *self, GuiProcess process);

/* ---- for the session: PROCESS is the node or the wallet ---- */

void gui_traces_attach (GuiTraces *self, GuiProcess process, GDBusConnection *connection);
void gui_traces_detach (GuiTraces *self, GuiProcess process);

G_END_DECLS
