#include "gui/widgets/flow_side.h"

#include "gui/format.h"

#include <glib/gi18n.h>

/* Each input or output has a row, however small its amount; with more than MAX_SHOWN on one side, several coins or
 * recipients are drawn as one. Change and the fee always have their own. */
#define MAX_SHOWN 6
#define N_OWN_ROWS 2

static void
flow_end_free (gpointer data)
{
  GuiFlowEnd *end = data;

  g_free (end->name);
  g_free (end);
}

void
gui_flow_side_init (GuiFlowSide *side)
{
  side->ends = g_ptr_array_new_with_free_func (flow_end_free);
  side->total = (GuiFlowEnd){ .kind = GUI_FLOW_TOTAL };
}

void
gui_flow_side_clear (GuiFlowSide *side)
{
  g_ptr_array_set_size (side->ends, 0);
  side->rest = NULL;
  side->n_rest = 0;
  g_clear_pointer (&side->total.name, g_free);
}

void
gui_flow_side_finalize (GuiFlowSide *side)
{
  gui_flow_side_clear (side);
  g_clear_pointer (&side->ends, g_ptr_array_unref);
}

GuiFlowEnd *
gui_flow_side_get_end (const GuiFlowSide *side, guint index)
{
  g_return_val_if_fail (index < side->ends->len, NULL);

  return g_ptr_array_index (side->ends, index);
}

static guint
flow_side_count (const GuiFlowSide *side, GuiFlowKind kind)
{
  guint n = 0;

  for (guint i = 0; i < side->ends->len; i++)
    n += gui_flow_side_get_end (side, i)->kind == kind;
  return n;
}

/* The last end of this KIND stands for one more. */
static void
flow_side_add_rest (GuiFlowSide *side, GuiFlowKind kind, gint64 amount_sat)
{
  for (guint i = side->ends->len; side->rest == NULL; i--)
    if (gui_flow_side_get_end (side, i - 1)->kind == kind) {
      side->rest = gui_flow_side_get_end (side, i - 1);
      side->n_rest = 1;
    }
  side->n_rest++;
  side->rest->amount_sat += amount_sat;
  g_free (side->rest->name);
  side->rest->name = g_strdup_printf (
      kind == GUI_FLOW_INPUT ? g_dngettext (NULL, "%u other coin", "%u other coins", side->n_rest)
                             : g_dngettext (NULL, "%u other recipient", "%u other recipients", side->n_rest),
      side->n_rest);
}

void
gui_flow_side_add (GuiFlowSide *side, GuiFlowKind kind, const char *name, gint64 amount_sat)
{
  guint most = kind == GUI_FLOW_INPUT ? MAX_SHOWN : MAX_SHOWN - N_OWN_ROWS;
  GuiFlowEnd *end;

  if ((kind == GUI_FLOW_INPUT || kind == GUI_FLOW_RECIPIENT) && flow_side_count (side, kind) == most) {
    flow_side_add_rest (side, kind, amount_sat);
    return;
  }
  end = g_new0 (GuiFlowEnd, 1);
  end->kind = kind;
  end->name = g_strdup (name);
  end->amount_sat = amount_sat;
  g_ptr_array_add (side->ends, end);
}

void
gui_flow_side_finish (GuiFlowSide *side, GString *text)
{
  GuiUnit unit = gui_prefs_get_unit (gui_prefs_get_default ());
  gint64 sum_sat = 0;

  for (guint i = 0; i < side->ends->len; i++)
    sum_sat += gui_flow_side_get_end (side, i)->amount_sat;
  for (guint i = 0; i < side->ends->len; i++) {
    GuiFlowEnd *end = gui_flow_side_get_end (side, i);
    g_autofree char *amount = gui_format_amount (end->amount_sat, unit, FALSE);

    end->part = sum_sat > 0 ? (double) end->amount_sat / (double) sum_sat : 0;
    g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "", end->name, amount);
  }
  side->total.amount_sat = sum_sat;
  g_clear_pointer (&side->total.name, g_free);
  if (side->ends->len > 1 && gui_flow_side_get_end (side, 0)->kind == GUI_FLOW_INPUT)
    side->total.name = g_strdup (_ ("Total"));
}
