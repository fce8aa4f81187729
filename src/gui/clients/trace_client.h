#pragma once

#include "gui/clients/client.h"
#include "gui/clients/process.h"

G_BEGIN_DECLS

/* The client of Trace1: what a worker uses, and the messages on its connections while it is active. A worker that does
 * not offer it, since this application may not see it, has no status and no messages.
 *
 * Signals: "rows" (GPtrArray *rows, guint64 dropped): BusTraceRow, in their order, without those of its connection with
 * this application; DROPPED before them were lost, since the application was too slow. "status": the status was read. */

#define GUI_TYPE_TRACE_CLIENT (gui_trace_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiTraceClient, gui_trace_client, GUI, TRACE_CLIENT, GuiClient)

GuiTraceClient *gui_trace_client_new (void);

/* It is not active initially: then nothing is sent. It stays active across restarts of the worker. */
void gui_trace_client_set_active (GuiTraceClient *self, gboolean active);

/* Reads the status, unless that is in progress, or the worker is not running. */
void gui_trace_client_read_status (GuiTraceClient *self);

/* Borrowed until "status" or "changed"; NULL: unknown. */
const GuiProcessStatus *gui_trace_client_get_status (GuiTraceClient *self);

G_END_DECLS
