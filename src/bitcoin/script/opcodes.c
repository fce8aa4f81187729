#include "bitcoin/script/opcodes.h"

#include <string.h>

static const char *const names[256] = {
  [BTC_OP_0] = "0",
  [BTC_OP_PUSHDATA1] = "OP_PUSHDATA1",
  [BTC_OP_PUSHDATA2] = "OP_PUSHDATA2",
  [BTC_OP_PUSHDATA4] = "OP_PUSHDATA4",
  [BTC_OP_1NEGATE] = "-1",
  [BTC_OP_RESERVED] = "OP_RESERVED",
  [BTC_OP_1] = "1",
  [0x52] = "2",
  [0x53] = "3",
  [0x54] = "4",
  [0x55] = "5",
  [0x56] = "6",
  [0x57] = "7",
  [0x58] = "8",
  [0x59] = "9",
  [0x5a] = "10",
  [0x5b] = "11",
  [0x5c] = "12",
  [0x5d] = "13",
  [0x5e] = "14",
  [0x5f] = "15",
  [BTC_OP_16] = "16",
  [BTC_OP_NOP] = "OP_NOP",
  [BTC_OP_VER] = "OP_VER",
  [BTC_OP_IF] = "OP_IF",
  [BTC_OP_NOTIF] = "OP_NOTIF",
  [BTC_OP_VERIF] = "OP_VERIF",
  [BTC_OP_VERNOTIF] = "OP_VERNOTIF",
  [BTC_OP_ELSE] = "OP_ELSE",
  [BTC_OP_ENDIF] = "OP_ENDIF",
  [BTC_OP_VERIFY] = "OP_VERIFY",
  [BTC_OP_RETURN] = "OP_RETURN",
  [BTC_OP_TOALTSTACK] = "OP_TOALTSTACK",
  [BTC_OP_FROMALTSTACK] = "OP_FROMALTSTACK",
  [BTC_OP_2DROP] = "OP_2DROP",
  [BTC_OP_2DUP] = "OP_2DUP",
  [BTC_OP_3DUP] = "OP_3DUP",
  [BTC_OP_2OVER] = "OP_2OVER",
  [BTC_OP_2ROT] = "OP_2ROT",
  [BTC_OP_2SWAP] = "OP_2SWAP",
  [BTC_OP_IFDUP] = "OP_IFDUP",
  [BTC_OP_DEPTH] = "OP_DEPTH",
  [BTC_OP_DROP] = "OP_DROP",
  [BTC_OP_DUP] = "OP_DUP",
  [BTC_OP_NIP] = "OP_NIP",
  [BTC_OP_OVER] = "OP_OVER",
  [BTC_OP_PICK] = "OP_PICK",
  [BTC_OP_ROLL] = "OP_ROLL",
  [BTC_OP_ROT] = "OP_ROT",
  [BTC_OP_SWAP] = "OP_SWAP",
  [BTC_OP_TUCK] = "OP_TUCK",
  [BTC_OP_CAT] = "OP_CAT",
  [BTC_OP_SUBSTR] = "OP_SUBSTR",
  [BTC_OP_LEFT] = "OP_LEFT",
  [BTC_OP_RIGHT] = "OP_RIGHT",
  [BTC_OP_SIZE] = "OP_SIZE",
  [BTC_OP_INVERT] = "OP_INVERT",
  [BTC_OP_AND] = "OP_AND",
  [BTC_OP_OR] = "OP_OR",
  [BTC_OP_XOR] = "OP_XOR",
  [BTC_OP_EQUAL] = "OP_EQUAL",
  [BTC_OP_EQUALVERIFY] = "OP_EQUALVERIFY",
  [BTC_OP_RESERVED1] = "OP_RESERVED1",
  [BTC_OP_RESERVED2] = "OP_RESERVED2",
  [BTC_OP_1ADD] = "OP_1ADD",
  [BTC_OP_1SUB] = "OP_1SUB",
  [BTC_OP_2MUL] = "OP_2MUL",
  [BTC_OP_2DIV] = "OP_2DIV",
  [BTC_OP_NEGATE] = "OP_NEGATE",
  [BTC_OP_ABS] = "OP_ABS",
  [BTC_OP_NOT] = "OP_NOT",
  [BTC_OP_0NOTEQUAL] = "OP_0NOTEQUAL",
  [BTC_OP_ADD] = "OP_ADD",
  [BTC_OP_SUB] = "OP_SUB",
  [BTC_OP_MUL] = "OP_MUL",
  [BTC_OP_DIV] = "OP_DIV",
  [BTC_OP_MOD] = "OP_MOD",
  [BTC_OP_LSHIFT] = "OP_LSHIFT",
  [BTC_OP_RSHIFT] = "OP_RSHIFT",
  [BTC_OP_BOOLAND] = "OP_BOOLAND",
  [BTC_OP_BOOLOR] = "OP_BOOLOR",
  [BTC_OP_NUMEQUAL] = "OP_NUMEQUAL",
  [BTC_OP_NUMEQUALVERIFY] = "OP_NUMEQUALVERIFY",
  [BTC_OP_NUMNOTEQUAL] = "OP_NUMNOTEQUAL",
  [BTC_OP_LESSTHAN] = "OP_LESSTHAN",
  [BTC_OP_GREATERTHAN] = "OP_GREATERTHAN",
  [BTC_OP_LESSTHANOREQUAL] = "OP_LESSTHANOREQUAL",
  [BTC_OP_GREATERTHANOREQUAL] = "OP_GREATERTHANOREQUAL",
  [BTC_OP_MIN] = "OP_MIN",
  [BTC_OP_MAX] = "OP_MAX",
  [BTC_OP_WITHIN] = "OP_WITHIN",
  [BTC_OP_RIPEMD160] = "OP_RIPEMD160",
  [BTC_OP_SHA1] = "OP_SHA1",
  [BTC_OP_SHA256] = "OP_SHA256",
  [BTC_OP_HASH160] = "OP_HASH160",
  [BTC_OP_HASH256] = "OP_HASH256",
  [BTC_OP_CODESEPARATOR] = "OP_CODESEPARATOR",
  [BTC_OP_CHECKSIG] = "OP_CHECKSIG",
  [BTC_OP_CHECKSIGVERIFY] = "OP_CHECKSIGVERIFY",
  [BTC_OP_CHECKMULTISIG] = "OP_CHECKMULTISIG",
  [BTC_OP_CHECKMULTISIGVERIFY] = "OP_CHECKMULTISIGVERIFY",
  [BTC_OP_NOP1] = "OP_NOP1",
  [BTC_OP_CHECKLOCKTIMEVERIFY] = "OP_CHECKLOCKTIMEVERIFY",
  [BTC_OP_CHECKSEQUENCEVERIFY] = "OP_CHECKSEQUENCEVERIFY",
  [BTC_OP_NOP4] = "OP_NOP4",
  [0xb4] = "OP_NOP5",
  [0xb5] = "OP_NOP6",
  [0xb6] = "OP_NOP7",
  [0xb7] = "OP_NOP8",
  [0xb8] = "OP_NOP9",
  [BTC_OP_NOP10] = "OP_NOP10",
  [BTC_OP_CHECKSIGADD] = "OP_CHECKSIGADD",
  [BTC_OP_INVALIDOPCODE] = "OP_INVALIDOPCODE",
};

const char *
btc_opcode_name (guint8 opcode)
{
  return names[opcode] != NULL ? names[opcode] : "OP_UNKNOWN";
}

static gboolean
name_is (const char *full, const char *name, gsize len)
{
  return strlen (full) == len && memcmp (full, name, len) == 0;
}

gboolean
btc_opcode_by_name (const char *name, gsize len, guint8 *opcode)
{
  if (name_is ("NOP2", name, len) || name_is ("OP_NOP2", name, len)) {
    *opcode = BTC_OP_CHECKLOCKTIMEVERIFY;
    return TRUE;
  }
  if (name_is ("NOP3", name, len) || name_is ("OP_NOP3", name, len)) {
    *opcode = BTC_OP_CHECKSEQUENCEVERIFY;
    return TRUE;
  }
  for (guint i = BTC_OP_RESERVED; i <= BTC_OP_CHECKSIGADD; i++) {
    if ((i > BTC_OP_RESERVED && i < BTC_OP_NOP) || names[i] == NULL)
      continue;
    if (name_is (names[i], name, len) || name_is (names[i] + strlen ("OP_"), name, len)) {
      *opcode = i;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
btc_opcode_is_success (guint8 opcode)
{
  return opcode == 80 || opcode == 98 || (opcode >= 126 && opcode <= 129) || (opcode >= 131 && opcode <= 134)
         || (opcode >= 137 && opcode <= 138) || (opcode >= 141 && opcode <= 142) || (opcode >= 149 && opcode <= 153)
         || (opcode >= 187 && opcode <= 254);
}

gboolean
btc_opcode_is_disabled (guint8 opcode)
{
  switch (opcode) {
  case BTC_OP_CAT:
  case BTC_OP_SUBSTR:
  case BTC_OP_LEFT:
  case BTC_OP_RIGHT:
  case BTC_OP_INVERT:
  case BTC_OP_AND:
  case BTC_OP_OR:
  case BTC_OP_XOR:
  case BTC_OP_2MUL:
  case BTC_OP_2DIV:
  case BTC_OP_MUL:
  case BTC_OP_DIV:
  case BTC_OP_MOD:
  case BTC_OP_LSHIFT:
  case BTC_OP_RSHIFT:
    return TRUE;
  default:
    return FALSE;
  }
}
