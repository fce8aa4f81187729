/* Counting signature operations: the original way (also in code that never runs), BIP 16 and BIP 141. */
#include "bitcoin/script/interpreter.h"
#include "bitcoin/script/script.h"

guint
btc_script_count_sigops (BtcSpan script, gboolean accurate)
{
  gsize pos = 0;
  guint8 opcode, before = BTC_OP_INVALIDOPCODE;
  BtcSpan push;
  guint count = 0;

  /* A truncated push ends the count, but the operations before it count. */
  while (btc_script_next (script, &pos, &opcode, &push)) {
    if (opcode == BTC_OP_CHECKSIG || opcode == BTC_OP_CHECKSIGVERIFY)
      count++;
    else if (opcode == BTC_OP_CHECKMULTISIG || opcode == BTC_OP_CHECKMULTISIGVERIFY)
      count += accurate && before >= BTC_OP_1 && before <= BTC_OP_16 ? before - BTC_OP_1 + 1u : BTC_MAX_MULTISIG_KEYS;
    before = opcode;
  }
  return count;
}

static guint
count_witness (const BtcTxIn *in, guint version, BtcSpan program)
{
  if (version != 0)
    return 0;
  if (program.len == 20)
    return 1;
  if (program.len == 32 && in->witness_count > 0)
    return btc_script_count_sigops (btc_tx_in_witness_item (in, in->witness_count - 1), TRUE);
  return 0;
}

guint
btc_script_input_sigop_cost (const BtcTxIn *in, BtcSpan spent_script, BtcVerifyFlags flags)
{
  BtcSpan redeem, program;
  guint version;
  guint cost = 0;

  if (btc_script_is_p2sh (spent_script)) {
    if (!btc_script_last_push (in->script_sig, &redeem))
      return 0;
    if (flags & BTC_VERIFY_P2SH)
      cost += BTC_WITNESS_SCALE * btc_script_count_sigops (redeem, TRUE);
    if ((flags & BTC_VERIFY_WITNESS) && btc_script_is_witness_program (redeem, &version, &program))
      cost += count_witness (in, version, program);
  } else if ((flags & BTC_VERIFY_WITNESS) && btc_script_is_witness_program (spent_script, &version, &program)) {
    cost += count_witness (in, version, program);
  }
  return cost;
}
