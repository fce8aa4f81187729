/* spent/NET_HEIGHT.blk with .coins: real blocks with the coins that they spend (u64 value, u32 height << 1 | coinbase,
 * CompactSize length, script, for each input but the coinbase's). Checks the block's own rules, its values, its sigops
 * and all of its scripts with the flags of its height, on all cores; and that no script succeeds in another
 * transaction. Also the files of chain/: the rules of a block that need no coins. */
#include "support.h"

#include "bitcoin/consensus/block_check.h"
#include "bitcoin/consensus/tx_check.h"
#include "bitcoin/script/script.h"

#include <stdio.h>
#include <string.h>

typedef struct {
  const BtcTx *tx;
  const BtcCoin *coins; /* of its inputs */
  BtcVerifyFlags flags;
  const char *name;
} Job;

static gint n_inputs;
static gint n_refused;

/* The same transaction with another lock time and version: none of its signatures can be valid. Only used for inputs
 * that are certainly signed, among them P2PKH with SIGHASH_ALL. */
static void
check_changed (const Job *job, const BtcTxOut *spent)
{
  BtcTx changed = *job->tx;
  BtcSighashCache cache;
  BtcSpan hash;

  changed.locktime ^= 1;
  btc_sighash_cache_init (&cache, &changed, spent, FALSE);
  for (guint32 i = 0; i < changed.n_in; i++) {
    BtcScriptType type = btc_script_classify (spent[i].script, &hash);

    if (type != BTC_SCRIPT_PUBKEYHASH && type != BTC_SCRIPT_WITNESS_V0_KEYHASH)
      continue;
    vectors_check (btc_script_verify (&cache, i, spent[i].script, spent[i].value_sat, job->flags, NULL)
                       != BTC_SCRIPT_ERR_OK,
                   "%s: input %u of a changed transaction is valid", job->name, i);
    g_atomic_int_inc (&n_refused);
  }
}

static void
run_job (gpointer data, gpointer user_data)
{
  g_autofree Job *job = data;
  g_autofree BtcTxOut *spent = g_new (BtcTxOut, job->tx->n_in);
  BtcSighashCache cache;

  for (guint32 i = 0; i < job->tx->n_in; i++)
    spent[i] = job->coins[i].out;
  btc_sighash_cache_init (&cache, job->tx, spent, FALSE);
  for (guint32 i = 0; i < job->tx->n_in; i++) {
    BtcScriptError error = btc_script_verify (&cache, i, spent[i].script, spent[i].value_sat, job->flags, NULL);

    vectors_check (error == BTC_SCRIPT_ERR_OK, "%s: input %u: %s", job->name, i, btc_script_error_name (error));
    g_atomic_int_inc (&n_inputs);
  }
  check_changed (job, spent);
}

/* NULL when BYTES do not consist of N coins. */
static BtcCoin *
read_coins (const GByteArray *bytes, guint32 n)
{
  BtcCoin *coins = g_new (BtcCoin, n + 1);
  BtcReader reader;

  btc_reader_init (&reader, bytes->data, bytes->len);
  for (guint32 i = 0; i < n; i++) {
    guint32 code;

    coins[i].out.value_sat = btc_reader_i64 (&reader);
    code = btc_reader_u32 (&reader);
    coins[i].height = code >> 1;
    coins[i].coinbase = code & 1;
    coins[i].out.script = btc_reader_bytes (&reader);
  }
  if (!btc_reader_done (&reader))
    g_clear_pointer (&coins, g_free);
  return coins;
}

static guint
sigop_cost (const BtcTx *tx, const BtcCoin *coins, BtcVerifyFlags flags)
{
  g_autofree BtcTxOut *spent = g_new (BtcTxOut, tx->n_in);

  for (guint32 i = 0; i < tx->n_in; i++)
    spent[i] = coins[i].out;
  return btc_tx_sigop_cost (tx, spent, flags);
}

static void
run_block (const char *path, GThreadPool *pool, GPtrArray *kept)
{
  g_autofree char *coins_path = NULL;
  char *name = g_path_get_basename (path);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (vectors_load (path));
  g_autoptr (BtcParams) params = btc_params_new (vectors_network (name));
  GByteArray *coin_bytes;
  BtcBlock *block = btc_block_new (bytes);
  BtcVerdict verdict = { 0 };
  BtcVerifyFlags flags;
  BtcCoin *coins;
  guint height, cost;
  guint32 at = 0;
  gint64 fees = 0, made;

  g_ptr_array_add (kept, name);
  vectors_check (block != NULL, "%s: not a block", name);
  if (block == NULL)
    return;
  g_assert_cmpint (sscanf (strchr (name, '_'), "_%u.", &height), ==, 1);
  coins_path = g_strdup_printf ("%.*s.coins", (int) (strlen (path) - strlen (".blk")), path);
  coin_bytes = vectors_load (coins_path);
  coins = read_coins (coin_bytes, block->n_inputs - block->txs[0].n_in);
  vectors_check (coins != NULL, "%s: the coins do not match its inputs", name);
  if (coins == NULL)
    return;
  flags = btc_params_script_flags (params, height, block->hash32);
  vectors_check (btc_block_check (block, params, &verdict), "%s: %s", name, verdict.reason);
  vectors_check (!btc_block_is_mutated (block, btc_params_buried_active (params, BTC_BURIED_SEGWIT, height)),
                 "%s: mutated", name);
  cost = btc_tx_sigop_cost (&block->txs[0], NULL, flags);
  for (guint32 i = 1; i < block->n_txs; at += block->txs[i].n_in, i++) {
    const BtcTx *tx = &block->txs[i];
    Job job = { tx, coins + at, flags, name };
    gint64 fee = 0;

    vectors_check (btc_tx_check_inputs (tx, coins + at, height, &fee, &verdict), "%s: tx %u: %s", name, i,
                   verdict.reason);
    fees += fee;
    cost += sigop_cost (tx, coins + at, flags);
    g_thread_pool_push (pool, g_memdup2 (&job, sizeof job), NULL);
  }
  vectors_check (cost <= BTC_MAX_BLOCK_SIGOPS_COST, "%s: sigops cost %u", name, cost);
  g_assert_true (btc_tx_outputs_sum (&block->txs[0], &made));
  vectors_check (made <= fees + btc_params_subsidy_sat (params, height), "%s: subsidy", name);
  g_print ("%s: %u transactions, %u inputs, sigops cost %u\n", name, block->n_txs, at, cost);
}

static guint
run_blk_file (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GByteArray) bytes = vectors_load (path);
  g_autoptr (BtcParams) params = btc_params_new (vectors_network (name));
  gboolean raw = g_str_has_suffix (path, ".blk");
  gsize at = 0;
  guint n = 0;

  while (at < bytes->len) {
    gsize head = raw ? 0 : 8;
    gsize len = raw || bytes->len - at < head ? bytes->len - at : btc_get_u32 (bytes->data + at + 4);
    g_autoptr (GBytes) data = NULL;
    g_autoptr (BtcBlock) block = NULL;
    BtcVerdict verdict = { 0 };

    if (len <= bytes->len - at - MIN (head, bytes->len - at)) {
      data = g_bytes_new (bytes->data + at + head, len);
      block = btc_block_new (data);
    }
    vectors_check (block != NULL, "%s at %zu: not a block", name, at);
    if (block == NULL)
      return n;
    vectors_check (btc_block_check (block, params, &verdict), "%s at %zu: %s", name, at, verdict.reason);
    at += len + head;
    n++;
  }
  g_print ("%s: %u blocks\n", name, n);
  return n;
}

static guint
run_chains (const char *pattern)
{
  g_autoptr (GPtrArray) paths = vectors_find ("chain", pattern);
  guint n = 0;

  for (guint i = 0; i < paths->len; i++)
    n += run_blk_file (paths->pdata[i]);
  return n;
}

int
main (void)
{
  g_autoptr (GPtrArray) paths = vectors_find ("spent", "*.blk");
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  GThreadPool *pool;

  if (paths->len == 0)
    return vectors_skip ("spent", "*.blk");
  pool = g_thread_pool_new (run_job, NULL, g_get_num_processors (), FALSE, NULL);
  for (guint i = 0; i < paths->len; i++)
    run_block (paths->pdata[i], pool, kept);
  g_thread_pool_free (pool, FALSE, TRUE);
  g_print ("%d scripts, %d refused after a change\n", n_inputs, n_refused);
  run_chains ("main*.blk");
  run_chains ("*.dat");
  return vectors_finish ("spent");
}
