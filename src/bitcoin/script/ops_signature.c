/* OP_CHECKSIG, OP_CHECKSIGVERIFY and OP_CHECKSIGADD. */
#include "bitcoin/script/machine.h"
#include "bitcoin/script/signature_encoding.h"

#include <string.h>

GByteArray *
btc_find_and_delete (BtcSpan script_code, BtcSpan signature)
{
  g_autoptr (GByteArray) pattern = g_byte_array_sized_new (signature.len + 5);
  g_autoptr (GByteArray) kept = NULL;
  gsize pos = 0, from = 0;
  guint8 opcode;
  BtcSpan push;

  btc_script_write_push (pattern, signature.data, signature.len);
  if (memmem (script_code.data, script_code.len, pattern->data, pattern->len) == NULL)
    return NULL;
  /* The pattern is matched where an operation begins, and again where a deleted one ends. Bytes are compared: a
   * signature that was pushed in another form is not deleted. */
  for (;;) {
    gsize begin = pos;

    while (script_code.len - pos >= pattern->len && memcmp (script_code.data + pos, pattern->data, pattern->len) == 0)
      pos += pattern->len;
    if (pos > begin) {
      if (kept == NULL)
        kept = g_byte_array_sized_new (script_code.len);
      btc_write_data (kept, script_code.data + from, begin - from);
      from = pos;
    }
    if (!btc_script_next (script_code, &pos, &opcode, &push))
      break;
  }
  if (kept != NULL)
    btc_write_data (kept, script_code.data + from, script_code.len - from);
  return g_steal_pointer (&kept);
}

static BtcScriptError
checksig_ecdsa (BtcMachine *machine, BtcSpan signature, BtcSpan key, gboolean *good)
{
  BtcVerifyFlags flags = machine->spend->flags;
  BtcSpan code = { machine->script.data + machine->code_start, machine->script.len - machine->code_start };
  BtcSighashMemo *memo = &machine->memo;
  BtcSighashMemo memo_of_cleaned = { .filled = { FALSE } };
  g_autoptr (GByteArray) cleaned = NULL;
  BtcScriptError error;

  if (machine->version == BTC_SIGVERSION_BASE)
    cleaned = btc_find_and_delete (code, signature);
  if (cleaned != NULL) {
    if (flags & BTC_VERIFY_CONST_SCRIPTCODE)
      return BTC_SCRIPT_ERR_SIG_FINDANDDELETE;
    code = (BtcSpan){ cleaned->data, cleaned->len };
    memo = &memo_of_cleaned;
  }
  error = btc_signature_check_encoding (signature, flags);
  if (error == BTC_SCRIPT_ERR_OK)
    error = btc_pubkey_check_encoding (key, flags, machine->version == BTC_SIGVERSION_WITNESS_V0);
  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  *good = btc_check_ecdsa (machine, memo, signature, key, code);
  if (!*good && (flags & BTC_VERIFY_NULLFAIL) && signature.len > 0)
    return BTC_SCRIPT_ERR_SIG_NULLFAIL;
  return BTC_SCRIPT_ERR_OK;
}

/* BIP 342. The order of the checks matters: the validation weight is charged first, regardless of the key. */
static BtcScriptError
checksig_tapscript (BtcMachine *machine, BtcSpan signature, BtcSpan key, gboolean *good)
{
  BtcTapContext *tap = machine->tap;

  *good = signature.len > 0;
  if (*good) {
    tap->weight_left -= 50;
    if (tap->weight_left < 0)
      return BTC_SCRIPT_ERR_TAPSCRIPT_VALIDATION_WEIGHT;
  }
  if (key.len == 0)
    return BTC_SCRIPT_ERR_TAPSCRIPT_EMPTY_PUBKEY;
  if (key.len != 32) /* an unknown key type: any signature is valid */
    return machine->spend->flags & BTC_VERIFY_DISCOURAGE_UPGRADABLE_PUBKEYTYPE
               ? BTC_SCRIPT_ERR_DISCOURAGE_UPGRADABLE_PUBKEYTYPE
               : BTC_SCRIPT_ERR_OK;
  if (!*good)
    return BTC_SCRIPT_ERR_OK;
  return btc_check_schnorr (machine->spend, signature, key.data, tap->annex_sha32, tap->leaf32,
                            machine->separator_index);
}

static BtcScriptError
run_checksig (BtcMachine *machine, BtcSpan signature, BtcSpan key, gboolean *good)
{
  switch (machine->version) {
  case BTC_SIGVERSION_BASE:
  case BTC_SIGVERSION_WITNESS_V0:
    return checksig_ecdsa (machine, signature, key, good);
  case BTC_SIGVERSION_TAPSCRIPT:
    return checksig_tapscript (machine, signature, key, good);
  }
  g_return_val_if_reached (BTC_SCRIPT_ERR_UNKNOWN_ERROR);
}

BtcScriptError
btc_op_checksig (BtcMachine *machine, guint8 opcode)
{
  BtcStack *stack = machine->stack;
  gboolean good = FALSE;
  BtcScriptError error;

  if (stack->n < 2)
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  error = run_checksig (machine, btc_element_span (btc_stack_top (stack, 2)),
                        btc_element_span (btc_stack_top (stack, 1)), &good);
  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  stack->n -= 2;
  return btc_finish_bool (machine, good, opcode == BTC_OP_CHECKSIGVERIFY, BTC_SCRIPT_ERR_CHECKSIGVERIFY);
}

/* ( signature number key -- number + 1 or number ) */
BtcScriptError
btc_op_checksigadd (BtcMachine *machine)
{
  BtcStack *stack = machine->stack;
  gboolean good = FALSE;
  gint64 number;
  BtcScriptError error;

  if (machine->version != BTC_SIGVERSION_TAPSCRIPT)
    return BTC_SCRIPT_ERR_BAD_OPCODE;
  if (stack->n < 3)
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  if (!btc_element_read_number (btc_stack_top (stack, 2), (machine->spend->flags & BTC_VERIFY_MINIMALDATA) != 0, 4,
                                &number))
    return BTC_SCRIPT_ERR_SCRIPTNUM;
  error = run_checksig (machine, btc_element_span (btc_stack_top (stack, 3)),
                        btc_element_span (btc_stack_top (stack, 1)), &good);
  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  stack->n -= 3;
  btc_stack_push_number (stack, number + (good ? 1 : 0));
  return BTC_SCRIPT_ERR_OK;
}
