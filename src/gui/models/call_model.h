#pragma once

#include "gui/models/call.h"

G_BEGIN_DECLS

/* The last calls and signals between the programs that match a filter, the latest first: a GListModel of GuiCall. While it
 * is paused it does not change. Main context. */

#define GUI_TYPE_CALL_MODEL (gui_call_model_get_type ())
G_DECLARE_FINAL_TYPE (GuiCallModel, gui_call_model, GUI, CALL_MODEL, GObject)

/* As many are kept. */
#define GUI_CALL_MODEL_MAX 5000u
/* What takes longer is slow. */
#define GUI_CALL_MODEL_SLOW_US 50000

typedef struct {
  GuiProcess process; /* GUI_PROCESS_OTHER: any */
  const char *words;  /* "": any */
  gboolean slow;
  gboolean errors;
} GuiCallFilter;

GuiCallModel *gui_call_model_new (void);

/* Rows in their order, seen by PROCESS. Those that cannot be a call, a signal, or the reply to a call that is kept are
 * ignored. */
void gui_call_model_add (GuiCallModel *self, GuiProcess process, GPtrArray *rows);

/* Pending calls of PROCESS, and those to it, have no reply. */
void gui_call_model_lose (GuiCallModel *self, GuiProcess process);

void gui_call_model_set_filter (GuiCallModel *self, const GuiCallFilter *filter);

void gui_call_model_set_paused (GuiCallModel *self, gboolean paused);

/* How many came since it was paused. */
guint64 gui_call_model_get_n_waiting (GuiCallModel *self);

/* The position of the call NUMBER, or of the next older one. */
guint gui_call_model_find (GuiCallModel *self, guint64 number);

G_END_DECLS
