/* Taproot (BIP 341): the key path, and the script path with its commitment. */
#include "bitcoin/script/machine.h"

#include <secp256k1_extrakeys.h>
#include <string.h>

#define ANNEX_TAG 0x50
#define CONTROL_BASE 33 /* leaf version and parity, internal key; then 32 bytes for each level of the tree */
#define CONTROL_NODE 32
#define CONTROL_MAX (CONTROL_BASE + CONTROL_NODE * 128)
#define LEAF_MASK 0xfe
#define LEAF_TAPSCRIPT 0xc0

static void
hash_leaf (guint8 leaf_version, BtcSpan script, guint8 out32[32])
{
  BtcHashWriter writer;

  btc_hash_writer_init_tagged (&writer, "TapLeaf");
  btc_hash_writer_u8 (&writer, leaf_version);
  btc_hash_writer_bytes (&writer, script);
  btc_hash_writer_finish (&writer, out32);
}

/* The smaller hash comes first. */
static void
hash_branch (guint8 node32[32], const guint8 other32[32])
{
  BtcHashWriter writer;
  gboolean node_first = memcmp (node32, other32, 32) < 0;

  btc_hash_writer_init_tagged (&writer, "TapBranch");
  btc_hash_writer_data (&writer, node_first ? node32 : other32, 32);
  btc_hash_writer_data (&writer, node_first ? other32 : node32, 32);
  btc_hash_writer_finish (&writer, node32);
}

/* Is PROGRAM the internal key of CONTROL, tweaked with the root of the script tree that contains LEAF32? */
static gboolean
commitment_holds (BtcSpan program, BtcSpan control, const guint8 leaf32[32])
{
  secp256k1_xonly_pubkey internal;
  guint8 tweak32[32], root32[32];
  BtcHashWriter writer;

  memcpy (root32, leaf32, 32);
  for (gsize at = CONTROL_BASE; at < control.len; at += CONTROL_NODE)
    hash_branch (root32, control.data + at);
  if (!secp256k1_xonly_pubkey_parse (secp256k1_context_static, &internal, control.data + 1))
    return FALSE;
  btc_hash_writer_init_tagged (&writer, "TapTweak");
  btc_hash_writer_data (&writer, control.data + 1, 32);
  btc_hash_writer_data (&writer, root32, 32);
  btc_hash_writer_finish (&writer, tweak32);
  return secp256k1_xonly_pubkey_tweak_add_check (secp256k1_context_static, program.data, control.data[0] & 1, &internal,
                                                 tweak32);
}

static BtcScriptError
verify_script_path (const BtcSpend *spend,
                    BtcSpan program,
                    guint32 n_args,
                    BtcSpan script,
                    BtcSpan control,
                    const guint8 *annex_sha32)
{
  const BtcTxIn *in = &spend->cache->tx->in[spend->in];
  guint8 leaf32[32];
  BtcTapContext tap;

  if (control.len < CONTROL_BASE || control.len > CONTROL_MAX || (control.len - CONTROL_BASE) % CONTROL_NODE != 0)
    return BTC_SCRIPT_ERR_TAPROOT_WRONG_CONTROL_SIZE;
  hash_leaf (control.data[0] & LEAF_MASK, script, leaf32);
  if (!commitment_holds (program, control, leaf32))
    return BTC_SCRIPT_ERR_WITNESS_PROGRAM_MISMATCH;
  if ((control.data[0] & LEAF_MASK) == LEAF_TAPSCRIPT) {
    tap.annex_sha32 = annex_sha32;
    tap.leaf32 = leaf32;
    /* BIP 342: 50 plus the serialised size of the witness, including the annex. */
    tap.weight_left = 50 + (gint64) btc_compact_len (in->witness_count) + (gint64) in->witness.len;
    return btc_run_witness_script (spend, n_args, script, BTC_SIGVERSION_TAPSCRIPT, &tap);
  }
  return spend->flags & BTC_VERIFY_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION
             ? BTC_SCRIPT_ERR_DISCOURAGE_UPGRADABLE_TAPROOT_VERSION
             : BTC_SCRIPT_ERR_OK;
}

static void
hash_annex (BtcSpan annex, guint8 out32[32])
{
  BtcHashWriter writer;

  btc_hash_writer_init (&writer);
  btc_hash_writer_bytes (&writer, annex);
  btc_hash_writer_finish (&writer, out32);
}

BtcScriptError
btc_verify_taproot (const BtcSpend *spend, BtcSpan program)
{
  const BtcTxIn *in = &spend->cache->tx->in[spend->in];
  guint32 count = in->witness_count;
  BtcSpan last[3] = { { NULL, 0 } };
  const BtcSpan *item = last;
  guint8 annex_hash32[32];
  const guint8 *annex_sha32 = NULL;

  if (count == 0)
    return BTC_SCRIPT_ERR_WITNESS_PROGRAM_WITNESS_EMPTY;
  btc_last_witness_items (in, last, G_N_ELEMENTS (last));
  if (count >= 2 && item[0].len > 0 && item[0].data[0] == ANNEX_TAG) {
    hash_annex (item[0], annex_hash32);
    annex_sha32 = annex_hash32;
    item++;
    count--;
  }
  if (count == 1)
    return btc_check_schnorr (spend, item[0], program.data, annex_sha32, NULL, G_MAXUINT32);
  return verify_script_path (spend, program, count - 2, item[1], item[0], annex_sha32);
}
