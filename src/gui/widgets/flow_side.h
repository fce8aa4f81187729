#pragma once

#include "gui/widgets/flow_diagram.h"

G_BEGIN_DECLS

/* One side of a GuiFlowDiagram: the coins that are spent, or where they go. */

typedef struct {
  GuiFlowKind kind;
  char *name;
  gint64 amount_sat;
  double part; /* of the sum of its side, 0 to 1 */

  /* Set by the diagram for its current size, across the direction of the flow. */
  double middle;
  double bar;
} GuiFlowEnd;

typedef struct {
  GPtrArray *ends;  /* of GuiFlowEnd */
  GuiFlowEnd *rest; /* of ENDS: the one for all further coins or recipients; NULL: none yet */
  guint n_rest;     /* for how many */
  GuiFlowEnd total; /* of several inputs; NULL as its name: not shown */
} GuiFlowSide;

void gui_flow_side_init (GuiFlowSide *side);
void gui_flow_side_clear (GuiFlowSide *side);
void gui_flow_side_finalize (GuiFlowSide *side);

/* After the first few, further coins become one end, as do further recipients; change and the fee always have their
 * own. */
void gui_flow_side_add (GuiFlowSide *side, GuiFlowKind kind, const char *name, gint64 amount_sat);

/* After all were added: sums them up, and appends a description of the side to TEXT. */
void gui_flow_side_finish (GuiFlowSide *side, GString *text);

/* Borrowed. */
GuiFlowEnd *gui_flow_side_get_end (const GuiFlowSide *side, guint index);

G_END_DECLS
