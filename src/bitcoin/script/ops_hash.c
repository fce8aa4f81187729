/* Hash operations. */
#include "bitcoin/script/machine.h"

BtcScriptError
btc_op_hash (BtcMachine *machine, guint8 opcode)
{
  BtcStack *stack = machine->stack;
  guint8 hash[32];
  gsize len = 32;
  BtcSpan in;

  if (stack->n < 1)
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  in = btc_element_span (btc_stack_top (stack, 1));
  switch (opcode) {
  case BTC_OP_RIPEMD160:
    btc_ripemd160 (in.data, in.len, hash);
    len = 20;
    break;
  case BTC_OP_SHA1:
    btc_sha1 (in.data, in.len, hash);
    len = 20;
    break;
  case BTC_OP_SHA256:
    btc_sha256 (in.data, in.len, hash);
    break;
  case BTC_OP_HASH160:
    btc_hash160 (in.data, in.len, hash);
    len = 20;
    break;
  default: /* OP_HASH256 */
    btc_sha256d (in.data, in.len, hash);
    break;
  }
  stack->n--;
  btc_stack_push_copy (stack, hash, len);
  return BTC_SCRIPT_ERR_OK;
}
