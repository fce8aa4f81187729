/* The items of a witness, and running its script on them. */
#include "bitcoin/script/machine.h"

void
btc_last_witness_items (const BtcTxIn *in, BtcSpan *last, guint n)
{
  BtcReader reader;

  btc_reader_init (&reader, in->witness.data, in->witness.len);
  for (guint32 i = 0; i < in->witness_count; i++) {
    BtcSpan item = btc_reader_bytes (&reader);
    guint32 from_end = in->witness_count - 1 - i;

    if (from_end < n)
      last[from_end] = item;
  }
}

/* The first N items of the witness onto the stack. */
static BtcScriptError
load_stack (const BtcSpend *spend, guint32 n)
{
  BtcStack *stack = spend->stack;
  const BtcTxIn *in = &spend->cache->tx->in[spend->in];
  BtcReader reader;

  stack->n = 0;
  stack->n_alt = 0;
  stack->n_hidden = n > BTC_MAX_FIRST_ITEMS ? n - BTC_MAX_FIRST_ITEMS : 0;
  btc_reader_init (&reader, in->witness.data, in->witness.len);
  for (guint32 i = 0; i < n; i++) {
    BtcSpan item = btc_reader_bytes (&reader);

    if (item.len > BTC_MAX_ELEMENT_SIZE)
      return BTC_SCRIPT_ERR_PUSH_SIZE;
    if (i >= stack->n_hidden)
      btc_stack_push_span (stack, item);
  }
  return BTC_SCRIPT_ERR_OK;
}

/* BIP 342: an OP_SUCCESSx anywhere makes the script succeed before any other rule, if everything before it can be
 * parsed. TRUE when this decides the result, which is in *ERROR. */
static gboolean
scan_for_success (const BtcSpend *spend, BtcSpan script, BtcScriptError *error)
{
  gsize pos = 0;
  guint8 opcode;
  BtcSpan push;

  while (pos < script.len) {
    if (!btc_script_next (script, &pos, &opcode, &push)) {
      *error = BTC_SCRIPT_ERR_BAD_OPCODE;
      return TRUE;
    }
    if (btc_opcode_is_success (opcode)) {
      *error
          = spend->flags & BTC_VERIFY_DISCOURAGE_OP_SUCCESS ? BTC_SCRIPT_ERR_DISCOURAGE_OP_SUCCESS : BTC_SCRIPT_ERR_OK;
      return TRUE;
    }
  }
  return FALSE;
}

BtcScriptError
btc_run_witness_script (const BtcSpend *spend, guint32 n, BtcSpan script, BtcSigVersion version, BtcTapContext *tap)
{
  BtcScriptError error;

  if (version == BTC_SIGVERSION_TAPSCRIPT) {
    if (scan_for_success (spend, script, &error))
      return error;
    if (n > BTC_MAX_STACK)
      return BTC_SCRIPT_ERR_STACK_SIZE;
  }
  error = load_stack (spend, n);
  if (error == BTC_SCRIPT_ERR_OK)
    error = btc_eval (spend, script, version, tap);
  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  if (spend->stack->n != 1)
    return BTC_SCRIPT_ERR_CLEANSTACK;
  return btc_element_is_true (btc_stack_top (spend->stack, 1)) ? BTC_SCRIPT_ERR_OK : BTC_SCRIPT_ERR_EVAL_FALSE;
}
