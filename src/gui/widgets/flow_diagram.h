#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The coins of a payment on the left flow to the recipients on the right, in proportion to their amounts. */

#define GUI_TYPE_FLOW_DIAGRAM (gui_flow_diagram_get_type ())
G_DECLARE_FINAL_TYPE (GuiFlowDiagram, gui_flow_diagram, GUI, FLOW_DIAGRAM, GtkWidget)

typedef enum {
  GUI_FLOW_INPUT,
  GUI_FLOW_RECIPIENT,
  GUI_FLOW_CHANGE,
  GUI_FLOW_FEE,
} GuiFlowKind;

void gui_flow_diagram_clear (GuiFlowDiagram *self);

/* AMOUNT_SAT >= 0. NAME, translated or an address, is its label. */
void gui_flow_diagram_add (GuiFlowDiagram *self, GuiFlowKind kind, const char *name, gint64 amount_sat);

/* DESCRIPTION, translated, is the accessible description. */
void gui_flow_diagram_describe (GuiFlowDiagram *self, const char *description);

G_END_DECLS
