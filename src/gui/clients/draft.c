#include "gui/clients/draft.h"

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"
#include "gui/clients/bounds.h"

/* What an input or an output can take of a payment's size, more than any that this wallet makes. */
#define MOST_INPUT_VSIZE 1000
#define MOST_OUTPUT_VSIZE 100
/* The size of a change output, and the value below which none is made. */
#define CHANGE_VSIZE 43
#define LEAST_CHANGE_SAT 1000
#define MAX_CHANGE 10

static void
draft_coin_free (gpointer data)
{
  GuiDraftCoin *coin = data;

  g_free (coin->address);
  g_free (coin);
}

void
gui_draft_free (GuiDraft *draft)
{
  if (draft == NULL)
    return;
  g_clear_pointer (&draft->inputs, g_ptr_array_unref);
  g_clear_pointer (&draft->outputs, g_ptr_array_unref);
  g_free (draft);
}

gint64
gui_draft_get_paid_sat (const GuiDraft *draft)
{
  gint64 sum = 0;

  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiDraftCoin *coin = g_ptr_array_index (draft->outputs, i);

    if (!coin->change)
      sum += coin->amount_sat;
  }
  return sum;
}

static gboolean
draft_coin_is_sane (const GuiDraftCoin *coin)
{
  return btc_amount_in_range (coin->amount_sat) && gui_bounds_address (coin->address);
}

/* NULL when a value is out of its bounds, or missing. */
static GuiDraftCoin *
draft_read_coin (GVariant *record)
{
  GuiDraftCoin *coin = g_new0 (GuiDraftCoin, 1);
  const char *address = "";

  g_variant_lookup (record, "address", "&s", &address);
  g_variant_lookup (record, "change", "b", &coin->change);
  coin->address = g_strdup (address);
  if (g_variant_lookup (record, "amount", "x", &coin->amount_sat) && draft_coin_is_sane (coin))
    return coin;
  draft_coin_free (coin);
  return NULL;
}

/* Reads the inputs or the outputs, aa{sv}, and adds them up. NULL when a value is out of its bounds. */
static GPtrArray *
draft_read_coins (GVariant *summary, const char *name, gint64 *sum_sat)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (summary, name, G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GPtrArray) coins = g_ptr_array_new_with_free_func (draft_coin_free);
  gsize n = list != NULL ? g_variant_n_children (list) : 0;

  *sum_sat = 0;
  if (n == 0 || n > GUI_BOUNDS_MAX_COINS)
    return NULL;
  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) record = g_variant_get_child_value (list, i);
    GuiDraftCoin *coin = draft_read_coin (record);

    if (coin == NULL)
      return NULL;
    g_ptr_array_add (coins, coin);
    if (!btc_amount_add (*sum_sat, coin->amount_sat, sum_sat))
      return NULL;
  }
  return g_steal_pointer (&coins);
}

/* More cannot be true, and with it the fee would be. */
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

/* The place in DRAFT of an output that pays exactly TYPED and that no other one has taken; -1 when there is none. */
static int
draft_find_output (const GuiDraft *draft, BtcNetwork network, const GuiTypedPayment *typed, const gboolean *taken)
{
  for (guint i = 0; i < draft->outputs->len; i++) {
    const GuiDraftCoin *coin = g_ptr_array_index (draft->outputs, i);
    g_autoptr (GBytes) script = btc_address_decode (coin->address, network, NULL);

    if (!taken[i] && !coin->change && script != NULL && g_bytes_equal (script, typed->script)
        && (typed->amount_sat == 0 || typed->amount_sat == coin->amount_sat))
      return (int) i;
  }
  return -1;
}

/* What is too little for change goes to the miner, too. */
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
gui_draft_is_as_typed (const GuiDraft *draft, BtcNetwork network, const GPtrArray *typed, guint64 fee_rate)
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
    if (!taken[i] && !((const GuiDraftCoin *) g_ptr_array_index (draft->outputs, i))->change)
      return FALSE;
  return draft_has_rate (draft, fee_rate);
}
