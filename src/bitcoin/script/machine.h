#pragma once

#include "bitcoin/crypto/hash.h"
#include "bitcoin/script/hash_writer.h"
#include "bitcoin/script/interpreter.h"
#include "bitcoin/script/script.h"

G_BEGIN_DECLS

/* The internals of the interpreter, private to its files. Nothing here allocates memory while a script is executed. */

#define BTC_MAX_STACK 1000
#define BTC_MAX_OPS 201

/* A witness may begin with more than BTC_MAX_STACK items if its first operation takes enough of them: a multisig takes
 * 43 at most. With more than BTC_MAX_FIRST_ITEMS every script fails, but the error depends on the first operation: the
 * topmost items are kept for it, and the others are only counted. */
#define BTC_MAX_FIRST_ITEMS (BTC_MAX_STACK + 64)
#define BTC_STACK_SLOTS (BTC_MAX_FIRST_ITEMS + 8)

/* A value on the stack: bytes of a script or witness, which outlive the execution, or a short result stored
 * in place. */
typedef struct {
  const guint8 *data; /* NULL: in `small` */
  guint32 len;
  guint8 small[36];
} BtcElement;

/* The main stack grows from the front, the alternative one from the back. */
typedef struct {
  guint32 n;
  guint32 n_alt;
  guint32 n_hidden; /* below the main stack: items that are only counted */
  BtcElement slots[BTC_STACK_SLOTS];
} BtcStack;

static inline BtcSpan
btc_element_span (const BtcElement *element)
{
  return (BtcSpan){ element->data != NULL ? element->data : element->small, element->len };
}

/* I counts from the top, which is 1. */
static inline BtcElement *
btc_stack_top (BtcStack *stack, guint32 i)
{
  return &stack->slots[stack->n - i];
}

/* The interpreter ensures that there is always room for what one operation pushes. */
static inline void
btc_stack_push_span (BtcStack *stack, BtcSpan bytes)
{
  BtcElement *element = &stack->slots[stack->n++];

  if (bytes.len == 0) {
    element->data = NULL;
    element->len = 0;
    return;
  }
  element->data = bytes.data;
  element->len = bytes.len;
}

void btc_stack_push_copy (BtcStack *stack, const guint8 *data, gsize len); /* at most 36 bytes */
void btc_stack_push_bool (BtcStack *stack, gboolean value);                /* 0x01, or nothing */
void btc_stack_push_number (BtcStack *stack, gint64 number);
void btc_stack_remove (BtcStack *stack, guint32 i); /* counted from the top */
void btc_stack_to_alt (BtcStack *stack);
void btc_stack_from_alt (BtcStack *stack);

gboolean btc_element_is_true (const BtcElement *element);

/* Numbers are little-endian with a sign bit, and at most MAX_LEN bytes. MINIMAL requires the shortest form. */
gboolean btc_element_read_number (const BtcElement *element, gboolean minimal, gsize max_len, gint64 *number);

typedef enum { BTC_SIGVERSION_BASE, BTC_SIGVERSION_WITNESS_V0, BTC_SIGVERSION_TAPSCRIPT } BtcSigVersion;

/* The input whose scripts are checked. */
typedef struct {
  const BtcSighashCache *cache;
  guint32 in;
  gint64 value_sat;
  BtcVerifyFlags flags;
  const BtcSignatureCache *signatures; /* or NULL */
  BtcStack *stack;
} BtcSpend;

static inline const BtcTxIn *
btc_spend_input (const BtcSpend *spend)
{
  return &spend->cache->tx->in[spend->in];
}

/* BIP 341/342: the context in which a tapscript is executed. */
typedef struct {
  const guint8 *annex_sha32; /* or NULL */
  const guint8 *leaf32;
  gint64 weight_left; /* signature checks that succeed cost 50 each */
} BtcTapContext;

/* Signature hashes of one script code, complete except for the four bytes of the hash type, so that a large transaction
 * is not hashed again for each of many signatures of one script. One entry for each way of hashing. */
#define BTC_SIGHASH_MEMO_SIZE 6
typedef struct {
  gboolean filled[BTC_SIGHASH_MEMO_SIZE];
  BtcSpan code[BTC_SIGHASH_MEMO_SIZE];
  BtcSha256 prefix[BTC_SIGHASH_MEMO_SIZE];
} BtcSighashMemo;

/* A script that is being executed. */
typedef struct {
  const BtcSpend *spend;
  BtcStack *stack;
  BtcSigVersion version;
  BtcSpan script;
  gsize pos;
  gsize code_start;        /* after the last executed OP_CODESEPARATOR */
  guint32 op_index;        /* index of the current operation */
  guint32 separator_index; /* of the last OP_CODESEPARATOR, 0xffffffff: none */
  guint32 depth;           /* open conditionals */
  guint32 first_false;     /* depth of the outermost one that is false; NO_FALSE: all are true */
  gint op_count;
  BtcTapContext *tap; /* NULL unless tapscript */
  BtcSighashMemo memo;
} BtcMachine;
#define BTC_NO_FALSE G_MAXUINT32

/* Each executes one operation of its group. */
BtcScriptError btc_op_control (BtcMachine *machine, guint8 opcode, gboolean executing);
BtcScriptError btc_op_lock (BtcMachine *machine, guint8 opcode);
BtcScriptError btc_op_stack (BtcMachine *machine, guint8 opcode);
BtcScriptError btc_op_number (BtcMachine *machine, guint8 opcode);
BtcScriptError btc_op_hash (BtcMachine *machine, guint8 opcode);
BtcScriptError btc_op_checksig (BtcMachine *machine, guint8 opcode);
BtcScriptError btc_op_checksigadd (BtcMachine *machine);
BtcScriptError btc_op_multisig (BtcMachine *machine, guint8 opcode);

/* Pushes VALUE; with VERIFY it pushes nothing, and fails with ERROR if VALUE is FALSE. */
BtcScriptError btc_finish_bool (BtcMachine *machine, gboolean value, gboolean verify, BtcScriptError error);

/* The bytes of SCRIPT_CODE without the pushes of SIGNATURE; NULL when there are none (the usual case). */
GByteArray *btc_find_and_delete (BtcSpan script_code, BtcSpan signature);

/* ECDSA, with the signature hash of MACHINE's version. */
gboolean
btc_check_ecdsa (BtcMachine *machine, BtcSighashMemo *memo, BtcSpan signature, BtcSpan key, BtcSpan script_code);

/* Schnorr; LEAF32 NULL means the key path. */
BtcScriptError btc_check_schnorr (const BtcSpend *spend,
                                  BtcSpan signature,
                                  const guint8 key32[32],
                                  const guint8 *annex_sha32,
                                  const guint8 *leaf32,
                                  guint32 separator_index);

/* Parts of the signature hash before the hash type; see sighash.c and sighash_witness.c. */
void
btc_sighash_legacy_prefix (BtcHashWriter *writer, const BtcTx *tx, guint32 in, BtcSpan script_code, guint32 hash_type);
void btc_sighash_witness_v0_prefix (BtcHashWriter *writer,
                                    const BtcSighashCache *cache,
                                    guint32 in,
                                    BtcSpan script_code,
                                    gint64 value_sat,
                                    guint32 hash_type);

/* Runs SCRIPT on the stack of SPEND. */
BtcScriptError btc_eval (const BtcSpend *spend, BtcSpan script, BtcSigVersion version, BtcTapContext *tap);

/* BIPs 141, 341: checks PROGRAM against the witness of the input. */
BtcScriptError btc_verify_witness (const BtcSpend *spend, guint version, BtcSpan program, gboolean is_p2sh);
BtcScriptError btc_verify_taproot (const BtcSpend *spend, BtcSpan program);

/* Pushes the first N items of the witness onto the (emptied) stack and runs SCRIPT, which must leave exactly one true
 * value. */
BtcScriptError
btc_run_witness_script (const BtcSpend *spend, guint32 n, BtcSpan script, BtcSigVersion version, BtcTapContext *tap);

/* The last N (at most 3) items of the witness, last first. */
void btc_last_witness_items (const BtcTxIn *in, BtcSpan *last, guint n);

G_END_DECLS
