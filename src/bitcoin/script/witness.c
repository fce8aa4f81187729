/* Witness programs (BIP 141). */
#include "bitcoin/script/machine.h"

#include <string.h>

/* Version 0, 32 bytes: the SHA-256 of the script that is the last item. */
static BtcScriptError
verify_script_hash (const BtcSpend *spend, BtcSpan program)
{
  guint32 count = btc_spend_input (spend)->witness_count;
  guint8 hash32[32];
  BtcSpan script;

  if (count == 0)
    return BTC_SCRIPT_ERR_WITNESS_PROGRAM_WITNESS_EMPTY;
  btc_last_witness_items (btc_spend_input (spend), &script, 1);
  btc_sha256 (script.data, script.len, hash32);
  if (memcmp (hash32, program.data, 32) != 0)
    return BTC_SCRIPT_ERR_WITNESS_PROGRAM_MISMATCH;
  return btc_run_witness_script (spend, count - 1, script, BTC_SIGVERSION_WITNESS_V0, NULL);
}

/* Version 0, 20 bytes: the hash of the key that is the second of two items. Runs the script of a P2PKH. */
static BtcScriptError
verify_key_hash (const BtcSpend *spend, BtcSpan program)
{
  guint8 script[25] = { BTC_OP_DUP, BTC_OP_HASH160, 20, [23] = BTC_OP_EQUALVERIFY, [24] = BTC_OP_CHECKSIG };

  if (btc_spend_input (spend)->witness_count != 2)
    return BTC_SCRIPT_ERR_WITNESS_PROGRAM_MISMATCH;
  memcpy (script + 3, program.data, 20);
  return btc_run_witness_script (spend, 2, (BtcSpan){ script, sizeof script }, BTC_SIGVERSION_WITNESS_V0, NULL);
}

BtcScriptError
btc_verify_witness (const BtcSpend *spend, guint version, BtcSpan program, gboolean is_p2sh)
{
  gboolean anchor = version == 1 && program.len == 2 && program.data[0] == 0x4e && program.data[1] == 0x73;

  if (version == 0 && program.len == 32)
    return verify_script_hash (spend, program);
  if (version == 0 && program.len == 20)
    return verify_key_hash (spend, program);
  if (version == 0)
    return BTC_SCRIPT_ERR_WITNESS_PROGRAM_WRONG_LENGTH;
  if (version == 1 && program.len == 32 && !is_p2sh)
    return spend->flags & BTC_VERIFY_TAPROOT ? btc_verify_taproot (spend, program) : BTC_SCRIPT_ERR_OK;
  /* Pay to anchor needs no witness; anyone can spend every other program until a soft fork defines it. */
  if (!(anchor && !is_p2sh) && (spend->flags & BTC_VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM))
    return BTC_SCRIPT_ERR_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM;
  return BTC_SCRIPT_ERR_OK;
}
