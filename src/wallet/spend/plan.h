#pragma once

#include "wallet/spend/spender_private.h"

G_BEGIN_DECLS

/* A payment while it is planned. */
typedef struct {
  WalletSpender *spender;
  const WalletSpendRequest *request;
  gint64 *amounts; /* of the payments; what they become after the fee */
  gint64 total_sat;
  guint64 base_weight; /* without inputs and change */
  GPtrArray *coins;    /* chosen */
  GPtrArray *shared;   /* coins of the payments that this one replaces: spent in any case */
  GByteArray *replaces;
  gboolean repeats;
  gint64 input_sat;
  WalletAddressType change_type;
  GBytes *change;
  gint64 change_sat;
  gint64 fee_sat;
} WalletPlan;

/* Fills in what REQUEST leaves open; SPENDER, REQUEST, AMOUNTS (room for all payments) and the arrays (empty) are set.
 * So that inputs = payments + change + fee to the satoshi, the fee is not below the rate, and above it only by an
 * amount too small for change. CHANGE may be set also when FALSE is returned. Errors as wallet_draft_create(). */
gboolean wallet_plan_make (WalletPlan *plan, GError **error);

/* replace.c: looks for kept payments to the same recipients, and fills plan->shared, ->replaces and ->repeats. */
gboolean wallet_plan_find_refused (WalletPlan *plan, GError **error);

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
