#pragma once

#include "wallet/spend/spender_private.h"

G_BEGIN_DECLS

/* A payment that is being planned. */
typedef struct {
  WalletSpender *spender;
  const WalletSpendRequest *request;
  gint64 *amounts; /* of the payments, after subtracting the fee */
  gint64 total_sat;
  guint64 base_weight; /* without inputs and change */
  GPtrArray *coins;    /* chosen */
  GPtrArray *shared;   /* coins of the payments that this one replaces: always spent */
  GByteArray *replaces;
  gboolean repeats;
  gboolean together; /* all coins of an address are spent together */
  gint64 input_sat;
  WalletAddressType change_type;
  GBytes *change;
  gint64 change_sat;
  gint64 fee_sat;
} WalletPlan;

/* Plans the payment; the caller sets SPENDER, REQUEST, AMOUNTS (with space for all payments) and the arrays (empty).
 * Afterwards inputs = payments + change + fee to the satoshi, and the fee is not below the rate, and above it only by
 * an amount that is too small for change. CHANGE may be set even if FALSE is returned. Errors as for
 * wallet_draft_create(). */
gboolean wallet_plan_make (WalletPlan *plan, GError **error);

/* groups.c: the spendable coins with at least MIN_DEPTH confirmations, as groups (GPtrArray of GPtrArray of WalletCoin)
 * of which all coins or none are spent. With TOGETHER, or with AVOID_REUSE in a wallet that has that flag, coins of one
 * address are a group, of at most 100; otherwise each coin is one. WHOLE leaves out an incomplete group of an address
 * that has several. The caller owns the array. */
GPtrArray *
wallet_group_coins (WalletTracker *tracker, gint32 min_depth, gboolean avoid_reuse, gboolean together, gboolean whole);
/* The coins of an address are spent together, whether or not TOGETHER. */
gboolean wallet_group_is_implied (WalletTracker *tracker, gboolean avoid_reuse);

/* replace.c: looks for rejected payments to the same recipients, and fills plan->shared, ->replaces and ->repeats. */
gboolean wallet_plan_find_refused (WalletPlan *plan, GError **error);

/* recipients.c: sets "ours" and "n_paid_before" of the recipients among ROWS, the outputs of the draft. */
void wallet_plan_mark_recipients (const WalletPlan *plan, GPtrArray *rows);

/* Of the transaction with its largest signatures. */
guint64 wallet_plan_get_weight (const WalletPlan *plan);

/* Borrowed. */
static inline BtcSpan
wallet_bytes_span (GBytes *bytes)
{
  BtcSpan span;

  span.data = g_bytes_get_data (bytes, &span.len);
  return span;
}

G_END_DECLS
