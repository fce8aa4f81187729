/* Runs one script: reads its operations, enforces the limits, and dispatches each operation to its group. */
#include "bitcoin/script/machine.h"

static BtcScriptError
eval_execute (BtcMachine *machine, guint8 opcode, gboolean executing)
{
  if (opcode >= BTC_OP_NOP && opcode <= BTC_OP_RETURN)
    return btc_op_control (machine, opcode, executing);
  if (opcode == BTC_OP_1NEGATE || (opcode >= BTC_OP_1 && opcode <= BTC_OP_16)) {
    btc_stack_push_number (machine->stack, (gint64) opcode - (BTC_OP_1 - 1));
    return BTC_SCRIPT_ERR_OK;
  }
  if ((opcode >= BTC_OP_TOALTSTACK && opcode <= BTC_OP_TUCK) || opcode == BTC_OP_SIZE || opcode == BTC_OP_EQUAL
      || opcode == BTC_OP_EQUALVERIFY)
    return btc_op_stack (machine, opcode);
  if (opcode >= BTC_OP_1ADD && opcode <= BTC_OP_WITHIN)
    return btc_op_number (machine, opcode);
  if (opcode >= BTC_OP_RIPEMD160 && opcode <= BTC_OP_HASH256)
    return btc_op_hash (machine, opcode);
  if (opcode >= BTC_OP_NOP1 && opcode <= BTC_OP_NOP10)
    return btc_op_lock (machine, opcode);
  switch (opcode) {
  case BTC_OP_CODESEPARATOR:
    machine->code_start = machine->pos;
    machine->separator_index = machine->op_index;
    return BTC_SCRIPT_ERR_OK;
  case BTC_OP_CHECKSIG:
  case BTC_OP_CHECKSIGVERIFY:
    return btc_op_checksig (machine, opcode);
  case BTC_OP_CHECKMULTISIG:
  case BTC_OP_CHECKMULTISIGVERIFY:
    return btc_op_multisig (machine, opcode);
  case BTC_OP_CHECKSIGADD:
    return btc_op_checksigadd (machine);
  default:
    return BTC_SCRIPT_ERR_BAD_OPCODE;
  }
}

/* Rules for operations that apply even in a branch that is not executed. */
static BtcScriptError
check_operation (BtcMachine *machine, guint8 opcode, BtcSpan push)
{
  if (push.len > BTC_MAX_ELEMENT_SIZE)
    return BTC_SCRIPT_ERR_PUSH_SIZE;
  /* BIP 342 removes the limit on operations. */
  if (machine->version != BTC_SIGVERSION_TAPSCRIPT && opcode > BTC_OP_16 && ++machine->op_count > BTC_MAX_OPS)
    return BTC_SCRIPT_ERR_OP_COUNT;
  if (btc_opcode_is_disabled (opcode))
    return BTC_SCRIPT_ERR_DISABLED_OPCODE;
  if (opcode == BTC_OP_CODESEPARATOR && machine->version == BTC_SIGVERSION_BASE
      && (machine->spend->flags & BTC_VERIFY_CONST_SCRIPTCODE))
    return BTC_SCRIPT_ERR_OP_CODESEPARATOR;
  return BTC_SCRIPT_ERR_OK;
}

static BtcScriptError
eval_step (BtcMachine *machine)
{
  gboolean executing = machine->first_false == BTC_NO_FALSE;
  guint8 opcode;
  BtcSpan push;
  BtcScriptError error;

  if (!btc_script_next (machine->script, &machine->pos, &opcode, &push))
    return BTC_SCRIPT_ERR_BAD_OPCODE;
  error = check_operation (machine, opcode, push);
  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  if (opcode <= BTC_OP_PUSHDATA4) {
    if (!executing)
      return BTC_SCRIPT_ERR_OK;
    if ((machine->spend->flags & BTC_VERIFY_MINIMALDATA) && !btc_script_push_is_minimal (push, opcode))
      return BTC_SCRIPT_ERR_MINIMALDATA;
    btc_stack_push_span (machine->stack, push);
  } else if (executing || (opcode >= BTC_OP_IF && opcode <= BTC_OP_ENDIF)) {
    error = eval_execute (machine, opcode, executing);
    if (error != BTC_SCRIPT_ERR_OK)
      return error;
  }
  return BTC_SCRIPT_ERR_OK;
}

BtcScriptError
btc_eval (const BtcSpend *spend, BtcSpan script, BtcSigVersion version, BtcTapContext *tap)
{
  BtcMachine machine;
  BtcScriptError error;

  if (version != BTC_SIGVERSION_TAPSCRIPT && script.len > BTC_MAX_SCRIPT_SIZE)
    return BTC_SCRIPT_ERR_SCRIPT_SIZE;
  machine.spend = spend;
  machine.stack = spend->stack;
  machine.stack->n_alt = 0;
  machine.version = version;
  machine.script = script;
  machine.pos = 0;
  machine.code_start = 0;
  machine.op_index = 0;
  machine.separator_index = G_MAXUINT32;
  machine.depth = 0;
  machine.first_false = BTC_NO_FALSE;
  machine.op_count = 0;
  machine.tap = tap;
  for (guint i = 0; i < BTC_SIGHASH_MEMO_SIZE; i++)
    machine.memo.filled[i] = FALSE;
  for (; machine.pos < script.len; machine.op_index++) {
    error = eval_step (&machine);
    if (error != BTC_SCRIPT_ERR_OK)
      return error;
    if (machine.stack->n_hidden + machine.stack->n + machine.stack->n_alt > BTC_MAX_STACK)
      return BTC_SCRIPT_ERR_STACK_SIZE;
  }
  return machine.depth == 0 ? BTC_SCRIPT_ERR_OK : BTC_SCRIPT_ERR_UNBALANCED_CONDITIONAL;
}
