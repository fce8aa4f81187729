#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The operations of the script language, by their byte. */
typedef enum {
  BTC_OP_0 = 0x00,
  BTC_OP_PUSHDATA1 = 0x4c, /* 0x01 to 0x4b push that many bytes */
  BTC_OP_PUSHDATA2 = 0x4d,
  BTC_OP_PUSHDATA4 = 0x4e,
  BTC_OP_1NEGATE = 0x4f,
  BTC_OP_RESERVED = 0x50,
  BTC_OP_1 = 0x51,
  BTC_OP_2 = 0x52,
  BTC_OP_3 = 0x53,
  BTC_OP_16 = 0x60,
  BTC_OP_NOP = 0x61,
  BTC_OP_VER = 0x62,
  BTC_OP_IF = 0x63,
  BTC_OP_NOTIF = 0x64,
  BTC_OP_VERIF = 0x65,
  BTC_OP_VERNOTIF = 0x66,
  BTC_OP_ELSE = 0x67,
  BTC_OP_ENDIF = 0x68,
  BTC_OP_VERIFY = 0x69,
  BTC_OP_RETURN = 0x6a,
  BTC_OP_TOALTSTACK = 0x6b,
  BTC_OP_FROMALTSTACK = 0x6c,
  BTC_OP_2DROP = 0x6d,
  BTC_OP_2DUP = 0x6e,
  BTC_OP_3DUP = 0x6f,
  BTC_OP_2OVER = 0x70,
  BTC_OP_2ROT = 0x71,
  BTC_OP_2SWAP = 0x72,
  BTC_OP_IFDUP = 0x73,
  BTC_OP_DEPTH = 0x74,
  BTC_OP_DROP = 0x75,
  BTC_OP_DUP = 0x76,
  BTC_OP_NIP = 0x77,
  BTC_OP_OVER = 0x78,
  BTC_OP_PICK = 0x79,
  BTC_OP_ROLL = 0x7a,
  BTC_OP_ROT = 0x7b,
  BTC_OP_SWAP = 0x7c,
  BTC_OP_TUCK = 0x7d,
  BTC_OP_CAT = 0x7e,
  BTC_OP_SUBSTR = 0x7f,
  BTC_OP_LEFT = 0x80,
  BTC_OP_RIGHT = 0x81,
  BTC_OP_SIZE = 0x82,
  BTC_OP_INVERT = 0x83,
  BTC_OP_AND = 0x84,
  BTC_OP_OR = 0x85,
  BTC_OP_XOR = 0x86,
  BTC_OP_EQUAL = 0x87,
  BTC_OP_EQUALVERIFY = 0x88,
  BTC_OP_RESERVED1 = 0x89,
  BTC_OP_RESERVED2 = 0x8a,
  BTC_OP_1ADD = 0x8b,
  BTC_OP_1SUB = 0x8c,
  BTC_OP_2MUL = 0x8d,
  BTC_OP_2DIV = 0x8e,
  BTC_OP_NEGATE = 0x8f,
  BTC_OP_ABS = 0x90,
  BTC_OP_NOT = 0x91,
  BTC_OP_0NOTEQUAL = 0x92,
  BTC_OP_ADD = 0x93,
  BTC_OP_SUB = 0x94,
  BTC_OP_MUL = 0x95,
  BTC_OP_DIV = 0x96,
  BTC_OP_MOD = 0x97,
  BTC_OP_LSHIFT = 0x98,
  BTC_OP_RSHIFT = 0x99,
  BTC_OP_BOOLAND = 0x9a,
  BTC_OP_BOOLOR = 0x9b,
  BTC_OP_NUMEQUAL = 0x9c,
  BTC_OP_NUMEQUALVERIFY = 0x9d,
  BTC_OP_NUMNOTEQUAL = 0x9e,
  BTC_OP_LESSTHAN = 0x9f,
  BTC_OP_GREATERTHAN = 0xa0,
  BTC_OP_LESSTHANOREQUAL = 0xa1,
  BTC_OP_GREATERTHANOREQUAL = 0xa2,
  BTC_OP_MIN = 0xa3,
  BTC_OP_MAX = 0xa4,
  BTC_OP_WITHIN = 0xa5,
  BTC_OP_RIPEMD160 = 0xa6,
  BTC_OP_SHA1 = 0xa7,
  BTC_OP_SHA256 = 0xa8,
  BTC_OP_HASH160 = 0xa9,
  BTC_OP_HASH256 = 0xaa,
  BTC_OP_CODESEPARATOR = 0xab,
  BTC_OP_CHECKSIG = 0xac,
  BTC_OP_CHECKSIGVERIFY = 0xad,
  BTC_OP_CHECKMULTISIG = 0xae,
  BTC_OP_CHECKMULTISIGVERIFY = 0xaf,
  BTC_OP_NOP1 = 0xb0,
  BTC_OP_CHECKLOCKTIMEVERIFY = 0xb1, /* BIP 65; NOP2 before */
  BTC_OP_CHECKSEQUENCEVERIFY = 0xb2, /* BIP 112; NOP3 before */
  BTC_OP_NOP4 = 0xb3,
  BTC_OP_NOP10 = 0xb9,
  BTC_OP_CHECKSIGADD = 0xba, /* BIP 342 */
  BTC_OP_INVALIDOPCODE = 0xff
} BtcOpcode;

/* How the reference's text form writes OPCODE: "OP_DUP", "0", "-1", "16"; "OP_UNKNOWN" for an opcode without a name.
 * Static. */
const char *btc_opcode_name (guint8 opcode);

/* The opcode of a name with or without "OP_" ("DUP", "OP_DUP", "NOP2"); pushes (below OP_NOP, but for OP_RESERVED) have
 * none. FALSE when there is no such name. */
gboolean btc_opcode_by_name (const char *name, gsize len, guint8 *opcode);

/* BIP 342: an OP_SUCCESSx of tapscript. */
gboolean btc_opcode_is_success (guint8 opcode);

/* Disabled permanently: fails even if it is not executed (CVE-2010-5137). */
gboolean btc_opcode_is_disabled (guint8 opcode);

G_END_DECLS
