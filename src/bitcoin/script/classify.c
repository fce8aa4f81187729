/* The standard forms of output scripts. */
#include "bitcoin/script/script.h"

/* The length of a public key with this first byte; 0 if it is invalid. */
static gsize
key_len (guint8 first)
{
  if (first == 0x02 || first == 0x03)
    return 33;
  if (first == 0x04 || first == 0x06 || first == 0x07)
    return 65;
  return 0;
}

static gboolean
is_key (BtcSpan key)
{
  return key.len > 0 && key_len (key.data[0]) == key.len;
}

static gboolean
match_pubkey (BtcSpan script, BtcSpan *key)
{
  if ((script.len != 35 && script.len != 67) || script.data[0] != script.len - 2
      || script.data[script.len - 1] != BTC_OP_CHECKSIG)
    return FALSE;
  *key = (BtcSpan){ script.data + 1, script.len - 2 };
  return is_key (*key);
}

static gboolean
match_pubkeyhash (BtcSpan script, BtcSpan *hash)
{
  if (script.len != 25 || script.data[0] != BTC_OP_DUP || script.data[1] != BTC_OP_HASH160 || script.data[2] != 20
      || script.data[23] != BTC_OP_EQUALVERIFY || script.data[24] != BTC_OP_CHECKSIG)
    return FALSE;
  *hash = (BtcSpan){ script.data + 3, 20 };
  return TRUE;
}

/* A count from MIN to 20, as OP_n or, above 16, as the shortest push. 0 for anything else. */
static guint
key_count (guint8 opcode, BtcSpan push, guint min)
{
  guint count = 0;

  if (opcode >= BTC_OP_1 && opcode <= BTC_OP_16)
    count = opcode - BTC_OP_1 + 1u;
  else if (opcode <= BTC_OP_PUSHDATA4 && push.len == 1 && btc_script_push_is_minimal (push, opcode))
    count = push.data[0];
  return count >= min && count <= BTC_MAX_MULTISIG_KEYS ? count : 0;
}

gboolean
btc_script_match_multisig (BtcSpan script, guint *required, BtcSpan keys[BTC_MAX_MULTISIG_KEYS], guint *n_keys)
{
  gsize pos = 0;
  guint8 opcode;
  BtcSpan push;
  guint n = 0;

  if (script.len == 0 || script.data[script.len - 1] != BTC_OP_CHECKMULTISIG)
    return FALSE;
  if (!btc_script_next (script, &pos, &opcode, &push))
    return FALSE;
  *required = key_count (opcode, push, 1);
  if (*required == 0)
    return FALSE;
  for (;;) {
    if (!btc_script_next (script, &pos, &opcode, &push))
      return FALSE;
    if (!is_key (push))
      break;
    if (n == BTC_MAX_MULTISIG_KEYS)
      return FALSE;
    keys[n++] = push;
  }
  *n_keys = n;
  return n > 0 && key_count (opcode, push, *required) == n && pos + 1 == script.len;
}

static BtcScriptType
classify_witness (BtcSpan script, guint version, gsize program_len)
{
  if (version == 0 && program_len == 20)
    return BTC_SCRIPT_WITNESS_V0_KEYHASH;
  if (version == 0 && program_len == 32)
    return BTC_SCRIPT_WITNESS_V0_SCRIPTHASH;
  if (version == 1 && program_len == 32)
    return BTC_SCRIPT_WITNESS_V1_TAPROOT;
  if (btc_script_is_anchor (script))
    return BTC_SCRIPT_ANCHOR;
  return version != 0 ? BTC_SCRIPT_WITNESS_UNKNOWN : BTC_SCRIPT_NONSTANDARD;
}

BtcScriptType
btc_script_classify (BtcSpan script, BtcSpan *data)
{
  BtcSpan found = { NULL, 0 };
  BtcSpan keys[BTC_MAX_MULTISIG_KEYS];
  BtcScriptType type = BTC_SCRIPT_NONSTANDARD;
  guint version, required, n_keys;

  if (btc_script_is_p2sh (script)) {
    found = (BtcSpan){ script.data + 2, 20 };
    type = BTC_SCRIPT_SCRIPTHASH;
  } else if (btc_script_is_witness_program (script, &version, &found)) {
    type = classify_witness (script, version, found.len);
  } else if (script.len > 0 && script.data[0] == BTC_OP_RETURN
             && btc_script_is_push_only ((BtcSpan){ script.data + 1, script.len - 1 })) {
    type = BTC_SCRIPT_NULL_DATA;
  } else if (match_pubkey (script, &found)) {
    type = BTC_SCRIPT_PUBKEY;
  } else if (match_pubkeyhash (script, &found)) {
    type = BTC_SCRIPT_PUBKEYHASH;
  } else if (btc_script_match_multisig (script, &required, keys, &n_keys)) {
    type = BTC_SCRIPT_MULTISIG;
  }
  if (data != NULL)
    *data = type == BTC_SCRIPT_NONSTANDARD ? (BtcSpan){ NULL, 0 } : found;
  return type;
}

const char *
btc_script_type_name (BtcScriptType type)
{
  switch (type) {
  case BTC_SCRIPT_NONSTANDARD:
    return "nonstandard";
  case BTC_SCRIPT_PUBKEY:
    return "pubkey";
  case BTC_SCRIPT_PUBKEYHASH:
    return "pubkeyhash";
  case BTC_SCRIPT_SCRIPTHASH:
    return "scripthash";
  case BTC_SCRIPT_MULTISIG:
    return "multisig";
  case BTC_SCRIPT_NULL_DATA:
    return "nulldata";
  case BTC_SCRIPT_WITNESS_V0_KEYHASH:
    return "witness_v0_keyhash";
  case BTC_SCRIPT_WITNESS_V0_SCRIPTHASH:
    return "witness_v0_scripthash";
  case BTC_SCRIPT_WITNESS_V1_TAPROOT:
    return "witness_v1_taproot";
  case BTC_SCRIPT_ANCHOR:
    return "anchor";
  case BTC_SCRIPT_WITNESS_UNKNOWN:
    return "witness_unknown";
  }
  g_return_val_if_reached ("nonstandard");
}
