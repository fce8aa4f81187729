#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The result of checking a block, a header or a transaction against the rules. A verdict is about the data, never about
 * this machine: a full disk is a GError. */
typedef enum {
  BTC_VERDICT_OK,
  BTC_VERDICT_CONSENSUS, /* violates a consensus rule */
  BTC_VERDICT_MUTATED,   /* the data does not match its header; the header may still be valid */
  BTC_VERDICT_INVALID_HEADER,
  BTC_VERDICT_INVALID_PREV,
  BTC_VERDICT_MISSING_PREV,
  BTC_VERDICT_CACHED_INVALID,
  BTC_VERDICT_TIME_FUTURE,
  BTC_VERDICT_HEADER_LOW_WORK,
  BTC_VERDICT_POLICY, /* a transaction that this node does not relay */
  BTC_VERDICT_MISSING_INPUTS,
  BTC_VERDICT_PREMATURE_SPEND,
  BTC_VERDICT_CONFLICT, /* already known, or conflicts with another transaction */
} BtcVerdictClass;

typedef struct {
  BtcVerdictClass verdict;
  const char *reason; /* the reference's reject reason ("bad-txnmrklroot"), static; NULL when OK */
  char debug[384];    /* more for the log; "" when there is none */
} BtcVerdict;

/* Fill in *VERDICT and return FALSE, so that a check can end with `return btc_verdict_fail (…)`. REASON is static;
 * FORMAT is NULL or the format of `debug`. */
gboolean btc_verdict_fail (BtcVerdict *verdict, BtcVerdictClass how, const char *reason, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
void btc_verdict_clear (BtcVerdict *verdict); /* OK */

/* "reason, debug" as the reference writes it. The caller owns it. */
char *btc_verdict_dup_text (const BtcVerdict *verdict);

G_END_DECLS
