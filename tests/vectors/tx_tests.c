/* tx_valid*.json and tx_invalid*.json: [[[txid, n, script, amount?]…], transaction, flags]. The flags of a valid one
 * are those that would make it fail; those of an invalid one are the fewest that it fails with. */
#include "support.h"

#include "bitcoin/consensus/tx_check.h"
#include "common/hex.h"

#include <string.h>

#define N_FLAGS 21

typedef struct {
  char *text;
  BtcTx *tx;
  BtcTxOut *spent; /* one for each input */
  GPtrArray *scripts;
  BtcSighashCache cache;
  BtcVerifyFlags flags;
  const char *flags_text;
} Case;

static void
find_spent (Case *test, const RpcJson *inputs, guint32 in)
{
  for (gsize i = 0; i < rpc_json_len (inputs); i++) {
    const RpcJson *input = rpc_json_at (inputs, i);
    guint8 txid32[32];
    gint64 n;
    GByteArray *script;

    g_assert_true (common_hex_decode_reversed (rpc_json_string (rpc_json_at (input, 0)), txid32, 32));
    g_assert_true (rpc_json_int (rpc_json_at (input, 1), &n));
    if (memcmp (txid32, test->tx->in[in].prevout.txid32, 32) != 0 || (guint32) n != test->tx->in[in].prevout.n)
      continue;
    script = vectors_parse_script (rpc_json_string (rpc_json_at (input, 2)));
    g_ptr_array_add (test->scripts, script);
    test->spent[in].script = (BtcSpan){ script->data, script->len };
    if (rpc_json_len (input) > 3)
      g_assert_true (rpc_json_int (rpc_json_at (input, 3), &test->spent[in].value_sat));
  }
}

static void
load (Case *test, const RpcJson *json)
{
  g_autoptr (GByteArray) bytes = vectors_hex (rpc_json_string (rpc_json_at (json, 1)));

  test->text = rpc_json_write (json, 0);
  test->tx = btc_tx_new (bytes->data, bytes->len, TRUE);
  test->scripts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  test->flags_text = rpc_json_string (rpc_json_at (json, 2));
  if (test->tx == NULL)
    g_error ("%s: malformed transaction", test->text);
  test->spent = g_new0 (BtcTxOut, test->tx->n_in + 1);
  for (guint32 i = 0; i < test->tx->n_in; i++)
    find_spent (test, rpc_json_at (json, 0), i);
  btc_sighash_cache_init (&test->cache, test->tx, NULL, FALSE);
}

static void
unload (Case *test)
{
  g_free (test->text);
  btc_tx_unref (test->tx);
  g_free (test->spent);
  g_ptr_array_unref (test->scripts);
}

static void
expect (const Case *test, BtcVerifyFlags flags, gboolean valid)
{
  BtcScriptError error = BTC_SCRIPT_ERR_OK;

  for (guint32 i = 0; i < test->tx->n_in && error == BTC_SCRIPT_ERR_OK; i++)
    error = btc_script_verify (&test->cache, i, test->spent[i].script, test->spent[i].value_sat, flags, NULL);
  vectors_check ((error == BTC_SCRIPT_ERR_OK) == valid, "%s: flags %x gave %s", test->text, flags,
                 btc_script_error_name (error));
}

static void
run_valid (Case *test, GRand *random)
{
  BtcVerdict verdict;
  BtcVerifyFlags not_these = vectors_parse_flags (test->flags_text);
  BtcVerifyFlags flags = BTC_VERIFY_ALL & ~not_these;

  vectors_check (btc_tx_check (test->tx, &verdict), "%s", test->text);
  expect (test, flags, TRUE);
  for (guint i = 0; i < N_FLAGS; i++) {
    BtcVerifyFlags fewer = vectors_trim_flags (not_these & ~(1u << i));

    expect (test, vectors_trim_flags (flags & ~(1u << i)), TRUE);
    expect (test, vectors_trim_flags (flags & ~g_rand_int (random)), TRUE);
    if (fewer != not_these)
      expect (test, BTC_VERIFY_ALL & ~fewer, FALSE);
  }
}

static void
run_invalid (Case *test, GRand *random)
{
  BtcVerdict verdict;
  BtcVerifyFlags flags;

  if (!btc_tx_check (test->tx, &verdict)) {
    vectors_check (strcmp (test->flags_text, "BADTX") == 0, "%s: %s", test->text, verdict.reason);
    return;
  }
  if (strcmp (test->flags_text, "BADTX") == 0) {
    vectors_check (FALSE, "%s: should be an invalid transaction", test->text);
    return;
  }
  flags = vectors_parse_flags (test->flags_text);
  expect (test, flags, FALSE);
  for (guint i = 0; i < N_FLAGS; i++) {
    BtcVerifyFlags fewer = vectors_trim_flags (flags & ~(1u << i));

    expect (test, vectors_fill_flags (flags | 1u << i), FALSE);
    expect (test, vectors_fill_flags (flags | (g_rand_int (random) & BTC_VERIFY_ALL)), FALSE);
    if (fewer != flags)
      expect (test, fewer, TRUE);
  }
}

static guint
run_files (GPtrArray *paths, void (*run) (Case *test, GRand *random), GRand *random)
{
  guint n = 0;

  for (guint i = 0; i < paths->len; i++) {
    g_autoptr (RpcJson) json = vectors_load_json (paths->pdata[i]);

    for (gsize j = 0; j < rpc_json_len (json); j++) {
      Case test = { 0 };

      if (rpc_json_type (rpc_json_at (rpc_json_at (json, j), 0)) != RPC_JSON_ARRAY)
        continue; /* a comment */
      load (&test, rpc_json_at (json, j));
      run (&test, random);
      unload (&test);
      n++;
    }
  }
  return n;
}

int
main (void)
{
  g_autoptr (GPtrArray) valid = vectors_find ("core", "tx_valid*.json");
  g_autoptr (GPtrArray) invalid = vectors_find ("core", "tx_invalid*.json");
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint n_valid, n_invalid;

  if (valid->len == 0 && invalid->len == 0)
    return vectors_skip ("core", "tx_valid*.json");
  n_valid = run_files (valid, run_valid, random);
  n_invalid = run_files (invalid, run_invalid, random);
  g_print ("%u valid and %u invalid transactions\n", n_valid, n_invalid);
  return vectors_finish ("tx_tests");
}
