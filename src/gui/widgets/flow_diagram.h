#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The coins of a payment flow to the recipients: across, where there is room for the texts on both sides, or else
 * downwards. All bars have the same scale, all amounts the same unit, and several coins a total. Amounts are shown even if
 * amounts are hidden, since the diagram is for confirming a payment. */

#define GUI_TYPE_FLOW_DIAGRAM (gui_flow_diagram_get_type ())
G_DECLARE_FINAL_TYPE (GuiFlowDiagram, gui_flow_diagram, GUI, FLOW_DIAGRAM, GtkWidget)

typedef enum {
  GUI_FLOW_INPUT,
  GUI_FLOW_RECIPIENT,
  GUI_FLOW_CHANGE,
  GUI_FLOW_FEE,
  GUI_FLOW_TOTAL, /* added by the diagram itself */
} GuiFlowKind;

void gui_flow_diagram_clear (GuiFlowDiagram *self);

/* AMOUNT_SAT >= 0. NAME, translated or an address, is its label. */
void gui_flow_diagram_add (GuiFlowDiagram *self, GuiFlowKind kind, const char *name, gint64 amount_sat);

/* After all were added: adds the total, and describes the diagram for screen readers. */
void gui_flow_diagram_finish (GuiFlowDiagram *self);

G_END_DECLS
