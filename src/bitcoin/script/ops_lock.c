/* OP_CHECKLOCKTIMEVERIFY (BIP 65), OP_CHECKSEQUENCEVERIFY (BIP 112), and the NOPs reserved for soft forks. */
#include "bitcoin/script/machine.h"

#define SEQUENCE_VALUE_MASK (BTC_SEQUENCE_IS_TIME | BTC_SEQUENCE_MASK)

static gboolean
lock_time_reached (const BtcMachine *machine, gint64 wanted)
{
  gint64 lock_time = machine->spend->cache->tx->locktime;

  /* Heights are compared with heights only, times with times. */
  if ((lock_time < BTC_LOCKTIME_THRESHOLD) != (wanted < BTC_LOCKTIME_THRESHOLD) || wanted > lock_time)
    return FALSE;
  /* The lock time is not enforced if the input is final. */
  return btc_spend_input (machine->spend)->sequence != BTC_SEQUENCE_FINAL;
}

static gboolean
sequence_reached (const BtcMachine *machine, gint64 wanted)
{
  gint64 sequence = btc_spend_input (machine->spend)->sequence;

  /* The version is unsigned here, as in BIP 68. */
  if (machine->spend->cache->tx->version < 2 || (sequence & BTC_SEQUENCE_DISABLE))
    return FALSE;
  sequence &= SEQUENCE_VALUE_MASK;
  wanted &= SEQUENCE_VALUE_MASK;
  return (sequence & BTC_SEQUENCE_IS_TIME) == (wanted & BTC_SEQUENCE_IS_TIME) && wanted <= sequence;
}

/* Five bytes, so that all 32 bits of a lock time can be expressed. The operand stays on the stack. */
static BtcScriptError
read_operand (BtcMachine *machine, gint64 *operand)
{
  if (machine->stack->n < 1)
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  if (!btc_element_read_number (btc_stack_top (machine->stack, 1),
                                (machine->spend->flags & BTC_VERIFY_MINIMALDATA) != 0, 5, operand))
    return BTC_SCRIPT_ERR_SCRIPTNUM;
  return *operand < 0 ? BTC_SCRIPT_ERR_NEGATIVE_LOCKTIME : BTC_SCRIPT_ERR_OK;
}

static BtcScriptError
check_lock_time (BtcMachine *machine)
{
  gint64 wanted;
  BtcScriptError error = read_operand (machine, &wanted);

  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  return lock_time_reached (machine, wanted) ? BTC_SCRIPT_ERR_OK : BTC_SCRIPT_ERR_UNSATISFIED_LOCKTIME;
}

static BtcScriptError
check_sequence (BtcMachine *machine)
{
  gint64 wanted;
  BtcScriptError error = read_operand (machine, &wanted);

  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  if (wanted & BTC_SEQUENCE_DISABLE)
    return BTC_SCRIPT_ERR_OK;
  return sequence_reached (machine, wanted) ? BTC_SCRIPT_ERR_OK : BTC_SCRIPT_ERR_UNSATISFIED_LOCKTIME;
}

BtcScriptError
btc_op_lock (BtcMachine *machine, guint8 opcode)
{
  BtcVerifyFlags flags = machine->spend->flags;

  if (opcode == BTC_OP_CHECKLOCKTIMEVERIFY)
    return flags & BTC_VERIFY_CHECKLOCKTIMEVERIFY ? check_lock_time (machine) : BTC_SCRIPT_ERR_OK;
  if (opcode == BTC_OP_CHECKSEQUENCEVERIFY)
    return flags & BTC_VERIFY_CHECKSEQUENCEVERIFY ? check_sequence (machine) : BTC_SCRIPT_ERR_OK;
  if (flags & BTC_VERIFY_DISCOURAGE_UPGRADABLE_NOPS)
    return BTC_SCRIPT_ERR_DISCOURAGE_UPGRADABLE_NOPS;
  return BTC_SCRIPT_ERR_OK;
}
