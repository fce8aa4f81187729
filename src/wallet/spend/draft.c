/* Creates drafts and reserves their coins. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "common/clock.h"
#include "common/random.h"
#include "wallet/spend/plan.h"

static void
add_row (GPtrArray *rows, WalletSpender *self, BtcSpan script, gint64 amount_sat, gboolean change)
{
  WalletDraftRow *row = g_new0 (WalletDraftRow, 1);
  char *address = btc_address_encode (script, wallet_tracker_get_network (self->tracker));

  row->address = address != NULL ? address : g_strdup ("");
  row->amount_sat = amount_sat;
  row->change = change;
  g_ptr_array_add (rows, row);
}

static void
row_free (gpointer data)
{
  WalletDraftRow *row = data;

  g_free (row->address);
  g_free (row);
}

static void
draft_add_inputs (const WalletPlan *plan, WalletOpenDraft *draft, BtcTxBuilder *builder)
{
  draft->n_inputs = plan->coins->len;
  draft->inputs = g_new0 (BtcOutpoint, plan->coins->len);
  for (guint i = plan->coins->len; i > 1; i--) {
    guint other = (guint) common_random_below (i);
    gpointer kept = plan->coins->pdata[i - 1];
    plan->coins->pdata[i - 1] = plan->coins->pdata[other];
    plan->coins->pdata[other] = kept;
  }
  for (guint i = 0; i < plan->coins->len; i++) {
    const WalletCoin *coin = g_ptr_array_index (plan->coins, i);
    draft->inputs[i] = coin->outpoint;
    btc_tx_builder_add_in (builder, &coin->outpoint, plan->request->replaceable ? 0xfffffffd : 0xfffffffe);
    add_row (draft->view->inputs, plan->spender, coin->out->script, coin->out->value_sat, FALSE);
  }
}

static void
draft_add_outputs (const WalletPlan *plan, WalletOpenDraft *draft, BtcTxBuilder *builder)
{
  guint n = plan->request->n_payments;
  guint change_at = plan->change_sat > 0 ? (guint) common_random_below (n + 1) : G_MAXUINT;

  for (guint i = 0; i <= n; i++) {
    if (i == change_at) {
      BtcSpan script = wallet_bytes_span (plan->change);
      btc_tx_builder_add_out (builder, plan->change_sat, script.data, script.len);
      add_row (draft->view->outputs, plan->spender, script, plan->change_sat, TRUE);
      g_ptr_array_add (draft->labels, NULL);
    }
    if (i == n)
      break;
    BtcSpan script = wallet_bytes_span (plan->request->payments[i].script);
    btc_tx_builder_add_out (builder, plan->amounts[i], script.data, script.len);
    add_row (draft->view->outputs, plan->spender, script, plan->amounts[i], FALSE);
    g_ptr_array_add (draft->labels, g_strdup (plan->request->payments[i].label));
  }
}

/* What the recipients that are addresses of this wallet add to its spendable balance. */
static gint64
draft_get_returned_sat (const WalletPlan *plan, const WalletOpenDraft *draft)
{
  guint payment = 0;
  gint64 sum_sat = 0;

  for (guint i = 0; i < draft->view->outputs->len; i++) {
    const WalletDraftRow *row = g_ptr_array_index (draft->view->outputs, i);

    if (row->change)
      continue;
    BtcSpan script = wallet_bytes_span (plan->request->payments[payment++].script);
    if (row->ours && !(plan->request->avoid_reuse && wallet_tracker_is_reused (plan->spender->tracker, script)))
      sum_sat += row->amount_sat;
  }
  return sum_sat;
}

static WalletOpenDraft *
open_draft (WalletPlan *plan)
{
  WalletSpender *self = plan->spender;
  WalletOpenDraft *draft = g_new0 (WalletOpenDraft, 1);
  guint8 hash32[32];
  /* Locked to the current height, against fee sniping. */
  gint32 height = wallet_tracker_get_place (self->tracker, hash32);
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, height > 0 ? (guint32) height : 0);
  WalletBalance balance;
  gint64 shared_sat = 0; /* not part of the balance, since the payment to be replaced spends it */

  draft->view = g_new0 (WalletDraft, 1);
  /* Unique across processes: see WALLET_RECORD_DRAFT. */
  do
    common_random_bytes ((guint8 *) &draft->view->id, sizeof draft->view->id);
  while (draft->view->id == 0 || g_hash_table_contains (self->drafts, &draft->view->id));
  draft->view->fee_sat = plan->fee_sat;
  draft->view->inputs = g_ptr_array_new_with_free_func (row_free);
  draft->view->outputs = g_ptr_array_new_with_free_func (row_free);
  draft->labels = g_ptr_array_new_with_free_func (g_free);
  draft_add_inputs (plan, draft, builder);
  draft_add_outputs (plan, draft, builder);
  wallet_plan_mark_recipients (plan, draft->view->outputs);
  draft->view->vsize = (guint32) ((wallet_plan_get_weight (plan) + 3) / 4);
  wallet_tracker_get_balance (self->tracker, 0, plan->request->avoid_reuse, &balance);
  for (guint i = 0; i < plan->shared->len; i++)
    shared_sat += ((const WalletCoin *) g_ptr_array_index (plan->shared, i))->out->value_sat;
  draft->view->remaining_sat
      = balance.trusted_sat - (plan->input_sat - shared_sat) + plan->change_sat + draft_get_returned_sat (plan, draft);
  draft->view->replaces = g_byte_array_ref (plan->replaces);
  draft->view->repeats = plan->repeats;
  draft->tx = btc_tx_builder_finish (builder);
  draft->change = plan->change != NULL ? g_bytes_ref (plan->change) : NULL;
  draft->change_type = plan->change_type;
  draft->time = common_clock_now ();
  draft->comment = g_strdup (plan->request->comment);
  draft->comment_to = g_strdup (plan->request->comment_to);
  return draft;
}

static WalletDraft *
view_copy (const WalletDraft *view)
{
  WalletDraft *copy = g_memdup2 (view, sizeof *view);

  copy->inputs = g_ptr_array_ref (view->inputs);
  copy->outputs = g_ptr_array_ref (view->outputs);
  copy->replaces = g_byte_array_ref (view->replaces);
  return copy;
}

WalletDraft *
wallet_spender_create (WalletSpender *self, const WalletSpendRequest *request, GError **error)
{
  g_autoptr (GPtrArray) coins = g_ptr_array_new ();
  g_autofree gint64 *amounts = g_new0 (gint64, request->n_payments + 1);
  g_autoptr (GPtrArray) shared = g_ptr_array_new ();
  g_autoptr (GByteArray) replaces = g_byte_array_new ();
  WalletPlan plan = {
    .spender = self, .request = request, .amounts = amounts, .coins = coins, .shared = shared, .replaces = replaces
  };
  WalletOpenDraft *draft = NULL;
  gboolean good;

  wallet_spender_discard_old (self);
  good = wallet_plan_make (&plan, error);
  if (good)
    draft = open_draft (&plan);
  /* An unused change script is kept for the next draft. */
  if (plan.change != NULL && (!good || plan.change_sat == 0))
    g_queue_push_tail (&self->spare[plan.change_type], g_bytes_ref (plan.change));
  if (draft != NULL && plan.change_sat == 0)
    g_clear_pointer (&draft->change, g_bytes_unref);
  g_clear_pointer (&plan.change, g_bytes_unref);
  if (draft == NULL)
    return NULL;
  g_hash_table_insert (self->drafts, &draft->view->id, draft);
  wallet_spender_reserve (self, draft, TRUE);
  return view_copy (draft->view);
}
