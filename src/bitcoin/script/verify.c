/* Checks an input: its scriptSig, the script it spends, P2SH (BIP 16) and the witness (BIP 141). */
#include "bitcoin/script/machine.h"

#include <string.h>

static BtcScriptError
run_and_require_true (const BtcSpend *spend, BtcSpan script)
{
  BtcScriptError error = btc_eval (spend, script, BTC_SIGVERSION_BASE, NULL);

  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  if (spend->stack->n == 0 || !btc_element_is_true (btc_stack_top (spend->stack, 1)))
    return BTC_SCRIPT_ERR_EVAL_FALSE;
  return BTC_SCRIPT_ERR_OK;
}

/* BIP 141: the scriptSig of a program inside P2SH is exactly the push of the program, or it could be changed. */
static gboolean
is_exact_push (BtcSpan script_sig, BtcSpan redeem)
{
  return script_sig.len == redeem.len + 1 && script_sig.data[0] == redeem.len
         && memcmp (script_sig.data + 1, redeem.data, redeem.len) == 0;
}

/* The stack that a witness program leaves has been checked already: CLEANSTACK does not apply to it. */
static BtcScriptError
run_witness (const BtcSpend *spend, guint version, BtcSpan program, gboolean is_p2sh)
{
  BtcScriptError error = btc_verify_witness (spend, version, program, is_p2sh);

  spend->stack->n = 1;
  return error;
}

static BtcScriptError
run_redeem_script (const BtcSpend *spend, const BtcElement *redeem, gboolean *had_witness)
{
  BtcSpan script = btc_element_span (redeem);
  BtcSpan program;
  guint version;
  BtcScriptError error;

  if (!btc_script_is_push_only (btc_spend_input (spend)->script_sig))
    return BTC_SCRIPT_ERR_SIG_PUSHONLY;
  /* OP_HASH160 and OP_EQUAL have replaced the redeem script by TRUE; the items below it are still on the stack. */
  spend->stack->n--;
  error = run_and_require_true (spend, script);
  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  if (!(spend->flags & BTC_VERIFY_WITNESS) || !btc_script_is_witness_program (script, &version, &program))
    return BTC_SCRIPT_ERR_OK;
  *had_witness = TRUE;
  if (!is_exact_push (btc_spend_input (spend)->script_sig, script))
    return BTC_SCRIPT_ERR_WITNESS_MALLEATED_P2SH;
  return run_witness (spend, version, program, TRUE);
}

static BtcScriptError
run_bare_witness (const BtcSpend *spend, BtcSpan spent_script, gboolean *had_witness)
{
  BtcSpan program;
  guint version;

  if (!(spend->flags & BTC_VERIFY_WITNESS) || !btc_script_is_witness_program (spent_script, &version, &program))
    return BTC_SCRIPT_ERR_OK;
  *had_witness = TRUE;
  if (btc_spend_input (spend)->script_sig.len > 0)
    return BTC_SCRIPT_ERR_WITNESS_MALLEATED;
  return run_witness (spend, version, program, FALSE);
}

static BtcScriptError
verify_spend (const BtcSpend *spend, BtcSpan spent_script)
{
  const BtcTxIn *in = btc_spend_input (spend);
  gboolean p2sh = (spend->flags & BTC_VERIFY_P2SH) && btc_script_is_p2sh (spent_script);
  gboolean had_witness = FALSE;
  BtcElement redeem;
  BtcScriptError error;

  if ((spend->flags & BTC_VERIFY_SIGPUSHONLY) && !btc_script_is_push_only (in->script_sig))
    return BTC_SCRIPT_ERR_SIG_PUSHONLY;
  /* Executed one after the other on the same stack, never concatenated (CVE-2010-5141). */
  error = btc_eval (spend, in->script_sig, BTC_SIGVERSION_BASE, NULL);
  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  if (p2sh && spend->stack->n > 0)
    redeem = *btc_stack_top (spend->stack, 1);
  error = run_and_require_true (spend, spent_script);
  if (error == BTC_SCRIPT_ERR_OK)
    error = run_bare_witness (spend, spent_script, &had_witness);
  if (error == BTC_SCRIPT_ERR_OK && p2sh)
    error = run_redeem_script (spend, &redeem, &had_witness);
  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  if ((spend->flags & BTC_VERIFY_CLEANSTACK) && spend->stack->n != 1)
    return BTC_SCRIPT_ERR_CLEANSTACK;
  if ((spend->flags & BTC_VERIFY_WITNESS) && !had_witness && in->witness_count > 0)
    return BTC_SCRIPT_ERR_WITNESS_UNEXPECTED;
  return BTC_SCRIPT_ERR_OK;
}

BtcScriptError
btc_script_verify (const BtcSighashCache *cache,
                   guint32 in,
                   BtcSpan spent_script,
                   gint64 spent_value_sat,
                   BtcVerifyFlags flags,
                   const BtcSignatureCache *signatures)
{
  BtcStack stack;
  BtcSpend spend = { cache, in, spent_value_sat, flags, signatures, &stack };

  g_return_val_if_fail (in < cache->tx->n_in, BTC_SCRIPT_ERR_UNKNOWN_ERROR);

  stack.n = 0;
  stack.n_alt = 0;
  stack.n_hidden = 0;
  return verify_spend (&spend, spent_script);
}
