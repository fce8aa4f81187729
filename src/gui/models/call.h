#pragma once

#include "gui/clients/traces.h"

G_BEGIN_DECLS

/* A call between two programs, with its reply once there is one; or a signal. A row of GuiCallModel. */

#define GUI_TYPE_CALL (gui_call_get_type ())
G_DECLARE_FINAL_TYPE (GuiCall, gui_call, GUI, CALL, GObject)

typedef enum {
  GUI_CALL_PENDING,
  GUI_CALL_DONE,
  GUI_CALL_FAILED, /* the reply is an error */
  GUI_CALL_LOST,   /* there will be no reply: the connection was closed */
  GUI_CALL_SIGNAL,
} GuiCallState;

/* ROW, seen by PROCESS, is a call or a signal, the NUMBERth one. */
GuiCall *gui_call_new (GuiProcess process, const BusTraceRow *row, guint64 number);

/* ROW is the reply. */
void gui_call_finish (GuiCall *self, const BusTraceRow *row);
void gui_call_lose (GuiCall *self);

guint64 gui_call_get_number (GuiCall *self);
GuiProcess gui_call_get_from (GuiCall *self);
GuiProcess gui_call_get_to (GuiCall *self);
GuiCallState gui_call_get_state (GuiCall *self);
gint64 gui_call_get_time_us (GuiCall *self);     /* since 1970 */
gint64 gui_call_get_duration_us (GuiCall *self); /* 0: unknown */
guint64 gui_call_get_n_sent (GuiCall *self);     /* bytes of the call or signal */
guint64 gui_call_get_n_received (GuiCall *self); /* bytes of the reply */

/* Borrowed. */
const char *gui_call_get_interface (GuiCall *self); /* "org.moneyrocket.Chain1" */
const char *gui_call_get_member (GuiCall *self);
const char *gui_call_get_path (GuiCall *self);
const char *gui_call_get_error (GuiCall *self);    /* its name; "": none */
const char *gui_call_get_sentence (GuiCall *self); /* what it means, translated */

/* Whether WORDS, in lower case, are in its sentence, member, path or error. */
gboolean gui_call_contains (GuiCall *self, const char *words);

G_END_DECLS
