#include "gui/clients/draft.h"

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"
#include "gui/clients/bounds.h"

/* The maximum size of an input and of an output, larger than all that this wallet creates. */
#define MOST_INPUT_VSIZE 1000
#define MOST_OUTPUT_VSIZE 100
/* The size of a change output, and the amount below which none is created. */
#define CHANGE_VSIZE 43
#define LEAST_CHANGE_SAT 1000
#define MAX_CHANGE 10

void
gui_draft_free (GuiDraft *draft)
{
  if (draft == NULL)
    return;
  g_clear_pointer (&draft->inputs, g_ptr_array_unref);
  g_clear_pointer (&draft->outputs, g_ptr_array_unref);
  g_free (draft);
}

GuiDraft *
gui_draft_copy (const GuiDraft *draft)
{
  GuiDraft *copy = g_memdup2 (draft, sizeof *draft);

  g_ptr_array_ref (copy->inputs);
  g_ptr_array_ref (copy->outputs);
  return copy;
}

gint64
gui_draft_get_paid_sat (const GuiDraft *draft)
{
  gint64 sum = 0;

  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (draft->outputs, i);

    if (!coin->change)
      sum += coin->amount_sat;
  }
  return sum;
}

/* The inputs or the outputs and their sum. NULL if there are none, or a value is missing or out of bounds. */
static GPtrArray *
draft_read_coins (GVariant *summary, const char *name, gint64 *sum_sat)
{
  g_autoptr (GPtrArray) coins = gui_coins_read (summary, name);

  *sum_sat = 0;
  if (coins == NULL || coins->len == 0)
    return NULL;
  for (guint i = 0; i < coins->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (coins, i);

    if (coin->amount_sat < 0 || !btc_amount_add (*sum_sat, coin->amount_sat, sum_sat))
      return NULL;
  }
  return g_steal_pointer (&coins);
}

/* The maximum plausible size: with a larger one, an excessive fee would match the fee rate. */
static gsize
draft_get_most_vsize (const GuiDraft *draft)
{
  gsize most = 100 + draft->inputs->len * MOST_INPUT_VSIZE + draft->outputs->len * MOST_OUTPUT_VSIZE;

  return MIN (most, GUI_BOUNDS_MAX_VSIZE);
}

static gboolean
draft_read_summary (GuiDraft *draft, GVariant *summary)
{
  g_autoptr (GVariant) replaced = g_variant_lookup_value (summary, "replaces", G_VARIANT_TYPE ("aay"));
  gint64 in_sat, out_sat;

  draft->inputs = draft_read_coins (summary, "inputs", &in_sat);
  draft->outputs = draft_read_coins (summary, "outputs", &out_sat);
  g_variant_lookup (summary, "vsize", "u", &draft->vsize);
  g_variant_lookup (summary, "remaining", "x", &draft->remaining_sat);
  g_variant_lookup (summary, "repeats", "b", &draft->repeats);
  draft->n_replaced = replaced != NULL ? (guint) g_variant_n_children (replaced) : 0;
  return draft->inputs != NULL && draft->outputs != NULL && draft->vsize > 0
         && draft->vsize <= draft_get_most_vsize (draft) && btc_amount_in_range (draft->fee_sat)
         && btc_amount_in_range (draft->remaining_sat) && in_sat == out_sat + draft->fee_sat;
}

GuiDraft *
gui_draft_read (GVariant *answer, guint64 *id)
{
  g_autoptr (GVariant) summary = NULL;
  g_autoptr (GuiDraft) draft = g_new0 (GuiDraft, 1);

  g_variant_get (answer, "(tx@a{sv})", &draft->id, &draft->fee_sat, &summary);
  *id = draft->id;
  return draft_read_summary (draft, summary) ? g_steal_pointer (&draft) : NULL;
}

/* The index in DRAFT of an output that pays exactly TYPED and is not matched yet; -1 if there is none. */
static int
draft_find_output (const GuiDraft *draft, BtcNetwork network, const GuiTypedPayment *typed, const gboolean *taken)
{
  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiCoin *coin = g_ptr_array_index (draft->outputs, i);
    g_autoptr (GBytes) script = btc_address_decode (coin->address, network, NULL);

    if (!taken[i] && !coin->change && script != NULL && g_bytes_equal (script, typed->script)
        && (typed->amount_sat == 0 || typed->amount_sat == coin->amount_sat))
      return (int) i;
  }
  return -1;
}

/* An amount that is too small for change is added to the fee. */
static gboolean
draft_has_rate (const GuiDraft *draft, guint64 fee_rate)
{
  guint64 least, most;

  return g_uint64_checked_mul (&least, fee_rate, draft->vsize)
         && g_uint64_checked_mul (&most, fee_rate, draft->vsize + CHANGE_VSIZE)
         && (guint64) draft->fee_sat >= least / 1000 / 10 * 9
         && (guint64) draft->fee_sat <= most / 1000 + LEAST_CHANGE_SAT;
}

gboolean
gui_draft_matches (const GuiDraft *draft, BtcNetwork network, const GPtrArray *typed, guint64 fee_rate)
{
  g_autofree gboolean *taken = NULL;

  if (draft->outputs->len > typed->len + MAX_CHANGE)
    return FALSE;
  taken = g_new0 (gboolean, draft->outputs->len);
  for (guint i = 0; i < typed->len; i++) {
    int at = draft_find_output (draft, network, g_ptr_array_index (typed, i), taken);

    if (at < 0)
      return FALSE;
    taken[at] = TRUE;
  }
  for (guint i = 0; i < draft->outputs->len; i++)
    if (!taken[i] && !((const GuiCoin *) g_ptr_array_index (draft->outputs, i))->change)
      return FALSE;
  return draft_has_rate (draft, fee_rate);
}
