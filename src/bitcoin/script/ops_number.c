/* Arithmetic. Operands have at most four bytes, results may have five. */
#include "bitcoin/script/machine.h"

static gint64
apply_unary (guint8 opcode, gint64 a)
{
  switch (opcode) {
  case BTC_OP_1ADD:
    return a + 1;
  case BTC_OP_1SUB:
    return a - 1;
  case BTC_OP_NEGATE:
    return -a;
  case BTC_OP_ABS:
    return ABS (a);
  case BTC_OP_NOT:
    return a == 0;
  default:
    return a != 0; /* OP_0NOTEQUAL */
  }
}

static gint64
apply_binary (guint8 opcode, gint64 a, gint64 b)
{
  switch (opcode) {
  case BTC_OP_ADD:
    return a + b;
  case BTC_OP_SUB:
    return a - b;
  case BTC_OP_BOOLAND:
    return a != 0 && b != 0;
  case BTC_OP_BOOLOR:
    return a != 0 || b != 0;
  case BTC_OP_NUMEQUAL:
  case BTC_OP_NUMEQUALVERIFY:
    return a == b;
  case BTC_OP_NUMNOTEQUAL:
    return a != b;
  case BTC_OP_LESSTHAN:
    return a < b;
  case BTC_OP_GREATERTHAN:
    return a > b;
  case BTC_OP_LESSTHANOREQUAL:
    return a <= b;
  case BTC_OP_GREATERTHANOREQUAL:
    return a >= b;
  case BTC_OP_MIN:
    return MIN (a, b);
  default:
    return MAX (a, b); /* OP_MAX */
  }
}

/* Pops COUNT numbers, the deepest first in NUMBERS. */
static BtcScriptError
take_numbers (BtcMachine *machine, guint32 count, gint64 *numbers)
{
  BtcStack *stack = machine->stack;
  gboolean minimal = (machine->spend->flags & BTC_VERIFY_MINIMALDATA) != 0;

  if (stack->n < count)
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  for (guint32 i = 0; i < count; i++)
    if (!btc_element_read_number (btc_stack_top (stack, count - i), minimal, 4, &numbers[i]))
      return BTC_SCRIPT_ERR_SCRIPTNUM;
  stack->n -= count;
  return BTC_SCRIPT_ERR_OK;
}

BtcScriptError
btc_op_number (BtcMachine *machine, guint8 opcode)
{
  gint64 number[3];
  guint32 count = opcode == BTC_OP_WITHIN ? 3 : opcode >= BTC_OP_ADD ? 2 : 1;
  BtcScriptError error = take_numbers (machine, count, number);

  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  if (opcode == BTC_OP_NUMEQUALVERIFY)
    return number[0] == number[1] ? BTC_SCRIPT_ERR_OK : BTC_SCRIPT_ERR_NUMEQUALVERIFY;
  if (count == 3)
    btc_stack_push_bool (machine->stack, number[1] <= number[0] && number[0] < number[2]);
  else if (count == 2)
    btc_stack_push_number (machine->stack, apply_binary (opcode, number[0], number[1]));
  else
    btc_stack_push_number (machine->stack, apply_unary (opcode, number[0]));
  return BTC_SCRIPT_ERR_OK;
}
