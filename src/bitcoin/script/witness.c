/* Witness programs (BIP 141) and running the scripts of witnesses. */
#include "bitcoin/script/machine.h"

#include <string.h>

static const BtcTxIn *
get_input (const BtcSpend *spend)
{
  return &spend->cache->tx->in[spend->in];
}

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
  const BtcTxIn *in = get_input (spend);
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

/* BIP 342: an OP_SUCCESSx anywhere makes the script succeed before any other rule, if all up to it can be read. TRUE
 * when there is an answer, in *ERROR. */
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

/* Version 0, 32 bytes: the SHA-256 of the script that is the last item. */
static BtcScriptError
verify_script_hash (const BtcSpend *spend, BtcSpan program)
{
  guint32 count = get_input (spend)->witness_count;
  guint8 hash32[32];
  BtcSpan script;

  if (count == 0)
    return BTC_SCRIPT_ERR_WITNESS_PROGRAM_WITNESS_EMPTY;
  btc_last_witness_items (get_input (spend), &script, 1);
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

  if (get_input (spend)->witness_count != 2)
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
  /* Pay to anchor needs no witness; every other program is for anyone until a soft fork gives it a meaning. */
  if (!(anchor && !is_p2sh) && (spend->flags & BTC_VERIFY_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM))
    return BTC_SCRIPT_ERR_DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM;
  return BTC_SCRIPT_ERR_OK;
}
