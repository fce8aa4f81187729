/* script_assets*.jsonl(.gz): one object a line: tx, prevouts, index, flags, success and failure {scriptSig, witness},
 * final. A success holds for every subset of its flags, and for all flags when it is final; a failure holds for every
 * superset of them. Everything runs twice: plainly, and through a signature cache. */
#include "support.h"

#include "common/hex.h"

#include <string.h>

static const BtcVerifyFlags consensus_flags[] = {
  BTC_VERIFY_P2SH,
  BTC_VERIFY_DERSIG,
  BTC_VERIFY_NULLDUMMY,
  BTC_VERIFY_CHECKLOCKTIMEVERIFY,
  BTC_VERIFY_CHECKSEQUENCEVERIFY,
  BTC_VERIFY_WITNESS,
  BTC_VERIFY_TAPROOT,
};

/* The combination of flags with number I. FALSE when it is inconsistent. */
static gboolean
combination (guint i, BtcVerifyFlags *flags)
{
  *flags = BTC_VERIFY_NONE;
  for (guint bit = 0; bit < G_N_ELEMENTS (consensus_flags); bit++)
    if (i & 1u << bit)
      *flags |= consensus_flags[bit];
  if ((*flags & BTC_VERIFY_WITNESS) && !(*flags & BTC_VERIFY_P2SH))
    return FALSE;
  return !(*flags & BTC_VERIFY_TAPROOT) || (*flags & BTC_VERIFY_WITNESS);
}

static gboolean
seen (gpointer data, const guint8 key32[32])
{
  g_autoptr (GBytes) key = g_bytes_new (key32, 32);

  return g_hash_table_contains (data, key);
}

static void
add (gpointer data, const guint8 key32[32])
{
  g_hash_table_add (data, g_bytes_new (key32, 32));
}

/* TX with the scriptSig and witness of HOW. */
static BtcTx *
complete (const BtcTx *tx, guint32 in, const RpcJson *how)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new_from_tx (tx);
  g_autoptr (GByteArray) script_sig = vectors_hex (rpc_json_string (rpc_json_get (how, "scriptSig")));
  g_autoptr (GPtrArray) bytes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  const RpcJson *witness = rpc_json_get (how, "witness");
  gsize n = rpc_json_len (witness);
  g_autofree BtcSpan *items = g_new0 (BtcSpan, n + 1);

  for (gsize i = 0; i < n; i++) {
    GByteArray *item = vectors_hex (rpc_json_string (rpc_json_at (witness, i)));

    g_ptr_array_add (bytes, item);
    items[i] = (BtcSpan){ item->data, item->len };
  }
  btc_tx_builder_set_script_sig (builder, in, script_sig->data, script_sig->len);
  btc_tx_builder_set_witness (builder, in, items, n);
  return btc_tx_builder_finish (builder);
}

typedef struct {
  const char *comment;
  BtcTx *tx;
  BtcTxOut *spent;
  gint64 in;
  BtcVerifyFlags flags;
  gboolean final;
  const BtcSignatureCache *signatures;
} Case;

static void
run_how (const Case *test, const RpcJson *how, gboolean success)
{
  g_autoptr (BtcTx) tx = NULL;
  BtcSighashCache cache;
  BtcVerifyFlags flags;

  if (how == NULL)
    return;
  tx = complete (test->tx, test->in, how);
  btc_sighash_cache_init (&cache, tx, test->spent, FALSE);
  for (guint i = 0; i < 1u << G_N_ELEMENTS (consensus_flags); i++) {
    gboolean applies = combination (i, &flags);

    if (success)
      applies = applies && (test->final || (flags & test->flags) == flags);
    else
      applies = applies && (flags & test->flags) == test->flags;
    for (guint cached = 0; applies && cached < 2; cached++) {
      BtcScriptError error
          = btc_script_verify (&cache, test->in, test->spent[test->in].script, test->spent[test->in].value_sat, flags,
                               cached ? test->signatures : NULL);

      vectors_check ((error == BTC_SCRIPT_ERR_OK) == success, "%s, %s: flags %x gave %s", test->comment,
                     success ? "success" : "failure", flags, btc_script_error_name (error));
    }
  }
}

static void
run_case (const RpcJson *json, const BtcSignatureCache *signatures)
{
  g_autoptr (GByteArray) bytes = vectors_hex (rpc_json_string (rpc_json_get (json, "tx")));
  g_autoptr (BtcTx) tx = btc_tx_new (bytes->data, bytes->len, TRUE);
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  const RpcJson *prevouts = rpc_json_get (json, "prevouts");
  g_autofree BtcTxOut *spent = g_new0 (BtcTxOut, rpc_json_len (prevouts) + 1);
  Case test = { rpc_json_string (rpc_json_get (json, "comment")), tx, spent, 0, 0, FALSE, signatures };

  g_assert_nonnull (tx);
  g_assert_cmpuint (rpc_json_len (prevouts), ==, tx->n_in);
  for (gsize i = 0; i < rpc_json_len (prevouts); i++) {
    GByteArray *output = vectors_hex (rpc_json_string (rpc_json_at (prevouts, i)));
    BtcReader reader;

    g_ptr_array_add (outputs, output);
    btc_reader_init (&reader, output->data, output->len);
    spent[i].value_sat = btc_reader_i64 (&reader);
    spent[i].script = btc_reader_bytes (&reader);
    g_assert_true (btc_reader_done (&reader));
  }
  g_assert_true (rpc_json_int (rpc_json_get (json, "index"), &test.in));
  test.flags = vectors_parse_flags (rpc_json_string (rpc_json_get (json, "flags")));
  test.final = rpc_json_bool (rpc_json_get (json, "final"));
  run_how (&test, rpc_json_get (json, "success"), TRUE);
  run_how (&test, rpc_json_get (json, "failure"), FALSE);
}

static guint
run_file (const char *path, const BtcSignatureCache *signatures)
{
  g_autoptr (GByteArray) text = vectors_load (path);
  g_auto (GStrv) lines = g_strsplit ((const char *) text->data, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autoptr (RpcJson) json = NULL;

    g_strstrip (lines[i]);
    if (lines[i][0] == '\0')
      continue;
    if (g_str_has_suffix (lines[i], ","))
      lines[i][strlen (lines[i]) - 1] = '\0';
    json = rpc_json_parse (lines[i], strlen (lines[i]));
    if (json == NULL)
      g_error ("%s: line %u is not JSON", path, i + 1);
    run_case (json, signatures);
    n++;
  }
  return n;
}

int
main (void)
{
  g_autoptr (GPtrArray) paths = vectors_find ("core", "script_assets*.jsonl*");
  g_autoptr (GHashTable) set
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  BtcSignatureCache signatures = { .seen = seen, .add = add, .data = set };
  guint n = 0;

  if (paths->len == 0)
    return vectors_skip ("core", "script_assets*.jsonl*");
  for (guint i = 0; i < paths->len; i++)
    n += run_file (paths->pdata[i], &signatures);
  g_print ("%u cases, %u signatures in the cache\n", n, g_hash_table_size (set));
  return vectors_finish ("script_assets");
}
