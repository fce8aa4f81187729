#include "chain_fixture.h"

#include "../files.h"
#include "bitcoin/consensus/block_check.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/merkle.h"
#include "bitcoin/primitives/uint256.h"
#include "bitcoin/script/script.h"
#include "common/hex.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

void
chain_fixture_init (ChainFixture *fixture, BtcNetwork network)
{
  *fixture = (ChainFixture){
    .datadir = g_dir_make_tmp ("moneyrocket-chain-XXXXXX", NULL),
    .params = btc_params_new (network),
    .dbcache_bytes = 64 << 20,
    .check_level = 3,
    .check_blocks = 6,
  };
  g_assert_nonnull (fixture->datadir);
}

void
chain_fixture_set_datadir (ChainFixture *fixture, const char *datadir)
{
  g_rmdir (fixture->datadir);
  g_free (fixture->datadir);
  fixture->datadir = g_strdup (datadir);
}

void
chain_fixture_clear (ChainFixture *fixture)
{
  chain_fixture_close (fixture);
  remove_tree (fixture->datadir);
  g_free (fixture->datadir);
  btc_params_free (fixture->params);
}

void
chain_fixture_leave (ChainFixture *fixture)
{
  chain_fixture_close (fixture);
  g_free (fixture->datadir);
  btc_params_free (fixture->params);
}

static void
on_received (gpointer data, const NodeBlock *index, BtcBlock *block)
{
  ChainFixture *fixture = data;

  g_assert_cmpmem (index->hash32, 32, block->hash32, 32);
  g_atomic_int_inc (&fixture->received);
  if (fixture->received_gate == NULL)
    return;
  g_mutex_lock (fixture->received_gate);
  g_mutex_unlock (fixture->received_gate);
}

static void
on_connected (gpointer data, const NodeBlock *index, BtcBlock *block, const BtcCoin *spent)
{
  ((ChainFixture *) data)->connected++;
}

static void
on_disconnected (gpointer data, const NodeBlock *index, BtcBlock *block)
{
  ((ChainFixture *) data)->disconnected++;
}

static void
on_fatal (gpointer data, const char *message)
{
  g_test_message ("fatal: %s", message);
  g_atomic_int_inc (&((ChainFixture *) data)->fatal);
}

typedef struct {
  ChainFixture *fixture;
  const BtcBlock *block;
  BtcVerdict verdict;
  gboolean ok;
  guint32 height;
  guint8 hash32[32];
  NodeBlock *index;
  const char *path;
  GError *error;
} Call;

static void
do_load (NodeChain *chain, gpointer data)
{
  Call *call = data;
  call->ok = node_chain_load (chain, &call->error);
  if (call->ok && call->fixture->indexes != NULL)
    call->ok = node_indexes_load (call->fixture->indexes, &call->error);
}

/* A listener can read the block of a new tip. */
static void
on_tip_changed (gpointer data, NodeTip *tip)
{
  g_assert_nonnull (tip->block);
}

/* The stages follow one another, and each of them only progresses. */
static void
on_progress (gpointer data, const char *stage, double fraction, guint64 n_blocks)
{
  ChainFixture *fixture = data;

  if (fixture->stages == NULL)
    return;
  if (g_strcmp0 (stage, fixture->stage) == 0)
    g_assert_cmpfloat (fraction, >=, fixture->fraction);
  else
    g_string_append_printf (fixture->stages, "%s ", stage);
  fixture->stage = stage;
  fixture->fraction = fraction;
}

static void
make_indexes (ChainFixture *fixture)
{
  NodeIndexesOptions options
      = { .datadir = fixture->datadir, .wipe = fixture->reindex, .owner = { .fatal = on_fatal, .data = fixture } };

  for (guint kind = 0; kind < NODE_N_INDEXES; kind++)
    options.enabled[kind] = TRUE;
  fixture->indexes = node_indexes_new (fixture->chain, &options);
}

gboolean
chain_fixture_try_open (ChainFixture *fixture, GError **error)
{
  NodeChainOptions options = {
    .fast_prune = fixture->prune || fixture->small_files || fixture->prune_target != 0,
    .prune_target = fixture->prune ? NODE_PRUNE_MANUAL : fixture->prune_target,
    .datadir = fixture->datadir,
    .blocksdir = fixture->datadir,
    .params = fixture->params,
    .dbcache_bytes = fixture->dbcache_bytes,
    .batch_bytes = fixture->batch_bytes,
    .script_threads = 2,
    .blocks_xor = TRUE,
    .check_blocks = fixture->check_blocks,
    .check_level = fixture->check_level,
    .check_ratio = 1,
    .reindex = fixture->reindex,
    .reindex_chainstate = fixture->reindex_chainstate,
  };
  NodeChainListener listener = { .received = on_received,
                                 .connected = on_connected,
                                 .disconnected = on_disconnected,
                                 .tip_changed = on_tip_changed,
                                 .progress = on_progress,
                                 .fatal = on_fatal };
  Call call = { .fixture = fixture };

  fixture->chain = node_chain_new (&options);
  node_chain_add_listener (fixture->chain, &listener, fixture);
  if (fixture->with_indexes)
    make_indexes (fixture);
  node_chain_run (fixture->chain, NODE_JOB_QUERIES, do_load, &call, NULL, NULL);
  if (call.ok)
    return TRUE;
  g_propagate_error (error, call.error);
  node_chain_close (g_steal_pointer (&fixture->chain), NULL);
  g_clear_pointer (&fixture->indexes, node_indexes_free);
  return FALSE;
}

void
chain_fixture_open (ChainFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  chain_fixture_try_open (fixture, &error);
  g_assert_no_error (error);
}

void
chain_fixture_close (ChainFixture *fixture)
{
  g_autoptr (GError) error = NULL;

  if (fixture->chain == NULL)
    return;
  if (fixture->indexes != NULL) {
    chain_fixture_flush (fixture);
    node_indexes_stop (fixture->indexes);
  }
  node_chain_close (g_steal_pointer (&fixture->chain), &error);
  g_assert_no_error (error);
  g_clear_pointer (&fixture->indexes, node_indexes_free);
}

void
chain_fixture_wait_indexes (ChainFixture *fixture)
{
  for (guint kind = 0; kind < NODE_N_INDEXES; kind++) {
    NodeIndex *index = node_indexes_get (fixture->indexes, kind);

    while (!node_index_wait_synced (index)) {
      g_assert_cmpint (g_atomic_int_get (&fixture->fatal), ==, 0);
      g_usleep (1000);
    }
  }
}

void
chain_fixture_reopen (ChainFixture *fixture)
{
  chain_fixture_close (fixture);
  chain_fixture_open (fixture);
}

static void
do_accept (NodeChain *chain, gpointer data)
{
  Call *call = data;
  call->ok = node_chain_accept_block (chain, (BtcBlock *) call->block, TRUE, &call->index, NULL, &call->verdict,
                                      &call->error);
}

const char *
chain_fixture_accept (ChainFixture *fixture, BtcBlock *block)
{
  Call call = { .fixture = fixture, .block = block };

  node_chain_run (fixture->chain, NODE_JOB_QUERIES, do_accept, &call, NULL, NULL);
  g_assert_no_error (call.error);
  g_assert_true (call.ok);
  return call.verdict.reason;
}

static void
do_test (NodeChain *chain, gpointer data)
{
  Call *call = data;
  call->ok = node_chain_test_block (chain, (BtcBlock *) call->block, FALSE, FALSE, NULL, &call->verdict, &call->error);
}

const char *
chain_fixture_test (ChainFixture *fixture, BtcBlock *block)
{
  Call call = { .fixture = fixture, .block = block };

  node_chain_run (fixture->chain, NODE_JOB_QUERIES, do_test, &call, NULL, NULL);
  g_assert_no_error (call.error);
  g_assert_true (call.ok);
  return call.verdict.reason;
}

guint32
chain_fixture_height (ChainFixture *fixture)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (fixture->chain);
  return tip->block->height;
}

void
chain_fixture_tip (ChainFixture *fixture, guint8 hash32[32])
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (fixture->chain);
  memcpy (hash32, tip->block->hash32, 32);
}

gboolean
chain_fixture_tip_is (ChainFixture *fixture, const BtcBlock *block)
{
  guint8 hash32[32];

  chain_fixture_tip (fixture, hash32);
  return memcmp (hash32, block->hash32, 32) == 0;
}

static void
do_find (NodeChain *chain, gpointer data)
{
  Call *call = data;
  call->index = node_chain_find (chain, call->block->hash32);
}

NodeBlock *
chain_fixture_find (ChainFixture *fixture, const BtcBlock *block)
{
  Call call = { .fixture = fixture, .block = block };

  node_chain_run (fixture->chain, NODE_JOB_QUERIES, do_find, &call, NULL, NULL);
  return call.index;
}

static void
do_invalidate (NodeChain *chain, gpointer data)
{
  Call *call = data;
  call->ok = node_chain_invalidate (chain, node_chain_find (chain, call->block->hash32), &call->error);
}

static void
do_reconsider (NodeChain *chain, gpointer data)
{
  Call *call = data;
  call->ok = node_chain_reconsider (chain, node_chain_find (chain, call->block->hash32), &call->error);
}

static void
do_precious (NodeChain *chain, gpointer data)
{
  Call *call = data;
  call->ok = node_chain_precious (chain, node_chain_find (chain, call->block->hash32), &call->error);
}

static void
do_flush (NodeChain *chain, gpointer data)
{
  Call *call = data;
  call->ok = node_chain_flush (chain, &call->error);
}

static void
call_with (ChainFixture *fixture, const BtcBlock *block, NodeChainJob func)
{
  Call call = { .fixture = fixture, .block = block };

  node_chain_run (fixture->chain, NODE_JOB_QUERIES, func, &call, NULL, NULL);
  g_assert_no_error (call.error);
  g_assert_true (call.ok);
}

void
chain_fixture_invalidate (ChainFixture *fixture, const BtcBlock *block)
{
  call_with (fixture, block, do_invalidate);
}

void
chain_fixture_reconsider (ChainFixture *fixture, const BtcBlock *block)
{
  call_with (fixture, block, do_reconsider);
}

void
chain_fixture_precious (ChainFixture *fixture, const BtcBlock *block)
{
  call_with (fixture, block, do_precious);
}

void
chain_fixture_flush (ChainFixture *fixture)
{
  call_with (fixture, NULL, do_flush);
}

static void
do_hash (NodeChain *chain, gpointer data)
{
  Call *call = data;
  g_autoptr (NodeCoinsCursor) cursor = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  BtcOutpoint outpoint;
  BtcSha256 hash;
  BtcCoin coin;

  call->ok = node_chain_flush (chain, &call->error);
  btc_sha256_init (&hash);
  cursor = node_coins_cursor_new (node_chain_coins (chain));
  while (node_coins_cursor_next (cursor, &outpoint, &coin, &call->error)) {
    g_byte_array_set_size (bytes, 0);
    btc_write_data (bytes, outpoint.txid32, 32);
    btc_write_u32 (bytes, outpoint.n);
    btc_write_u32 (bytes, coin.height * 2 + (coin.coinbase ? 1 : 0));
    btc_write_i64 (bytes, coin.out.value_sat);
    btc_write_bytes (bytes, coin.out.script.data, coin.out.script.len);
    btc_sha256_update (&hash, bytes->data, bytes->len);
  }
  btc_sha256_finish_double (&hash, call->hash32);
}

char *
chain_fixture_utxo_hash (ChainFixture *fixture)
{
  Call call = { .fixture = fixture };

  node_chain_run (fixture->chain, NODE_JOB_QUERIES, do_hash, &call, NULL, NULL);
  g_assert_no_error (call.error);
  g_assert_true (call.ok);
  return common_hex_encode_reversed (call.hash32, 32);
}

typedef struct {
  const char *path;
  GMutex lock;
  GCond done_cond;
  gboolean done;
} Wait;

static void
on_import_done (NodeChain *chain, gpointer data, const GError *error)
{
  Wait *wait = data;

  g_assert_no_error (error);
  g_mutex_lock (&wait->lock);
  wait->done = TRUE;
  g_cond_signal (&wait->done_cond);
  g_mutex_unlock (&wait->lock);
}

static void
do_import (NodeChain *chain, gpointer data)
{
  node_chain_import (chain, ((Wait *) data)->path, on_import_done, data);
}

GPtrArray *
chain_fixture_add_blocks (ChainFixture *fixture, guint n)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);

  for (guint height = 1; height <= n; height++) {
    const BtcBlock *prev = height > 1 ? g_ptr_array_index (blocks, height - 2) : NULL;
    BtcBlock *block = chain_block_new (fixture->params, prev, height, 0, -1, NULL);

    g_assert_cmpstr (chain_fixture_accept (fixture, block), ==, NULL);
    g_ptr_array_add (blocks, block);
  }
  return blocks;
}

typedef struct {
  const NodeMempoolOptions *options;
  NodeMempool *mempool;
} NewMempool;

static void
new_mempool_job (NodeChain *chain, gpointer data)
{
  NewMempool *job = data;

  job->mempool = node_mempool_new (chain, job->options);
}

NodeMempool *
chain_fixture_new_mempool (ChainFixture *fixture, const NodeMempoolOptions *options)
{
  NodeMempoolOptions usual;
  NewMempool job = { .options = options != NULL ? options : &usual };

  node_mempool_options_init (&usual);
  usual.require_standard = FALSE;
  usual.check_ratio = 1;
  node_chain_run (fixture->chain, NODE_JOB_QUERIES, new_mempool_job, &job, NULL, NULL);
  return job.mempool;
}

void
chain_fixture_import (ChainFixture *fixture, const char *path)
{
  Wait wait = { .path = path };

  g_mutex_init (&wait.lock);
  g_cond_init (&wait.done_cond);
  node_chain_run (fixture->chain, NODE_JOB_QUERIES, do_import, &wait, NULL, NULL);
  g_mutex_lock (&wait.lock);
  while (!wait.done)
    g_cond_wait (&wait.done_cond, &wait.lock);
  g_mutex_unlock (&wait.lock);
  g_mutex_clear (&wait.lock);
  g_cond_clear (&wait.done_cond);
}

static void
do_check_best (NodeChain *chain, gpointer data)
{
  ((Call *) data)->ok = node_chain_tip (chain) == node_chain_best_header (chain);
}

void
chain_fixture_wait_best (ChainFixture *fixture)
{
  Call call = { .fixture = fixture };

  while (!call.ok) {
    node_chain_run (fixture->chain, NODE_JOB_QUERIES, do_check_best, &call, NULL, NULL);
    g_assert_cmpint (fixture->fatal, ==, 0);
  }
}

void
chain_fixture_wait_ready (ChainFixture *fixture)
{
  g_autofree char *empty = g_build_filename (fixture->datadir, "empty.dat", NULL);

  /* Imports are queued: once an empty one is done, those before it are done, too. */
  g_file_set_contents (empty, "", 0, NULL);
  chain_fixture_import (fixture, empty);
}

BtcBlock *
chain_block_mine (GByteArray *bytes)
{
  BtcUint256 target, value;
  guint8 hash32[32];
  g_autoptr (GBytes) all = NULL;

  btc_uint256_from_compact (&target, btc_get_u32 (bytes->data + 72), NULL, NULL);
  for (guint32 nonce = 0;; nonce++) {
    btc_put_u32 (bytes->data + 76, nonce);
    btc_sha256d (bytes->data, BTC_HEADER_SIZE, hash32);
    btc_uint256_from_le (&value, hash32);
    if (btc_uint256_compare (&value, &target) <= 0)
      break;
  }
  all = g_bytes_new (bytes->data, bytes->len);
  return btc_block_new (all);
}

/* COMMITMENT: the script of an additional last output; empty: none. */
static BtcTx *
make_coinbase (guint32 height, guint salt, gint64 reward_sat, const GByteArray *commitment)
{
  static const guint8 anyone[] = { 0x51 };
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  g_autoptr (GByteArray) script = g_byte_array_new ();
  BtcOutpoint none = { .n = 0xffffffff };
  guint8 tag[4];

  btc_put_u32 (tag, salt);
  btc_script_write_number (script, height);
  btc_script_write_push (script, tag, sizeof tag);
  btc_tx_builder_add_in (builder, &none, 0xffffffff);
  btc_tx_builder_set_script_sig (builder, 0, script->data, script->len);
  btc_tx_builder_add_out (builder, reward_sat, anyone, sizeof anyone);
  if (commitment->len > 0)
    btc_tx_builder_add_out (builder, 0, commitment->data, commitment->len);
  return btc_tx_builder_finish (builder);
}

static BtcBlock *
make_block (const BtcParams *params, const BtcBlock *prev, guint32 height, const BtcTx *coinbase, GPtrArray *txs)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  BtcHeader header = { .version = 0x20000000, .bits = 0x207fffff };
  guint8 raw[BTC_HEADER_SIZE];
  guint n = txs != NULL ? txs->len : 0;

  memcpy (header.prev32, prev != NULL ? prev->hash32 : params->genesis_hash32, 32);
  header.time = (prev != NULL ? prev->header.time : btc_get_u32 (params->genesis_bytes + 68)) + 60;
  g_byte_array_append (hashes, coinbase->txid32, 32);
  for (guint i = 0; i < n; i++)
    g_byte_array_append (hashes, ((BtcTx *) g_ptr_array_index (txs, i))->txid32, 32);
  btc_merkle_root (hashes->data, n + 1, header.merkle_root32, NULL);
  btc_header_serialize (&header, raw);
  btc_write_data (bytes, raw, sizeof raw);
  btc_write_compact (bytes, n + 1);
  btc_write_data (bytes, coinbase->bytes.data, coinbase->bytes.len);
  for (guint i = 0; i < n; i++) {
    BtcTx *tx = g_ptr_array_index (txs, i);
    btc_write_data (bytes, tx->bytes.data, tx->bytes.len);
  }
  return chain_block_mine (bytes);
}

BtcBlock *
chain_block_new (const BtcParams *params,
                 const BtcBlock *prev,
                 guint32 height,
                 guint salt,
                 gint64 reward_sat,
                 GPtrArray *txs)
{
  g_autoptr (GByteArray) none = g_byte_array_new ();
  g_autoptr (BtcTx) coinbase = NULL;

  if (reward_sat < 0)
    reward_sat = btc_params_subsidy_sat (params, height);
  coinbase = make_coinbase (height, salt, reward_sat, none);
  return make_block (params, prev, height, coinbase, txs);
}

BtcBlock *
chain_witness_block_new (const BtcParams *params,
                         const BtcBlock *prev,
                         guint32 height,
                         GPtrArray *txs,
                         BtcSpan solution)
{
  static const guint8 start[] = { 0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed };
  guint n = txs != NULL ? txs->len : 0;
  g_autofree guint8 *leaves = g_malloc0 ((gsize) 32 * (n + 1));
  g_autoptr (GByteArray) script = g_byte_array_new ();
  g_autoptr (BtcTx) coinbase = NULL;
  g_autoptr (BtcBlock) plain = NULL;
  guint8 both[64] = { 0 }, root32[32];

  for (guint i = 0; i < n; i++)
    memcpy (leaves + (gsize) 32 * (i + 1), ((BtcTx *) g_ptr_array_index (txs, i))->wtxid32, 32);
  btc_merkle_root (leaves, n + 1, both, NULL);
  btc_sha256d (both, sizeof both, root32);
  btc_write_data (script, start, sizeof start);
  btc_write_data (script, root32, sizeof root32);
  if (solution.len > 0)
    btc_script_write_push (script, solution.data, solution.len);
  coinbase = make_coinbase (height, 1, btc_params_subsidy_sat (params, height), script);
  plain = make_block (params, prev, height, coinbase, txs);
  return btc_block_new_with_reserved_value (plain);
}

BtcTx *
chain_spend_new (const BtcTx *tx, guint32 n, guint32 sequence, gint64 fee_sat)
{
  static const guint8 anyone[] = { 0x51 };
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  BtcOutpoint outpoint = { .n = n };
  gint64 half = (tx->out[n].value_sat - fee_sat) / 2;

  memcpy (outpoint.txid32, tx->txid32, 32);
  btc_tx_builder_add_in (builder, &outpoint, sequence);
  btc_tx_builder_add_out (builder, half, anyone, sizeof anyone);
  btc_tx_builder_add_out (builder, tx->out[n].value_sat - fee_sat - half, anyone, sizeof anyone);
  return btc_tx_builder_finish (builder);
}

GPtrArray *
chain_blocks_new (const BtcParams *params, guint n, guint salt)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  BtcBlock *prev = NULL;

  for (guint height = 1; height <= n; height++) {
    g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);

    if (height > BTC_COINBASE_MATURITY) {
      BtcBlock *old = g_ptr_array_index (blocks, height - BTC_COINBASE_MATURITY - 1);

      /* The subsidy becomes zero eventually, also on regtest. */
      gint64 fee_sat = old->txs[0].out[0].value_sat > 10000 ? 500 : 0;

      g_ptr_array_add (txs, chain_spend_new (&old->txs[0], 0, 0xffffffff, fee_sat));
      /* The second one spends an output of the first, in the same block. */
      g_ptr_array_add (txs, chain_spend_new (g_ptr_array_index (txs, 0), 1, 0xfffffffe, fee_sat));
    }
    prev = chain_block_new (params, prev, height, salt, -1, txs);
    g_assert_nonnull (prev);
    g_ptr_array_add (blocks, prev);
  }
  return blocks;
}

void
chain_write_file (const char *path, const BtcParams *params, GPtrArray *blocks)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  for (guint i = 0; i < blocks->len; i++) {
    BtcBlock *block = g_ptr_array_index (blocks, i);
    gsize len;
    const guint8 *data = g_bytes_get_data (block->bytes, &len);

    btc_write_data (out, params->magic, 4);
    btc_write_u32 (out, (guint32) len);
    btc_write_data (out, data, len);
  }
  g_assert_true (g_file_set_contents (path, (const char *) out->data, (gssize) out->len, NULL));
}

gboolean
chain_fixture_run_child (const char *const *words)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  int status;

  g_ptr_array_add (argv, (char *) "/proc/self/exe");
  g_ptr_array_add (argv, (char *) "--child");
  for (; *words != NULL; words++)
    g_ptr_array_add (argv, (char *) *words);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                NULL, NULL, &status, &error);
  g_assert_no_error (error);
  if (WIFSIGNALED (status)) {
    g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
    return FALSE;
  }
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  return TRUE;
}
