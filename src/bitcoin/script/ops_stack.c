/* Operations that manipulate the stack, OP_SIZE and OP_EQUAL. */
#include "bitcoin/script/machine.h"

#include <string.h>

/* How many values OPCODE needs on the stack. */
static guint32
values_needed (guint8 opcode)
{
  switch (opcode) {
  case BTC_OP_DEPTH:
  case BTC_OP_FROMALTSTACK:
    return 0;
  case BTC_OP_2DROP:
  case BTC_OP_2DUP:
  case BTC_OP_NIP:
  case BTC_OP_OVER:
  case BTC_OP_PICK:
  case BTC_OP_ROLL:
  case BTC_OP_SWAP:
  case BTC_OP_TUCK:
  case BTC_OP_EQUAL:
  case BTC_OP_EQUALVERIFY:
    return 2;
  case BTC_OP_3DUP:
  case BTC_OP_ROT:
    return 3;
  case BTC_OP_2OVER:
  case BTC_OP_2SWAP:
    return 4;
  case BTC_OP_2ROT:
    return 6;
  default:
    return 1;
  }
}

/* Pushes a copy of the value at I from the top. */
static void
stack_copy (BtcStack *stack, guint32 i)
{
  stack->slots[stack->n] = *btc_stack_top (stack, i);
  stack->n++;
}

/* Moves the value at I from the top to the top. */
static void
stack_roll (BtcStack *stack, guint32 i)
{
  BtcElement moved = *btc_stack_top (stack, i);

  btc_stack_remove (stack, i);
  stack->slots[stack->n++] = moved;
}

static void
stack_tuck (BtcStack *stack)
{
  stack_copy (stack, 1);
  stack_roll (stack, 3);
  stack_roll (stack, 2);
}

static BtcScriptError
pick_or_roll (BtcMachine *machine, guint8 opcode)
{
  BtcStack *stack = machine->stack;
  gint64 n;

  if (!btc_element_read_number (btc_stack_top (stack, 1), (machine->spend->flags & BTC_VERIFY_MINIMALDATA) != 0, 4, &n))
    return BTC_SCRIPT_ERR_SCRIPTNUM;
  stack->n--;
  if (n < 0 || n >= (gint64) stack->n + stack->n_hidden)
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  if (n >= stack->n)
    return BTC_SCRIPT_ERR_STACK_SIZE; /* an item that is only counted: the stack is too large in any case */
  if (opcode == BTC_OP_PICK)
    stack_copy (stack, n + 1);
  else
    stack_roll (stack, n + 1);
  return BTC_SCRIPT_ERR_OK;
}

static BtcScriptError
stack_equal (BtcMachine *machine, guint8 opcode)
{
  BtcStack *stack = machine->stack;
  BtcSpan a = btc_element_span (btc_stack_top (stack, 2));
  BtcSpan b = btc_element_span (btc_stack_top (stack, 1));
  gboolean same = a.len == b.len && memcmp (a.data, b.data, a.len) == 0;

  stack->n -= 2;
  return btc_finish_bool (machine, same, opcode == BTC_OP_EQUALVERIFY, BTC_SCRIPT_ERR_EQUALVERIFY);
}

BtcScriptError
btc_op_stack (BtcMachine *machine, guint8 opcode)
{
  BtcStack *stack = machine->stack;

  if (stack->n < values_needed (opcode))
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  switch (opcode) {
  case BTC_OP_TOALTSTACK:
    btc_stack_to_alt (stack);
    break;
  case BTC_OP_FROMALTSTACK:
    if (stack->n_alt < 1)
      return BTC_SCRIPT_ERR_INVALID_ALTSTACK_OPERATION;
    btc_stack_from_alt (stack);
    break;
  case BTC_OP_2DROP:
    stack->n -= 2;
    break;
  case BTC_OP_2DUP:
    stack_copy (stack, 2);
    stack_copy (stack, 2);
    break;
  case BTC_OP_3DUP:
    stack_copy (stack, 3);
    stack_copy (stack, 3);
    stack_copy (stack, 3);
    break;
  case BTC_OP_2OVER:
    stack_copy (stack, 4);
    stack_copy (stack, 4);
    break;
  case BTC_OP_2ROT:
    stack_roll (stack, 6);
    stack_roll (stack, 6);
    break;
  case BTC_OP_2SWAP:
    stack_roll (stack, 4);
    stack_roll (stack, 4);
    break;
  case BTC_OP_IFDUP:
    if (btc_element_is_true (btc_stack_top (stack, 1)))
      stack_copy (stack, 1);
    break;
  case BTC_OP_DEPTH:
    btc_stack_push_number (stack, stack->n);
    break;
  case BTC_OP_DROP:
    stack->n--;
    break;
  case BTC_OP_DUP:
    stack_copy (stack, 1);
    break;
  case BTC_OP_NIP:
    btc_stack_remove (stack, 2);
    break;
  case BTC_OP_OVER:
    stack_copy (stack, 2);
    break;
  case BTC_OP_PICK:
  case BTC_OP_ROLL:
    return pick_or_roll (machine, opcode);
  case BTC_OP_ROT:
    stack_roll (stack, 3);
    break;
  case BTC_OP_SWAP:
    stack_roll (stack, 2);
    break;
  case BTC_OP_TUCK:
    stack_tuck (stack);
    break;
  case BTC_OP_SIZE:
    btc_stack_push_number (stack, btc_stack_top (stack, 1)->len);
    break;
  case BTC_OP_EQUAL:
  case BTC_OP_EQUALVERIFY:
    return stack_equal (machine, opcode);
  default:
    return BTC_SCRIPT_ERR_BAD_OPCODE;
  }
  return BTC_SCRIPT_ERR_OK;
}
