/* Plans a payment: coins, change and fee. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "bitcoin/primitives/amount.h"
#include "bitcoin/script/script.h"
#include "dbus/errors.h"
#include "wallet/spend/plan.h"
#include "wallet/spend/select.h"

/* Weight of an input with its largest signature: 41 bytes of outpoint, script length and sequence, then the script or
 * witness. */
static const guint input_weight[WALLET_N_ADDRESS_TYPES] = {
  [WALLET_ADDRESS_LEGACY] = 4 * (41 + 107) + 1,
  [WALLET_ADDRESS_P2SH_SEGWIT] = 4 * (41 + 23) + 108,
  [WALLET_ADDRESS_BECH32] = 4 * 41 + 108,
  [WALLET_ADDRESS_BECH32M] = 4 * 41 + 66,
};

/* Length of the script of a change output. */
static const guint change_script_len[WALLET_N_ADDRESS_TYPES] = {
  [WALLET_ADDRESS_LEGACY] = 25,
  [WALLET_ADDRESS_P2SH_SEGWIT] = 23,
  [WALLET_ADDRESS_BECH32] = 22,
  [WALLET_ADDRESS_BECH32M] = 34,
};

/* What the dust limit assumes for an input that spends the output. */
#define DUST_WITNESS_VSIZE (32 + 4 + 1 + 107 / 4 + 4)
#define DUST_VSIZE (32 + 4 + 1 + 107 + 4)

/* Coin selection avoids smaller change, which would be expensive to spend. */
#define CHANGE_WORTH_SAT 10000

#define TOO_MUCH_TEXT "The sum of the coins of this wallet is out of range. Nothing was sent."

/* The least amount that is worth a change output: more than it costs to spend it, and than its dust limit, at the rate of
 * -discardfee, or of -dustrelayfee if that is higher. Less is left to the fee. */
static gint64
least_change (const WalletPlan *plan)
{
  const RpcWalletPolicy *policy = plan->spender->policy;
  guint64 rate = (guint64) MAX (policy->discard_fee_rate, policy->dust_fee_rate);
  gsize script_len = change_script_len[plan->change_type];
  gboolean witness = plan->change_type == WALLET_ADDRESS_BECH32 || plan->change_type == WALLET_ADDRESS_BECH32M;
  guint64 dust_vsize = 8 + btc_compact_len (script_len) + script_len + (witness ? DUST_WITNESS_VSIZE : DUST_VSIZE);

  return MAX (wallet_fee_for_weight (rate, input_weight[plan->change_type]) + 1,
              wallet_fee_for_weight (rate, 4 * dust_vsize));
}

static guint64
output_weight (gsize script_len)
{
  return 4 * (8 + btc_compact_len (script_len) + script_len);
}

gint64
wallet_dust_limit (const RpcWalletPolicy *policy, BtcSpan script)
{
  gsize size = 8 + btc_compact_len (script.len) + script.len;
  BtcSpan program;
  guint version;

  if (btc_script_is_unspendable (script))
    return 0;
  size += btc_script_is_witness_program (script, &version, &program) ? DUST_WITNESS_VSIZE : DUST_VSIZE;
  return wallet_fee_for_weight ((guint64) policy->dust_fee_rate, 4 * size);
}

static gboolean
plan_fail (GError **error, BusError code, const char *message)
{
  g_set_error_literal (error, BUS_ERROR, code, message);
  return FALSE;
}

static gboolean
plan_fail_fee (const WalletPlan *plan, GError **error)
{
  g_autofree char *most = btc_amount_format_short (plan->spender->policy->max_fee_sat);

  g_set_error (error, BUS_ERROR, BUS_ERROR_FEE_TOO_HIGH, "The fee would be more than %s BTC.", most);
  return FALSE;
}

/* The message contains the address, since a payment may have several recipients. */
static gboolean
plan_fail_small (const WalletPlan *plan, BtcSpan script, const char *why, GError **error)
{
  g_autofree char *address = btc_address_encode (script, wallet_tracker_get_network (plan->spender->tracker));
  g_autofree char *message = g_strdup_printf ("The amount for %s %s.", address != NULL ? address : "a script", why);

  return plan_fail (error, BUS_ERROR_INVALID_AMOUNT, message);
}

static gboolean
check_payments (WalletPlan *plan, GError **error)
{
  const WalletSpendRequest *request = plan->request;

  if (request->n_payments == 0)
    return plan_fail (error, BUS_ERROR_INVALID_AMOUNT, "There is no recipient.");
  if (request->fee_rate == 0)
    return plan_fail (error, BUS_ERROR_INVALID_ARGUMENT, "No fee rate was chosen.");
  plan->base_weight = 4 * (4 + 4 + btc_compact_len (request->n_payments + 1)) + 2;
  for (guint i = 0; i < request->n_payments; i++) {
    BtcSpan script = wallet_bytes_span (request->payments[i].script);
    gint64 amount = request->payments[i].amount_sat;
    plan->amounts[i] = amount;
    plan->base_weight += output_weight (script.len);
    if (request->send_all && i == 0)
      continue;
    if (amount <= 0 && !btc_script_is_unspendable (script))
      return plan_fail_small (plan, script, "must be greater than zero", error);
    if (amount < wallet_dust_limit (plan->spender->policy, script))
      return plan_fail_small (plan, script, "is too small to be sent", error);
    if (!btc_amount_add (plan->total_sat, amount, &plan->total_sat))
      return plan_fail (error, BUS_ERROR_INVALID_AMOUNT, "An amount is out of range.");
  }
  return TRUE;
}

/* -changetype; otherwise change has the type of one of the payments, so that it cannot be distinguished. */
static WalletAddressType
choose_change_type (const WalletPlan *plan)
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
  const RpcWalletPolicy *policy = plan->spender->policy;

  if (policy->change_type >= 0)
    return (WalletAddressType) policy->change_type;
  if (policy->address_type == WALLET_ADDRESS_LEGACY)
    return WALLET_ADDRESS_LEGACY;
  for (guint o = 0; o < G_N_ELEMENTS (order); o++) {
    if (wallet_keyring_get_active (keyring, order[o].type, TRUE) == NULL)
      continue;
    for (guint i = 0; i < plan->request->n_payments; i++)
      if (btc_script_classify (wallet_bytes_span (plan->request->payments[i].script), NULL) == order[o].script)
        return order[o].type;
  }
  if (wallet_keyring_get_active (keyring, WALLET_ADDRESS_BECH32M, TRUE) != NULL)
    return WALLET_ADDRESS_BECH32M;
  if (wallet_keyring_get_active (keyring, WALLET_ADDRESS_BECH32, TRUE) != NULL)
    return WALLET_ADDRESS_BECH32;
  return (WalletAddressType) policy->address_type;
}

static gboolean
fee_is_subtracted (const WalletPlan *plan)
{
  for (guint i = 0; i < plan->request->n_payments; i++)
    if (plan->request->payments[i].subtract_fee)
      return TRUE;
  return plan->request->send_all;
}

static guint64
weight_of_inputs (const WalletPlan *plan)
{
  guint64 weight = 4 * btc_compact_len (plan->coins->len);

  for (guint i = 0; i < plan->coins->len; i++)
    weight += input_weight[((const WalletCoin *) g_ptr_array_index (plan->coins, i))->ref.chain->type];
  return weight;
}

/* The candidates of GROUPS; the fee of an input is not part of the target if FREE. What is wasted by spending a coin now
 * is what that costs above -consolidatefeerate. */
static WalletCandidate *
new_candidates (const WalletPlan *plan, const GPtrArray *groups, gboolean free)
{
  WalletCandidate *candidates = g_new0 (WalletCandidate, groups->len + 1);
  guint64 rate = plan->request->fee_rate, cheap = (guint64) plan->spender->policy->consolidate_fee_rate;

  for (guint i = 0; i < groups->len; i++) {
    GPtrArray *group = g_ptr_array_index (groups, i);
    candidates[i].coin = group;
    for (guint n = 0; n < group->len; n++) {
      const WalletCoin *coin = g_ptr_array_index (group, n);
      guint weight = input_weight[coin->ref.chain->type];
      candidates[i].value_sat += coin->out->value_sat;
      candidates[i].cost_sat += free ? 0 : wallet_fee_for_weight (rate, weight);
      candidates[i].waste_sat += wallet_fee_for_weight (rate, weight) - wallet_fee_for_weight (cheap, weight);
    }
  }
  return candidates;
}

/* All coins that are worth their input. */
static void
choose_all (WalletPlan *plan, const GPtrArray *groups)
{
  for (guint i = 0; i < groups->len; i++) {
    const GPtrArray *group = g_ptr_array_index (groups, i);
    for (guint n = 0; n < group->len; n++) {
      WalletCoin *coin = g_ptr_array_index (group, n);
      if (coin->out->value_sat > wallet_fee_for_weight (plan->request->fee_rate, input_weight[coin->ref.chain->type]))
        g_ptr_array_add (plan->coins, coin);
    }
  }
}

/* Selects among GROUPS of coins; leaves plan->coins empty if they are not enough. */
static void
choose_from (WalletPlan *plan, const GPtrArray *groups, gint64 base_fee)
{
  const RpcWalletPolicy *policy = plan->spender->policy;
  guint64 rate = plan->request->fee_rate;
  gint64 change_fee = wallet_fee_for_weight (rate, output_weight (change_script_len[plan->change_type]));
  gint64 spend_change = wallet_fee_for_weight (rate, input_weight[plan->change_type]);
  gint64 spend_later = wallet_fee_for_weight ((guint64) policy->discard_fee_rate, input_weight[plan->change_type]);
  gboolean subtract = fee_is_subtracted (plan);
  WalletSelection selection = { .target_sat = plan->total_sat + (subtract ? 0 : base_fee),
                                .change_cost_sat = change_fee + spend_later,
                                .change_min_sat = change_fee + MAX (CHANGE_WORTH_SAT, 2 * spend_change),
                                .try_fewest = rate / 3 > (guint64) policy->consolidate_fee_rate };

  for (guint i = 0; i < plan->shared->len; i++) {
    const WalletCoin *coin = g_ptr_array_index (plan->shared, i);
    gint64 cost = wallet_fee_for_weight (rate, input_weight[coin->ref.chain->type]);
    selection.target_sat -= coin->out->value_sat - (subtract ? 0 : cost);
  }
  if (plan->request->send_all) {
    choose_all (plan, groups);
  } else if (selection.target_sat > 0) {
    g_autofree WalletCandidate *candidates = new_candidates (plan, groups, subtract);
    g_autoptr (GPtrArray) chosen = wallet_select (candidates, groups->len, &selection);
    if (chosen == NULL)
      return;
    for (guint i = 0; i < chosen->len; i++)
      g_ptr_array_extend (plan->coins, g_ptr_array_index (chosen, i), NULL, NULL);
  }
  g_ptr_array_extend (plan->coins, plan->shared, NULL, NULL);
}

/* FALSE: out of range. */
static gboolean
add_up_coins (const GPtrArray *coins, gint64 *sum_sat)
{
  for (guint i = 0; i < coins->len; i++)
    if (!btc_amount_add (*sum_sat, ((const WalletCoin *) g_ptr_array_index (coins, i))->out->value_sat, sum_sat))
      return FALSE;
  return TRUE;
}

/* The sum of all coins is in range, so that no sum below overflows. */
static gboolean
check_coins (const WalletPlan *plan, GError **error)
{
  g_autoptr (GPtrArray) all
      = wallet_tracker_list_spendable (plan->spender->tracker, plan->request->min_depth, plan->request->avoid_reuse);
  gint64 sum_sat = 0;

  return (add_up_coins (all, &sum_sat) && add_up_coins (plan->shared, &sum_sat))
         || plan_fail (error, BUS_ERROR_FAILED, TOO_MUCH_TEXT);
}

/* What ALL are worth at the rate of the plan, without the fees of their inputs. */
static gint64
worth_of_coins (const WalletPlan *plan, const GPtrArray *all)
{
  gint64 sum_sat = 0;

  for (guint i = 0; i < all->len; i++) {
    const WalletCoin *coin = g_ptr_array_index (all, i);
    gint64 cost = wallet_fee_for_weight (plan->request->fee_rate, input_weight[coin->ref.chain->type]);

    sum_sat += MAX (coin->out->value_sat - cost, 0);
  }
  return sum_sat;
}

/* The fee is not allowed, so coins are not selected. Insufficient funds take precedence as the reason. */
static gboolean
refuse_base_fee (const WalletPlan *plan, gint64 base_fee, GError **error)
{
  g_autoptr (GPtrArray) all
      = wallet_tracker_list_spendable (plan->spender->tracker, plan->request->min_depth, plan->request->avoid_reuse);

  if (fee_is_subtracted (plan)) {
    if (!plan->request->send_all && plan->total_sat < base_fee)
      return plan_fail (error, BUS_ERROR_INVALID_AMOUNT, WALLET_SPEND_BELOW_FEE);
  } else if (worth_of_coins (plan, all) + worth_of_coins (plan, plan->shared) - plan->total_sat < base_fee) {
    return plan_fail (error, BUS_ERROR_INSUFFICIENT_FUNDS, "There are not enough coins for this payment and its fee.");
  }
  return plan_fail_fee (plan, error);
}

/* Unconfirmed change is used only if confirmed coins are not enough: its parents may still be replaced. If coins of an
 * address are spent together, the remainder of one with very many is used last. */
static void
choose_in_order (WalletPlan *plan, gint64 base_fee)
{
  static const struct {
    gint32 min_depth;
    gboolean whole;
  } order[] = { { 1, TRUE }, { 0, TRUE }, { 0, FALSE } };
  const WalletSpendRequest *request = plan->request;
  guint first = request->send_all ? G_N_ELEMENTS (order) - 1 : 0;

  for (guint i = first; i < G_N_ELEMENTS (order) && plan->coins->len == 0; i++) {
    g_autoptr (GPtrArray) groups
        = wallet_group_coins (plan->spender->tracker, MAX (request->min_depth, order[i].min_depth),
                              request->avoid_reuse, plan->together, order[i].whole);
    choose_from (plan, groups, base_fee);
  }
}

static gboolean
choose_coins (WalletPlan *plan, GError **error)
{
  gint64 base_fee = wallet_fee_for_weight (plan->request->fee_rate, plan->base_weight + 4 * 3);

  if (!check_coins (plan, error))
    return FALSE;
  if (base_fee > plan->spender->policy->max_fee_sat)
    return refuse_base_fee (plan, base_fee, error);
  choose_in_order (plan, base_fee);
  if (plan->coins->len == 0)
    return plan_fail (error, BUS_ERROR_INSUFFICIENT_FUNDS, "There are not enough coins for this payment and its fee.");
  return add_up_coins (plan->coins, &plan->input_sat) || plan_fail (error, BUS_ERROR_FAILED, TOO_MUCH_TEXT);
}

/* Subtracts the fee from the payments with subtract_fee, in equal shares; the first one also pays the remainder. */
static gboolean
subtract_fee (WalletPlan *plan, GError **error)
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
    if (plan->amounts[i] < 0)
      return plan_fail (error, BUS_ERROR_INVALID_AMOUNT, WALLET_SPEND_BELOW_FEE);
    if (plan->amounts[i] == 0
        || plan->amounts[i]
               < wallet_dust_limit (plan->spender->policy, wallet_bytes_span (request->payments[i].script)))
      return plan_fail (error, BUS_ERROR_INVALID_AMOUNT, WALLET_SPEND_BELOW_DUST);
  }
  return TRUE;
}

/* Sets fee and change, so that inputs = payments + change + fee to the satoshi. */
static gboolean
balance_plan (WalletPlan *plan, GError **error)
{
  guint64 weight = plan->base_weight + weight_of_inputs (plan);
  gint64 fee = wallet_fee_for_weight (plan->request->fee_rate, weight);
  gint64 fee_with_change
      = wallet_fee_for_weight (plan->request->fee_rate, weight + output_weight (change_script_len[plan->change_type]));
  gboolean subtract = fee_is_subtracted (plan);
  gint64 left, dust = least_change (plan);

  if (weight > 400000)
    return plan_fail (error, BUS_ERROR_TOO_MANY_COINS,
                      "The payment needs too many small coins. Pay in two parts, or consolidate the coins first.");
  plan->fee_sat = fee;
  if (plan->request->send_all) {
    plan->amounts[0] = plan->input_sat - plan->total_sat - fee;
    if (plan->amounts[0]
        < wallet_dust_limit (plan->spender->policy, wallet_bytes_span (plan->request->payments[0].script)))
      return plan_fail (error, BUS_ERROR_INSUFFICIENT_FUNDS, "There are not enough coins for the fee.");
    return TRUE;
  }
  left = plan->input_sat - plan->total_sat - (subtract ? 0 : fee_with_change);
  if (left >= dust) {
    /* Without a change address, the change would go to the miner. */
    if (plan->change == NULL)
      plan->change = wallet_spender_take_change (plan->spender, plan->change_type, error);
    if (plan->change == NULL)
      return FALSE;
    plan->change_sat = left;
    plan->fee_sat = fee_with_change;
  } else {
    left = plan->input_sat - plan->total_sat;
    if (left < 0 || (!subtract && left < fee))
      return plan_fail (error, BUS_ERROR_INSUFFICIENT_FUNDS,
                        "There are not enough coins for this payment and its fee.");
    /* An amount that is too small for change increases the fee, or reduces the recipient's share of it. */
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

/* An independent check of the result: the sums balance, and the miner gets the chosen fee plus less than the smallest
 * change. */
static gboolean
check_sums (const WalletPlan *plan, GError **error)
{
  guint64 weight = plan->base_weight + weight_of_inputs (plan) + output_weight (change_script_len[plan->change_type]);
  gint64 most = wallet_fee_for_weight (plan->request->fee_rate, weight) + least_change (plan);
  gint64 out_sat = plan->change_sat, in_sat = 0;
  gboolean good = plan->change_sat >= 0 && (plan->change_sat == 0 || plan->change != NULL);

  for (guint i = 0; i < plan->coins->len; i++) {
    const WalletCoin *coin = g_ptr_array_index (plan->coins, i);
    good = good && btc_amount_add (in_sat, coin->out->value_sat, &in_sat);
  }
  for (guint i = 0; i < plan->request->n_payments; i++)
    good = good && plan->amounts[i] >= 0 && btc_amount_add (out_sat, plan->amounts[i], &out_sat);
  if (good && in_sat - out_sat == plan->fee_sat && plan->fee_sat >= 0 && plan->fee_sat <= most)
    return TRUE;
  return plan_fail (error, BUS_ERROR_FAILED, "The payment could not be created. Nothing was sent.");
}

guint64
wallet_plan_get_weight (const WalletPlan *plan)
{
  guint64 weight = plan->base_weight + weight_of_inputs (plan);

  return plan->change_sat > 0 ? weight + output_weight (change_script_len[plan->change_type]) : weight;
}

/* Coins, change and fee, for the amounts as they were requested. */
static gboolean
plan_complete (WalletPlan *plan, GError **error)
{
  if (!choose_coins (plan, error) || !balance_plan (plan, error) || !check_sums (plan, error))
    return FALSE;
  return plan->fee_sat <= plan->spender->policy->max_fee_sat || plan_fail_fee (plan, error);
}

/* Replaces PLAN by one that spends all coins of an address together, if the fee is at most -maxapsfee higher. AMOUNTS as
 * they were requested. */
static void
prefer_together (WalletPlan *plan, gint64 *amounts)
{
  g_autoptr (GPtrArray) coins = g_ptr_array_new ();
  WalletPlan other = *plan;

  other.together = TRUE;
  other.coins = coins;
  other.amounts = amounts;
  other.input_sat = other.change_sat = other.fee_sat = 0;
  /* Both use the same change address, of which one is taken at most. */
  if (plan_complete (&other, NULL) && other.fee_sat <= plan->fee_sat + plan->spender->policy->max_partial_fee_sat) {
    memcpy (plan->amounts, amounts, plan->request->n_payments * sizeof *amounts);
    g_ptr_array_set_size (plan->coins, 0);
    g_ptr_array_extend (plan->coins, coins, NULL, NULL);
    plan->input_sat = other.input_sat;
    plan->change_sat = other.change_sat;
    plan->fee_sat = other.fee_sat;
    plan->together = TRUE;
  }
  plan->change = other.change;
}

gboolean
wallet_plan_make (WalletPlan *plan, GError **error)
{
  const RpcWalletPolicy *policy = plan->spender->policy;
  g_autofree gint64 *amounts = NULL;

  if (!check_payments (plan, error) || !wallet_plan_find_refused (plan, error))
    return FALSE;
  plan->change_type = choose_change_type (plan);
  plan->together
      = policy->avoid_partial_spends || wallet_group_is_implied (plan->spender->tracker, plan->request->avoid_reuse);
  amounts = g_memdup2 (plan->amounts, plan->request->n_payments * sizeof *amounts);
  if (!plan_complete (plan, error))
    return FALSE;
  if (!plan->together && !plan->request->send_all && policy->max_partial_fee_sat >= 0)
    prefer_together (plan, amounts);
  return TRUE;
}
