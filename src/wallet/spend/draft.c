/* Making a draft: which coins, which change, which fee. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"
#include "common/random.h"
#include "dbus/errors.h"
#include "wallet/spend/select.h"
#include "wallet/spend/spender_private.h"

/* Weight of an input with its largest signature: 41 bytes of outpoint, script length and sequence, then what unlocks. */
static const guint input_weight[WALLET_N_ADDRESS_TYPES] = {
  [WALLET_ADDRESS_LEGACY] = 4 * (41 + 107) + 1,
  [WALLET_ADDRESS_P2SH_SEGWIT] = 4 * (41 + 23) + 108,
  [WALLET_ADDRESS_BECH32] = 4 * 41 + 108,
  [WALLET_ADDRESS_BECH32M] = 4 * 41 + 66,
};

/* Length of the script of change. */
static const guint change_script_len[WALLET_N_ADDRESS_TYPES] = {
  [WALLET_ADDRESS_LEGACY] = 25,
  [WALLET_ADDRESS_P2SH_SEGWIT] = 23,
  [WALLET_ADDRESS_BECH32] = 22,
  [WALLET_ADDRESS_BECH32M] = 34,
};

/* What an output of that script must be worth: see wallet_dust_limit(). */
static const gint64 change_dust[WALLET_N_ADDRESS_TYPES] = {
  [WALLET_ADDRESS_LEGACY] = 546,
  [WALLET_ADDRESS_P2SH_SEGWIT] = 540,
  [WALLET_ADDRESS_BECH32] = 294,
  [WALLET_ADDRESS_BECH32M] = 330,
};

/* Smaller change than this is not made on purpose: it would cost a good part of itself to spend. */
#define CHANGE_WORTH_SAT 10000

static guint64
output_weight (gsize script_len)
{
  return 4 * (8 + btc_compact_len (script_len) + script_len);
}

gint64
wallet_dust_limit (BtcSpan script)
{
  gsize size = 8 + btc_compact_len (script.len) + script.len;
  BtcSpan program;
  guint version;

  if (btc_script_is_unspendable (script))
    return 0;
  size += btc_script_is_witness_program (script, &version, &program) ? 32 + 4 + 1 + 107 / 4 + 4 : 32 + 4 + 1 + 107 + 4;
  return (gint64) size * WALLET_DUST_FEE_RATE / 1000;
}

/* Everything about a payment while it is being put together. */
typedef struct {
  WalletSpender *spender;
  const WalletSpendRequest *request;
  gint64 *amounts; /* of the payments; what they become after the fee */
  gint64 total_sat;
  guint64 base_weight; /* without inputs and change */
  GPtrArray *coins;    /* chosen */
  gint64 input_sat;
  WalletAddressType change_type;
  GBytes *change;
  gint64 change_sat;
  gint64 fee_sat;
} Plan;

static gboolean
refuse (GError **error, BusError code, const char *message)
{
  g_set_error_literal (error, BUS_ERROR, code, message);
  return FALSE;
}

static BtcSpan
bytes_span (GBytes *bytes)
{
  BtcSpan span;

  span.data = g_bytes_get_data (bytes, &span.len);
  return span;
}

static gboolean
check_payments (Plan *plan, GError **error)
{
  const WalletSpendRequest *request = plan->request;

  if (request->n_payments == 0)
    return refuse (error, BUS_ERROR_INVALID_AMOUNT, "There is nobody to pay.");
  plan->base_weight = 4 * (4 + 4 + btc_compact_len (request->n_payments + 1)) + 2;
  for (guint i = 0; i < request->n_payments; i++) {
    BtcSpan script = bytes_span (request->payments[i].script);
    gint64 amount = request->payments[i].amount_sat;
    plan->amounts[i] = amount;
    plan->base_weight += output_weight (script.len);
    if (request->send_all && i == 0)
      continue;
    if (amount <= 0 && !btc_script_is_unspendable (script))
      return refuse (error, BUS_ERROR_INVALID_AMOUNT, "An amount must be more than zero.");
    if (amount < wallet_dust_limit (script))
      return refuse (error, BUS_ERROR_INVALID_AMOUNT, "An amount is too small to be sent.");
    if (!btc_amount_add (plan->total_sat, amount, &plan->total_sat))
      return refuse (error, BUS_ERROR_INVALID_AMOUNT, "An amount is more than there can be.");
  }
  return TRUE;
}

/* Change looks like one of the payments, so that it cannot be told apart by its form. */
static WalletAddressType
choose_change_type (const Plan *plan)
{
  static const struct {
    BtcScriptType script;
    WalletAddressType type;
  } order[] = {
    { BTC_SCRIPT_WITNESS_V1_TAPROOT, WALLET_ADDRESS_BECH32M },
    { BTC_SCRIPT_WITNESS_V0_KEYHASH, WALLET_ADDRESS_BECH32 },
    { BTC_SCRIPT_SCRIPTHASH, WALLET_ADDRESS_P2SH_SEGWIT },
    { BTC_SCRIPT_PUBKEYHASH, WALLET_ADDRESS_LEGACY },
  };
  WalletKeyring *keyring = wallet_tracker_get_keyring (plan->spender->tracker);

  for (guint o = 0; o < G_N_ELEMENTS (order); o++) {
    if (wallet_keyring_get_active (keyring, order[o].type, TRUE) == NULL)
      continue;
    for (guint i = 0; i < plan->request->n_payments; i++)
      if (btc_script_classify (bytes_span (plan->request->payments[i].script), NULL) == order[o].script)
        return order[o].type;
  }
  for (guint type = WALLET_N_ADDRESS_TYPES; type > 0; type--)
    if (wallet_keyring_get_active (keyring, (WalletAddressType) (type - 1), TRUE) != NULL)
      return (WalletAddressType) (type - 1);
  return WALLET_ADDRESS_BECH32;
}

static gboolean
fee_is_subtracted (const Plan *plan)
{
  for (guint i = 0; i < plan->request->n_payments; i++)
    if (plan->request->payments[i].subtract_fee)
      return TRUE;
  return plan->request->send_all;
}

static guint64
weight_of_inputs (const Plan *plan)
{
  guint64 weight = 4 * btc_compact_len (plan->coins->len);

  for (guint i = 0; i < plan->coins->len; i++)
    weight += input_weight[((const WalletCoin *) g_ptr_array_index (plan->coins, i))->ref.chain->type];
  return weight;
}

/* Takes from the coins with at least MIN_DEPTH confirmations; leaves plan->coins empty when they are not enough. */
static void
choose_from (Plan *plan, gint32 min_depth, gint64 base_fee)
{
  g_autoptr (GPtrArray) all = wallet_tracker_list_spendable (plan->spender->tracker, min_depth);
  g_autofree WalletCandidate *candidates = g_new0 (WalletCandidate, all->len + 1);
  guint64 rate = plan->request->fee_rate;
  gint64 change_fee = wallet_fee_for_weight (rate, output_weight (change_script_len[plan->change_type]));
  gint64 spend_change = wallet_fee_for_weight (rate, input_weight[plan->change_type]);
  gboolean subtract = fee_is_subtracted (plan);

  for (guint i = 0; i < all->len; i++) {
    WalletCoin *coin = g_ptr_array_index (all, i);
    gint64 cost = wallet_fee_for_weight (rate, input_weight[coin->ref.chain->type]);
    candidates[i] = (WalletCandidate){ coin->out->value_sat, subtract && !plan->request->send_all ? 0 : cost, coin };
    if (plan->request->send_all && coin->out->value_sat > cost)
      g_ptr_array_add (plan->coins, coin);
  }
  if (plan->request->send_all)
    return;
  g_autoptr (GPtrArray) chosen
      = wallet_select (candidates, all->len, plan->total_sat + (subtract ? 0 : base_fee), change_fee + spend_change,
                       change_fee + MAX (CHANGE_WORTH_SAT, 2 * spend_change));
  for (guint i = 0; chosen != NULL && i < chosen->len; i++)
    g_ptr_array_add (plan->coins, g_ptr_array_index (chosen, i));
}

static gboolean
choose_coins (Plan *plan, GError **error)
{
  gint64 base_fee = wallet_fee_for_weight (plan->request->fee_rate, plan->base_weight + 4 * 3);

  if (base_fee > WALLET_MAX_FEE_SAT)
    return refuse (error, BUS_ERROR_FEE_TOO_HIGH, "The fee would be more than 0.1 BTC.");
  /* Change that is not in a block yet only where the rest is not enough: what it stands on may still be replaced. */
  if (plan->request->min_depth < 1 && !plan->request->send_all)
    choose_from (plan, 1, base_fee);
  if (plan->coins->len == 0)
    choose_from (plan, plan->request->min_depth, base_fee);
  if (plan->coins->len == 0)
    return refuse (error, BUS_ERROR_INSUFFICIENT_FUNDS, "There is not enough money for this payment and its fee.");
  for (guint i = 0; i < plan->coins->len; i++)
    plan->input_sat += ((const WalletCoin *) g_ptr_array_index (plan->coins, i))->out->value_sat;
  return TRUE;
}

/* Takes the fee from the payments that are to bear it: equal shares, the rest from the first. */
static gboolean
subtract_fee (Plan *plan, GError **error)
{
  const WalletSpendRequest *request = plan->request;
  guint bearers = 0;
  gboolean first = TRUE;

  for (guint i = 0; i < request->n_payments; i++)
    bearers += request->payments[i].subtract_fee;
  for (guint i = 0; i < request->n_payments; i++) {
    if (!request->payments[i].subtract_fee)
      continue;
    plan->amounts[i] -= plan->fee_sat / bearers + (first ? plan->fee_sat % bearers : 0);
    first = FALSE;
    if (plan->amounts[i] <= 0 || plan->amounts[i] < wallet_dust_limit (bytes_span (request->payments[i].script)))
      return refuse (error, BUS_ERROR_INVALID_AMOUNT, "The amount is too small to pay the fee from it.");
  }
  return TRUE;
}

/* Sets fee and change, so that inputs = payments + change + fee to the satoshi. */
static gboolean
balance_plan (Plan *plan, GError **error)
{
  guint64 weight = plan->base_weight + weight_of_inputs (plan);
  gint64 fee = wallet_fee_for_weight (plan->request->fee_rate, weight);
  gint64 fee_with_change
      = wallet_fee_for_weight (plan->request->fee_rate, weight + output_weight (change_script_len[plan->change_type]));
  gboolean subtract = fee_is_subtracted (plan);
  gint64 left, dust = change_dust[plan->change_type];

  if (weight > 400000)
    return refuse (error, BUS_ERROR_INSUFFICIENT_FUNDS,
                   "The payment needs too many small coins. Pay in two parts, or join the coins first.");
  plan->fee_sat = fee;
  if (plan->request->send_all) {
    plan->amounts[0] = plan->input_sat - plan->total_sat - fee;
    if (plan->amounts[0] < wallet_dust_limit (bytes_span (plan->request->payments[0].script)))
      return refuse (error, BUS_ERROR_INSUFFICIENT_FUNDS, "There is not enough money for the fee.");
    return TRUE;
  }
  left = plan->input_sat - plan->total_sat - (subtract ? 0 : fee_with_change);
  if (left >= dust) {
    /* Without an address for it the change would go to the miner. */
    plan->change = wallet_spender_take_change (plan->spender, plan->change_type, error);
    if (plan->change == NULL)
      return FALSE;
    plan->change_sat = left;
    plan->fee_sat = fee_with_change;
  } else {
    left = plan->input_sat - plan->total_sat;
    if (left < 0 || (!subtract && left < fee))
      return refuse (error, BUS_ERROR_INSUFFICIENT_FUNDS, "There is not enough money for this payment and its fee.");
    /* What is too little for change makes the fee larger, or what the recipient loses by it smaller. */
    plan->fee_sat = subtract ? MAX (fee - left, 0) : left;
  }
  if (!subtract)
    return TRUE;
  if (!subtract_fee (plan, error))
    return FALSE;
  plan->fee_sat = plan->input_sat - plan->change_sat;
  for (guint i = 0; i < plan->request->n_payments; i++)
    plan->fee_sat -= plan->amounts[i];
  return TRUE;
}

/* The same sums once more, made in another way: whatever went wrong above, nothing is created, and nothing but the fee that
 * was asked for, with less than the smallest change on top, goes to the miner. */
static gboolean
check_sums (const Plan *plan, GError **error)
{
  guint64 weight = plan->base_weight + weight_of_inputs (plan) + output_weight (change_script_len[plan->change_type]);
  gint64 most = wallet_fee_for_weight (plan->request->fee_rate, weight) + change_dust[plan->change_type];
  gint64 out_sat = plan->change_sat, in_sat = 0;
  gboolean good = plan->change_sat >= 0 && (plan->change_sat == 0) == (plan->change == NULL);

  for (guint i = 0; i < plan->coins->len; i++) {
    const WalletCoin *coin = g_ptr_array_index (plan->coins, i);
    good = good && btc_amount_add (in_sat, coin->out->value_sat, &in_sat);
  }
  for (guint i = 0; i < plan->request->n_payments; i++)
    good = good && plan->amounts[i] >= 0 && btc_amount_add (out_sat, plan->amounts[i], &out_sat);
  if (good && in_sat - out_sat == plan->fee_sat && plan->fee_sat >= 0 && plan->fee_sat <= most)
    return TRUE;
  return refuse (error, BUS_ERROR_FAILED, "The payment could not be put together. Nothing was sent.");
}

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
add_inputs (const Plan *plan, WalletOpenDraft *draft, BtcTxBuilder *builder)
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
add_outputs (const Plan *plan, WalletOpenDraft *draft, BtcTxBuilder *builder)
{
  guint n = plan->request->n_payments;
  guint change_at = plan->change_sat > 0 ? (guint) common_random_below (n + 1) : G_MAXUINT;

  for (guint i = 0; i <= n; i++) {
    if (i == change_at) {
      BtcSpan script = bytes_span (plan->change);
      btc_tx_builder_add_out (builder, plan->change_sat, script.data, script.len);
      add_row (draft->view->outputs, plan->spender, script, plan->change_sat, TRUE);
    }
    if (i == n)
      break;
    BtcSpan script = bytes_span (plan->request->payments[i].script);
    btc_tx_builder_add_out (builder, plan->amounts[i], script.data, script.len);
    add_row (draft->view->outputs, plan->spender, script, plan->amounts[i], FALSE);
  }
}

static WalletOpenDraft *
open_draft (Plan *plan)
{
  WalletSpender *self = plan->spender;
  WalletOpenDraft *draft = g_new0 (WalletOpenDraft, 1);
  guint8 hash32[32];
  /* Locked to the present height: a miner gains nothing by taking back the last block for the sake of its fee. */
  gint32 height = wallet_tracker_get_place (self->tracker, hash32);
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, height > 0 ? (guint32) height : 0);
  guint64 weight = plan->base_weight + weight_of_inputs (plan);
  WalletBalance balance;

  draft->view = g_new0 (WalletDraft, 1);
  draft->view->id = ++self->last_id;
  draft->view->fee_sat = plan->fee_sat;
  draft->view->inputs = g_ptr_array_new_with_free_func (row_free);
  draft->view->outputs = g_ptr_array_new_with_free_func (row_free);
  add_inputs (plan, draft, builder);
  add_outputs (plan, draft, builder);
  draft->view->vsize
      = (guint32) ((weight + (plan->change_sat > 0 ? output_weight (change_script_len[plan->change_type]) : 0) + 3)
                   / 4);
  wallet_tracker_get_balance (self->tracker, 0, &balance);
  draft->view->remaining_sat = balance.trusted_sat - plan->input_sat + plan->change_sat;
  draft->tx = btc_tx_builder_finish (builder);
  draft->change = plan->change != NULL ? g_bytes_ref (plan->change) : NULL;
  draft->change_type = plan->change_type;
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
  return copy;
}

WalletDraft *
wallet_spender_create (WalletSpender *self, const WalletSpendRequest *request, GError **error)
{
  g_autoptr (GPtrArray) coins = g_ptr_array_new ();
  g_autofree gint64 *amounts = g_new0 (gint64, request->n_payments + 1);
  Plan plan = { .spender = self, .request = request, .amounts = amounts, .coins = coins };
  WalletOpenDraft *draft = NULL;
  gboolean good;

  if (!check_payments (&plan, error))
    return NULL;
  plan.change_type = choose_change_type (&plan);
  good = choose_coins (&plan, error) && balance_plan (&plan, error) && check_sums (&plan, error);
  if (good && plan.fee_sat > WALLET_MAX_FEE_SAT)
    good = refuse (error, BUS_ERROR_FEE_TOO_HIGH, "The fee would be more than 0.1 BTC.");
  if (good)
    draft = open_draft (&plan);
  /* A change script that is not used goes back. */
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
