/* Conditionals, OP_VERIFY, OP_RETURN, and the no-operations. */
#include "bitcoin/script/machine.h"

/* A condition must be exactly the empty vector or exactly 0x01: by consensus in tapscript (BIP 342), by policy in
 * version 0 witnesses. */
static BtcScriptError
check_minimal_if (const BtcMachine *machine, BtcSpan condition)
{
  gboolean minimal = condition.len == 0 || (condition.len == 1 && condition.data[0] == 1);

  if (machine->version == BTC_SIGVERSION_TAPSCRIPT)
    return minimal ? BTC_SCRIPT_ERR_OK : BTC_SCRIPT_ERR_TAPSCRIPT_MINIMALIF;
  if (machine->version == BTC_SIGVERSION_WITNESS_V0 && (machine->spend->flags & BTC_VERIFY_MINIMALIF))
    return minimal ? BTC_SCRIPT_ERR_OK : BTC_SCRIPT_ERR_MINIMALIF;
  return BTC_SCRIPT_ERR_OK;
}

/* Only the outermost false branch is recorded, so that deep nesting costs nothing. */
static BtcScriptError
open_if (BtcMachine *machine, guint8 opcode, gboolean executing)
{
  gboolean value = FALSE;
  BtcScriptError error;

  if (executing) {
    BtcElement *top;

    if (machine->stack->n < 1)
      return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
    top = btc_stack_top (machine->stack, 1);
    error = check_minimal_if (machine, btc_element_span (top));
    if (error != BTC_SCRIPT_ERR_OK)
      return error;
    value = btc_element_is_true (top) == (opcode == BTC_OP_IF);
    machine->stack->n--;
  }
  if (!value && machine->first_false == BTC_NO_FALSE)
    machine->first_false = machine->depth;
  machine->depth++;
  return BTC_SCRIPT_ERR_OK;
}

static BtcScriptError
toggle_else (BtcMachine *machine)
{
  if (machine->depth == 0)
    return BTC_SCRIPT_ERR_UNBALANCED_CONDITIONAL;
  if (machine->first_false == BTC_NO_FALSE)
    machine->first_false = machine->depth - 1;
  else if (machine->first_false == machine->depth - 1)
    machine->first_false = BTC_NO_FALSE;
  return BTC_SCRIPT_ERR_OK;
}

static BtcScriptError
close_if (BtcMachine *machine)
{
  if (machine->depth == 0)
    return BTC_SCRIPT_ERR_UNBALANCED_CONDITIONAL;
  machine->depth--;
  if (machine->first_false == machine->depth)
    machine->first_false = BTC_NO_FALSE;
  return BTC_SCRIPT_ERR_OK;
}

BtcScriptError
btc_op_control (BtcMachine *machine, guint8 opcode, gboolean executing)
{
  switch (opcode) {
  case BTC_OP_NOP:
    return BTC_SCRIPT_ERR_OK;
  case BTC_OP_IF:
  case BTC_OP_NOTIF:
    return open_if (machine, opcode, executing);
  case BTC_OP_ELSE:
    return toggle_else (machine);
  case BTC_OP_ENDIF:
    return close_if (machine);
  case BTC_OP_VERIFY:
    if (machine->stack->n < 1)
      return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
    if (!btc_element_is_true (btc_stack_top (machine->stack, 1)))
      return BTC_SCRIPT_ERR_VERIFY;
    machine->stack->n--;
    return BTC_SCRIPT_ERR_OK;
  case BTC_OP_RETURN:
    return BTC_SCRIPT_ERR_OP_RETURN;
  default:
    return BTC_SCRIPT_ERR_BAD_OPCODE; /* OP_VER, and OP_VERIF and OP_VERNOTIF even where they are not executed */
  }
}
