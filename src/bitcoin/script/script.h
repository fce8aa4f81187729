#pragma once

#include "bitcoin/primitives/serialize.h"
#include "bitcoin/script/opcodes.h"

G_BEGIN_DECLS

/* Scripts as bytes: opcodes (see opcodes.h), walking, the standard forms, building. Pure, any thread. */

#define BTC_MAX_SCRIPT_SIZE 10000
#define BTC_MAX_ELEMENT_SIZE 520
#define BTC_MAX_MULTISIG_KEYS 20

/* Reads the next operation at *POS. FALSE at the end and at a truncated push (then *POS < len). *PUSH is what it
 * pushes; an empty span with data NULL for operations that push nothing. */
gboolean btc_script_next (BtcSpan script, gsize *pos, guint8 *opcode, BtcSpan *push);

typedef enum {
  BTC_SCRIPT_NONSTANDARD,
  BTC_SCRIPT_PUBKEY,
  BTC_SCRIPT_PUBKEYHASH,
  BTC_SCRIPT_SCRIPTHASH,
  BTC_SCRIPT_MULTISIG,
  BTC_SCRIPT_NULL_DATA,
  BTC_SCRIPT_WITNESS_V0_KEYHASH,
  BTC_SCRIPT_WITNESS_V0_SCRIPTHASH,
  BTC_SCRIPT_WITNESS_V1_TAPROOT,
  BTC_SCRIPT_ANCHOR,
  BTC_SCRIPT_WITNESS_UNKNOWN,
} BtcScriptType;

/* Which standard form SCRIPT has. *DATA (may be NULL) becomes its key, hash or program. */
BtcScriptType btc_script_classify (BtcSpan script, BtcSpan *data);

/* A bare multisig: *REQUIRED of *N_KEYS keys, each of 33 or 65 bytes, in script order. */
gboolean
btc_script_match_multisig (BtcSpan script, guint *required, BtcSpan keys[BTC_MAX_MULTISIG_KEYS], guint *n_keys);
const char *btc_script_type_name (BtcScriptType type); /* the reference's: "pubkeyhash", "witness_v0_keyhash", … */

gboolean btc_script_is_p2sh (BtcSpan script);
gboolean btc_script_is_push_only (BtcSpan script); /* BIP 16: nothing above OP_16, no truncated push */
/* The redeem script of BIP 16: what the last operation of a push-only SCRIPT_SIG pushes, empty for a small number.
 * FALSE: SCRIPT_SIG is empty or not push-only. *LAST points into SCRIPT_SIG. */
gboolean btc_script_last_push (BtcSpan script_sig, BtcSpan *last);
/* VERSION and PROGRAM may be NULL. */
gboolean btc_script_is_witness_program (BtcSpan script, guint *version, BtcSpan *program);
gboolean btc_script_is_anchor (BtcSpan script);      /* pay to anchor: OP_1 <4e73> */
gboolean btc_script_is_unspendable (BtcSpan script); /* starts with OP_RETURN, or is longer than 10,000 bytes */

/* Legacy signature operations; ACCURATE counts the keys of a multisig where they are known (BIP 16). */
guint btc_script_count_sigops (BtcSpan script, gboolean accurate);

/* BIP 62 rule 3: was this the shortest way to push DATA? OPCODE is at most OP_PUSHDATA4. */
gboolean btc_script_push_is_minimal (BtcSpan data, guint8 opcode);

/* Builders append to OUT. */
void btc_script_write_push (GByteArray *out, const guint8 *data, gsize len); /* length and bytes, never OP_1 to OP_16 */
void btc_script_write_number (GByteArray *out, gint64 number); /* OP_0, OP_1NEGATE, OP_1 to OP_16, or a push */
void btc_script_write_p2pkh (GByteArray *out, const guint8 hash20[20]);
void btc_script_write_p2sh (GByteArray *out, const guint8 hash20[20]);
void btc_script_write_witness (GByteArray *out, guint version, const guint8 *program, gsize len);

/* The reference's text form ("OP_DUP OP_HASH160 <hex> …"). The caller owns it. */
char *btc_script_to_asm (BtcSpan script, gboolean decode_sighash);

G_END_DECLS
