/* OP_CHECKMULTISIG and OP_CHECKMULTISIGVERIFY:
 * ( dummy signature… n_signatures key… n_keys -- bool ). */
#include "bitcoin/script/machine.h"
#include "bitcoin/script/signature_encoding.h"

/* The positions of the parts, counted from the top of the stack. */
typedef struct {
  gint64 n_keys;
  gint64 n_signatures;
  guint32 first_key;
  guint32 first_signature;
  guint32 dummy;
} Layout;

/* Counts out of range abort the script; the result is not false. */
static BtcScriptError
read_layout (BtcMachine *machine, Layout *layout)
{
  BtcStack *stack = machine->stack;
  gboolean minimal = (machine->spend->flags & BTC_VERIFY_MINIMALDATA) != 0;

  if (stack->n < 1)
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  if (!btc_element_read_number (btc_stack_top (stack, 1), minimal, 4, &layout->n_keys))
    return BTC_SCRIPT_ERR_SCRIPTNUM;
  if (layout->n_keys < 0 || layout->n_keys > BTC_MAX_MULTISIG_KEYS)
    return BTC_SCRIPT_ERR_PUBKEY_COUNT;
  machine->op_count += layout->n_keys;
  if (machine->op_count > BTC_MAX_OPS)
    return BTC_SCRIPT_ERR_OP_COUNT;
  layout->first_key = 2;
  if (stack->n < layout->n_keys + 2)
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  if (!btc_element_read_number (btc_stack_top (stack, layout->n_keys + 2), minimal, 4, &layout->n_signatures))
    return BTC_SCRIPT_ERR_SCRIPTNUM;
  if (layout->n_signatures < 0 || layout->n_signatures > layout->n_keys)
    return BTC_SCRIPT_ERR_SIG_COUNT;
  layout->first_signature = layout->n_keys + 3;
  layout->dummy = layout->first_signature + layout->n_signatures;
  if (stack->n < layout->dummy)
    return BTC_SCRIPT_ERR_INVALID_STACK_OPERATION;
  return BTC_SCRIPT_ERR_OK;
}

static BtcSpan
get_span (BtcMachine *machine, guint32 from_top)
{
  return btc_element_span (btc_stack_top (machine->stack, from_top));
}

/* Deletes all of the signatures from *CODE before any of them is checked. *CLEANED owns what *CODE then points to. */
static BtcScriptError
clean_code (BtcMachine *machine, const Layout *layout, BtcSpan *code, GByteArray **cleaned)
{
  for (gint64 i = 0; i < layout->n_signatures; i++) {
    GByteArray *shorter = btc_find_and_delete (*code, get_span (machine, layout->first_signature + i));

    if (shorter == NULL)
      continue;
    g_clear_pointer (cleaned, g_byte_array_unref);
    *cleaned = shorter;
    *code = (BtcSpan){ shorter->data, shorter->len };
    if (machine->spend->flags & BTC_VERIFY_CONST_SCRIPTCODE)
      return BTC_SCRIPT_ERR_SIG_FINDANDDELETE;
  }
  return BTC_SCRIPT_ERR_OK;
}

/* Signatures and keys are in the same order; a key that does not match is not tried again. */
static BtcScriptError
check_all (BtcMachine *machine, const Layout *layout, BtcSighashMemo *memo, BtcSpan code, gboolean *good)
{
  BtcVerifyFlags flags = machine->spend->flags;
  guint32 key_at = layout->first_key, signature_at = layout->first_signature;
  gint64 keys_left = layout->n_keys, signatures_left = layout->n_signatures;
  BtcScriptError error;

  while (signatures_left > 0 && signatures_left <= keys_left) {
    BtcSpan signature = get_span (machine, signature_at);
    BtcSpan key = get_span (machine, key_at);

    error = btc_signature_check_encoding (signature, flags);
    if (error == BTC_SCRIPT_ERR_OK)
      error = btc_pubkey_check_encoding (key, flags, machine->version == BTC_SIGVERSION_WITNESS_V0);
    if (error != BTC_SCRIPT_ERR_OK)
      return error;
    if (btc_check_ecdsa (machine, memo, signature, key, code)) {
      signature_at++;
      signatures_left--;
    }
    key_at++;
    keys_left--;
  }
  *good = signatures_left == 0;
  return BTC_SCRIPT_ERR_OK;
}

static BtcScriptError
multisig_check (BtcMachine *machine, const Layout *layout, gboolean *good)
{
  BtcSpan code = { machine->script.data + machine->code_start, machine->script.len - machine->code_start };
  g_autoptr (GByteArray) cleaned = NULL;
  BtcSighashMemo memo = { 0 };
  BtcScriptError error;

  if (machine->version == BTC_SIGVERSION_BASE) {
    error = clean_code (machine, layout, &code, &cleaned);
    if (error != BTC_SCRIPT_ERR_OK)
      return error;
  }
  return check_all (machine, layout, cleaned != NULL ? &memo : &machine->memo, code, good);
}

BtcScriptError
btc_op_multisig (BtcMachine *machine, guint8 opcode)
{
  BtcStack *stack = machine->stack;
  BtcVerifyFlags flags = machine->spend->flags;
  gboolean good = FALSE;
  Layout layout;
  BtcScriptError error;

  if (machine->version == BTC_SIGVERSION_TAPSCRIPT)
    return BTC_SCRIPT_ERR_TAPSCRIPT_CHECKMULTISIG;
  error = read_layout (machine, &layout);
  if (error == BTC_SCRIPT_ERR_OK)
    error = multisig_check (machine, &layout, &good);
  if (error != BTC_SCRIPT_ERR_OK)
    return error;
  if (!good && (flags & BTC_VERIFY_NULLFAIL)) /* BIP 146 */
    for (gint64 i = 0; i < layout.n_signatures; i++)
      if (btc_stack_top (stack, layout.first_signature + i)->len > 0)
        return BTC_SCRIPT_ERR_SIG_NULLFAIL;
  /* One item more than needed is popped: a bug of the original client that is now a consensus rule. BIP 147 requires it
   * to be empty. */
  if ((flags & BTC_VERIFY_NULLDUMMY) && btc_stack_top (stack, layout.dummy)->len > 0)
    return BTC_SCRIPT_ERR_SIG_NULLDUMMY;
  stack->n -= layout.dummy;
  return btc_finish_bool (machine, good, opcode == BTC_OP_CHECKMULTISIGVERIFY, BTC_SCRIPT_ERR_CHECKMULTISIGVERIFY);
}
