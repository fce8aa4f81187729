/* The contract of WalletChain: each test runs with both implementations, over D-Bus (a local socket, and TLS, where bulk
 * data is read in parts) and in the same process, against the same node. */
#include <string.h>
#include <sys/socket.h>

#include "../files.h"
#include "../tls_pair.h"
#include "daemon/chain_direct.h"
#include "dbus/names.h"
#include "dbus/errors.h"
#include "dbus/connection.h"
#include "node/program.h"
#include "node/service/chain1.h"
#include "../node/chain_fixture.h"
#include "wallet/link/chain_bus.h"

#define N_BLOCKS 126

/* A connection. */
typedef struct {
  GDBusConnection *node_end, *wallet_end;
  NodeChain1 *chain1;
  WalletChainBus *bus;
} Link;

typedef struct {
  char *folder;
  CommonProgram *program;
  NodeApp *app;
  GPtrArray *blocks; /* of BtcBlock, without the genesis block */
  NodeChainCalls *calls;
  Link local, tls;
  DaemonChainDirect *direct;
} World;

static World world;

static void
spin_until (gboolean (*done) (gconstpointer data), gconstpointer data)
{
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!done (data)) {
    g_assert_cmpint (g_get_monotonic_time (), <, limit);
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
  }
}

/* A call and its result, whose type the caller knows. */
typedef struct {
  WalletChain *chain;
  GAsyncResult *result;
} Call;

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Call *) data)->result = g_object_ref (result);
}

static gboolean
has_result (gconstpointer data)
{
  return ((const Call *) data)->result != NULL;
}

static GAsyncResult *
wait_for (Call *call)
{
  spin_until (has_result, call);
  return call->result;
}

static WalletChain *
chain_of (gconstpointer data)
{
  WalletChain *const chains[]
      = { WALLET_CHAIN (world.local.bus), WALLET_CHAIN (world.direct), WALLET_CHAIN (world.tls.bus) };

  return chains[GPOINTER_TO_INT (data)];
}

/* Without GIO's module for TLS, the third one is left out. */
static guint
n_chains (void)
{
  return tls_pair_is_supported () ? 3 : 2;
}

static const BtcBlock *
block_at (guint height)
{
  return g_ptr_array_index (world.blocks, height - 1);
}

static WalletChainBlocks *
get_blocks (WalletChain *chain, const guint8 *after32, guint limit, GError **error)
{
  Call call = { chain };
  WalletChainBlocks *blocks;

  wallet_chain_get_blocks_async (chain, after32, limit, NULL, on_result, &call);
  blocks = wallet_chain_get_blocks_finish (chain, wait_for (&call), error);
  g_object_unref (call.result);
  return blocks;
}

static WalletChainPlace *
find_fork (WalletChain *chain, const guint8 *locator, guint n, GError **error)
{
  Call call = { chain };
  WalletChainPlace *place;

  wallet_chain_find_fork_async (chain, locator, n, NULL, on_result, &call);
  place = wallet_chain_find_fork_finish (chain, wait_for (&call), error);
  g_object_unref (call.result);
  return place;
}

static WalletChainPlace *
get_hash (WalletChain *chain, gint32 height, GError **error)
{
  Call call = { chain };
  WalletChainPlace *place;

  wallet_chain_get_hash_async (chain, height, NULL, on_result, &call);
  place = wallet_chain_get_hash_finish (chain, wait_for (&call), error);
  g_object_unref (call.result);
  return place;
}

static WalletChainBlock *
get_block (WalletChain *chain, const guint8 hash32[32], GError **error)
{
  Call call = { chain };
  WalletChainBlock *block;

  wallet_chain_get_block_async (chain, hash32, NULL, on_result, &call);
  block = wallet_chain_get_block_finish (chain, wait_for (&call), error);
  g_object_unref (call.result);
  return block;
}

static gboolean
submit (WalletChain *chain, BtcTx *tx, const guint64 *max_fee_rate, GError **error)
{
  Call call = { chain };
  gboolean done;

  wallet_chain_submit_async (chain, tx, max_fee_rate, NULL, on_result, &call);
  done = wallet_chain_submit_finish (chain, wait_for (&call), error);
  g_object_unref (call.result);
  return done;
}

static WalletChainMempool *
get_mempool (WalletChain *chain, GError **error)
{
  Call call = { chain };
  WalletChainMempool *mempool;

  wallet_chain_get_mempool_async (chain, NULL, on_result, &call);
  mempool = wallet_chain_get_mempool_finish (chain, wait_for (&call), error);
  g_object_unref (call.result);
  return mempool;
}

static GArray *
get_ancestors (WalletChain *chain, const guint8 *txids, guint n, GError **error)
{
  Call call = { chain };
  GArray *list;

  wallet_chain_get_ancestors_async (chain, txids, n, NULL, on_result, &call);
  list = wallet_chain_get_ancestors_finish (chain, wait_for (&call), error);
  g_object_unref (call.result);
  return list;
}

static WalletChainEstimate *
estimate (WalletChain *chain, guint target, GError **error)
{
  Call call = { chain };
  WalletChainEstimate *found;

  wallet_chain_estimate_async (chain, target, NULL, on_result, &call);
  found = wallet_chain_estimate_finish (chain, wait_for (&call), error);
  g_object_unref (call.result);
  return found;
}

/* Asserts that ERROR is this one, and clears it. */
static void
expect_error (GError **error, BusError code)
{
  g_assert_error (*error, BUS_ERROR, (int) code);
  g_clear_error (error);
}

static void
test_tip (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  g_autoptr (GError) error = NULL;
  Call call = { chain };

  g_assert_true (wallet_chain_is_available (chain));
  wallet_chain_get_tip_async (chain, NULL, on_result, &call);
  g_autofree WalletChainTip *tip = wallet_chain_get_tip_finish (chain, wait_for (&call), &error);
  g_assert_no_error (error);
  g_assert_cmpint (tip->height, ==, N_BLOCKS);
  g_assert_cmpmem (tip->hash32, 32, block_at (N_BLOCKS)->hash32, 32);
  g_assert_cmpuint (tip->sequence, >, 0);
  g_object_unref (call.result);
}

static void
test_fork (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  guint8 locator[32 * (WALLET_CHAIN_MAX_LOCATOR + 1)];
  g_autoptr (GError) error = NULL;
  WalletChainPlace *place;

  for (guint i = 0; i < sizeof locator; i++)
    locator[i] = (guint8) (i / 32 + 1);
  place = find_fork (chain, locator, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (place->height, ==, 0);
  g_free (place);
  /* A locator of the maximal length, of which only the last block is known. */
  memcpy (locator + 32 * (WALLET_CHAIN_MAX_LOCATOR - 1), block_at (7)->hash32, 32);
  place = find_fork (chain, locator, WALLET_CHAIN_MAX_LOCATOR, &error);
  g_assert_no_error (error);
  g_assert_cmpint (place->height, ==, 7);
  g_assert_cmpmem (place->hash32, 32, block_at (7)->hash32, 32);
  g_free (place);
  g_assert_null (find_fork (chain, locator, WALLET_CHAIN_MAX_LOCATOR + 1, &error));
  expect_error (&error, BUS_ERROR_INVALID_ARGUMENT);
}

static void
test_hash (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  g_autoptr (GError) error = NULL;
  g_autofree WalletChainPlace *place = get_hash (chain, 33, &error);

  g_assert_no_error (error);
  g_assert_cmpint (place->height, ==, 33);
  g_assert_cmpmem (place->hash32, 32, block_at (33)->hash32, 32);
  g_assert_null (get_hash (chain, N_BLOCKS + 1, &error));
  expect_error (&error, BUS_ERROR_NOT_IN_CHAIN);
  g_assert_null (get_hash (chain, G_MAXINT32, &error));
  expect_error (&error, BUS_ERROR_NOT_IN_CHAIN);
  g_assert_null (get_hash (chain, -1, &error));
  expect_error (&error, BUS_ERROR_INVALID_ARGUMENT);
}

static void
test_blocks (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  CommonJobs *jobs = node_chain_jobs (node_app_context (world.app)->chain);
  guint64 steps = common_jobs_get_steps (jobs, NODE_JOB_QUERIES);
  const guint8 unknown32[32] = { 9 };
  g_autoptr (GError) error = NULL;
  WalletChainBlocks *blocks = get_blocks (chain, NULL, WALLET_CHAIN_MAX_BLOCKS, &error);

  g_assert_no_error (error);
  /* Reading blocks takes no time of the chain thread. */
  g_assert_cmpuint (common_jobs_get_steps (jobs, NODE_JOB_QUERIES), ==, steps);
  g_assert_cmpint (blocks->first_height, ==, 0);
  g_assert_cmpuint (blocks->blocks->len, ==, N_BLOCKS + 1);
  for (guint i = 1; i <= N_BLOCKS; i++) {
    const BtcBlock *got = g_ptr_array_index (blocks->blocks, i);
    g_assert_true (g_bytes_equal (got->bytes, block_at (i)->bytes));
  }
  wallet_chain_blocks_free (blocks);
  blocks = get_blocks (chain, block_at (50)->hash32, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpint (blocks->first_height, ==, 51);
  g_assert_cmpuint (blocks->blocks->len, ==, 3);
  wallet_chain_blocks_free (blocks);
  blocks = get_blocks (chain, block_at (N_BLOCKS)->hash32, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (blocks->blocks->len, ==, 0);
  wallet_chain_blocks_free (blocks);
  g_assert_null (get_blocks (chain, unknown32, 3, &error));
  expect_error (&error, BUS_ERROR_NOT_IN_CHAIN);
  g_assert_null (get_blocks (chain, NULL, 0, &error));
  expect_error (&error, BUS_ERROR_INVALID_ARGUMENT);
  g_assert_null (get_blocks (chain, NULL, WALLET_CHAIN_MAX_BLOCKS + 1, &error));
  expect_error (&error, BUS_ERROR_INVALID_ARGUMENT);
}

typedef struct {
  const guint8 *hash32;
  gboolean stored;
} Storing;

static void
set_stored (NodeChain *chain, gpointer data)
{
  const Storing *storing = data;
  NodeBlock *block = node_chain_find (chain, storing->hash32);

  if (storing->stored)
    block->status |= NODE_BLOCK_HAVE_DATA;
  else
    block->status &= ~(guint32) NODE_BLOCK_HAVE_DATA;
}

/* A block that the node has pruned is reported neither as damage nor as unknown. */
static void
test_pruned (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  Storing storing = { block_at (20)->hash32, FALSE };
  g_autoptr (GError) error = NULL;
  WalletChainBlocks *blocks;

  node_chain_run (node_app_context (world.app)->chain, NODE_JOB_QUERIES, set_stored, &storing, NULL, NULL);
  blocks = get_blocks (chain, block_at (17)->hash32, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (blocks->blocks->len, ==, 2);
  wallet_chain_blocks_free (blocks);
  g_assert_null (get_blocks (chain, block_at (19)->hash32, 10, &error));
  expect_error (&error, BUS_ERROR_PRUNED);
  g_assert_null (get_block (chain, block_at (20)->hash32, &error));
  expect_error (&error, BUS_ERROR_PRUNED);
  storing.stored = TRUE;
  node_chain_run (node_app_context (world.app)->chain, NODE_JOB_QUERIES, set_stored, &storing, NULL, NULL);
}

static void
accept_block (NodeChain *chain, gpointer data)
{
  BtcVerdict verdict = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (node_chain_accept_block (chain, data, TRUE, NULL, NULL, &verdict, &error));
  g_assert_no_error (error);
}

static void
test_block (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  const guint8 unknown32[32] = { 9 };
  g_autoptr (GError) error = NULL;
  g_autoptr (BtcBlock) sibling = chain_block_new (node_app_context (world.app)->params, block_at (59), 60,
                                                  100 + (guint) GPOINTER_TO_INT (data), -1, NULL);
  WalletChainBlock *found = get_block (chain, block_at (60)->hash32, &error);

  g_assert_no_error (error);
  g_assert_cmpint (found->height, ==, 60);
  g_assert_true (found->active);
  g_assert_true (g_bytes_equal (found->block->bytes, block_at (60)->bytes));
  wallet_chain_block_free (found);
  node_chain_run (node_app_context (world.app)->chain, NODE_JOB_BLOCKS, accept_block, sibling, NULL, NULL);
  found = get_block (chain, sibling->hash32, &error);
  g_assert_no_error (error);
  g_assert_cmpint (found->height, ==, 60);
  g_assert_false (found->active);
  wallet_chain_block_free (found);
  g_assert_null (get_blocks (chain, sibling->hash32, 1, &error));
  expect_error (&error, BUS_ERROR_NOT_IN_CHAIN);
  g_assert_null (get_block (chain, unknown32, &error));
  expect_error (&error, BUS_ERROR_NOT_FOUND);
}

/* Spends outputs that do not exist, into an output with a script of LEN bytes. */
static BtcTx *
make_orphan (gsize len)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  g_autofree guint8 *script = g_malloc0 (len);
  BtcOutpoint prevout = { { 0x77 }, 3 };

  btc_tx_builder_add_in (builder, &prevout, BTC_SEQUENCE_FINAL);
  btc_tx_builder_add_out (builder, 1000, script, len);
  return btc_tx_builder_finish (builder);
}

static gboolean
contains (const WalletChainMempool *mempool, const BtcTx *tx)
{
  for (guint i = 0; i < mempool->txs->len; i++)
    if (memcmp (((const BtcTx *) g_ptr_array_index (mempool->txs, i))->wtxid32, tx->wtxid32, 32) == 0)
      return TRUE;
  return FALSE;
}

static void
test_submit (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  const BtcBlock *from = block_at (N_BLOCKS - 14 + (guint) GPOINTER_TO_INT (data));
  g_autoptr (GError) error = NULL;
  g_autoptr (BtcTx) tx = chain_spend_new (&from->txs[1], 0, BTC_SEQUENCE_FINAL, 10000);
  g_autoptr (BtcTx) orphan = make_orphan (30);
  g_autoptr (WalletChainMempool) before = get_mempool (chain, &error);
  const guint64 none_at_all = 0, low = 1, high = G_MAXUINT64;

  g_assert_no_error (error);
  g_assert_true (before->complete);
  g_assert_false (contains (before, tx));
  g_assert_false (submit (chain, tx, &low, &error));
  g_assert_cmpstr (error->message, ==, "max-fee-exceeded");
  expect_error (&error, BUS_ERROR_REJECTED);
  g_assert_false (submit (chain, tx, &none_at_all, &error)); /* a limit like others */
  g_assert_cmpstr (error->message, ==, "max-fee-exceeded");
  expect_error (&error, BUS_ERROR_REJECTED);
  submit (chain, tx, &high, &error);
  g_assert_no_error (error);
  g_assert_true (submit (chain, tx, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (WalletChainMempool) after = get_mempool (chain, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (after->sequence, >, before->sequence);
  g_assert_true (contains (after, tx));
  g_assert_cmpuint (after->txs->len, ==, before->txs->len + 1);
  g_assert_false (submit (chain, orphan, NULL, &error));
  g_assert_cmpstr (error->message, ==, "bad-txns-inputs-missingorspent");
  expect_error (&error, BUS_ERROR_REJECTED);
}

static void
prioritise_ancestor (NodeChain *chain, gpointer tx)
{
  node_mempool_prioritise (node_app_context (world.app)->mempool, ((const BtcTx *) tx)->txid32, -70000);
}

/* Of a payment and its child, with an unknown one between them. */
static void
test_ancestors (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  const BtcBlock *from = block_at (N_BLOCKS - 17 + (guint) GPOINTER_TO_INT (data));
  g_autoptr (GError) error = NULL;
  g_autoptr (BtcTx) parent = chain_spend_new (&from->txs[1], 0, BTC_SEQUENCE_FINAL, 10000);
  g_autoptr (BtcTx) child = chain_spend_new (parent, 0, BTC_SEQUENCE_FINAL, 20000);
  g_autofree guint8 *txids = g_malloc0 (32 * (WALLET_CHAIN_MAX_TXIDS + 1));
  GArray *list = get_ancestors (chain, txids, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 0);
  g_array_unref (list);
  submit (chain, parent, NULL, &error);
  g_assert_no_error (error);
  submit (chain, child, NULL, &error);
  g_assert_no_error (error);
  node_chain_run (node_app_context (world.app)->chain, NODE_JOB_QUERIES, prioritise_ancestor, parent, NULL, NULL);
  memcpy (txids, child->txid32, 32);
  memcpy (txids + 32 * (WALLET_CHAIN_MAX_TXIDS - 1), parent->txid32, 32);
  list = get_ancestors (chain, txids, WALLET_CHAIN_MAX_TXIDS, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 2);
  const WalletChainAncestors *of = &g_array_index (list, WalletChainAncestors, 0);
  g_assert_cmpmem (of[0].txid32, 32, child->txid32, 32);
  g_assert_cmpuint (of[0].count, ==, 2);
  g_assert_cmpint (of[0].vsize, ==, btc_tx_vsize (parent) + btc_tx_vsize (child));
  g_assert_cmpint (of[0].fees_sat, ==, 10000 + 20000 - 70000);
  g_assert_cmpmem (of[1].txid32, 32, parent->txid32, 32);
  g_assert_cmpuint (of[1].count, ==, 1);
  g_assert_cmpint (of[1].vsize, ==, btc_tx_vsize (parent));
  g_assert_cmpint (of[1].fees_sat, ==, 10000 - 70000);
  g_array_unref (list);
  g_assert_null (get_ancestors (chain, txids, WALLET_CHAIN_MAX_TXIDS + 1, &error));
  expect_error (&error, BUS_ERROR_INVALID_ARGUMENT);
}

/* The largest transaction that a block could hold without its witness. */
static void
test_submit_largest (gconstpointer data)
{
  g_autoptr (BtcTx) large = make_orphan (999800);
  g_autoptr (GError) error = NULL;

  g_assert_false (submit (chain_of (data), large, NULL, &error));
  expect_error (&error, BUS_ERROR_REJECTED);
}

static WalletChainEvents *
get_events (WalletChain *chain, const WalletChainCursor *after, guint max_bytes, GError **error)
{
  Call call = { chain };
  WalletChainEvents *events;

  wallet_chain_get_events_async (chain, after, max_bytes, NULL, on_result, &call);
  events = wallet_chain_get_events_finish (chain, wait_for (&call), error);
  g_object_unref (call.result);
  return events;
}

static void
test_events (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  const BtcBlock *from = block_at (N_BLOCKS - 20 + (guint) GPOINTER_TO_INT (data));
  g_autoptr (GError) error = NULL;
  g_autoptr (BtcTx) tx = chain_spend_new (&from->txs[1], 0, BTC_SEQUENCE_FINAL, 10000);
  g_autoptr (WalletChainEvents) first = get_events (chain, NULL, WALLET_CHAIN_MAX_EVENT_BYTES, &error);

  g_assert_no_error (error);
  g_assert_true (first->resync);
  g_assert_cmpuint (first->last.log, !=, 0);
  g_assert_cmpuint (first->events->len, ==, 0);
  /* It waits until something happens. */
  Call call = { chain };
  wallet_chain_get_events_async (chain, &first->last, WALLET_CHAIN_MIN_EVENT_BYTES, NULL, on_result, &call);
  for (gint64 until = g_get_monotonic_time () + 200000; g_get_monotonic_time () < until;)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_null (call.result);
  submit (chain, tx, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (WalletChainEvents) events = wallet_chain_get_events_finish (chain, wait_for (&call), &error);
  g_object_unref (call.result);
  g_assert_no_error (error);
  g_assert_false (events->resync);
  g_assert_cmpuint (events->events->len, ==, 1);
  g_assert_cmpuint (events->last.number, ==, first->last.number + 1);
  const WalletChainEvent *event = &g_array_index (events->events, WalletChainEvent, 0);
  g_assert_cmpint (event->kind, ==, WALLET_CHAIN_EVENT_ADDED);
  g_assert_cmpmem (event->tx->wtxid32, 32, tx->wtxid32, 32);
  g_autoptr (WalletChainMempool) mempool = get_mempool (chain, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mempool->cursor.number, ==, events->last.number);
  g_assert_cmpuint (mempool->sequence, ==, event->mempool_sequence);
  /* The same again, and positions of another node and past the end. */
  g_autoptr (WalletChainEvents) again = get_events (chain, &first->last, WALLET_CHAIN_MIN_EVENT_BYTES, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->events->len, ==, 1);
  WalletChainCursor wrong[2] = { events->last, events->last };
  wrong[0].log++;
  wrong[1].number += 1000;
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (WalletChainEvents) lost = get_events (chain, &wrong[i], WALLET_CHAIN_MIN_EVENT_BYTES, &error);
    g_assert_no_error (error);
    g_assert_true (lost->resync);
  }
  g_assert_null (get_events (chain, NULL, WALLET_CHAIN_MIN_EVENT_BYTES - 1, &error));
  expect_error (&error, BUS_ERROR_INVALID_ARGUMENT);
  g_assert_null (get_events (chain, NULL, WALLET_CHAIN_MAX_EVENT_BYTES + 1, &error));
  expect_error (&error, BUS_ERROR_INVALID_ARGUMENT);
}

typedef struct {
  const BtcBlock *block;
  gboolean invalidate;
} Flip;

static void
flip_block (NodeChain *chain, gpointer data)
{
  const Flip *flip = data;
  NodeBlock *block = node_chain_find (chain, flip->block->hash32);

  if (flip->invalidate)
    g_assert_true (node_chain_invalidate (chain, block, NULL));
  else
    g_assert_true (node_chain_reconsider (chain, block, NULL));
}

/* A block that is disconnected and connected again; in between its transactions return to the mempool. */
static void
test_block_events (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WalletChainEvents) first = get_events (chain, NULL, WALLET_CHAIN_MAX_EVENT_BYTES, &error);
  Flip flip = { block_at (N_BLOCKS), TRUE };
  guint connected = 0, disconnected = 0, added = 0, confirmed = 0;
  WalletChainCursor cursor = first->last;

  node_chain_run (node_app_context (world.app)->chain, NODE_JOB_BLOCKS, flip_block, &flip, NULL, NULL);
  flip.invalidate = FALSE;
  node_chain_run (node_app_context (world.app)->chain, NODE_JOB_BLOCKS, flip_block, &flip, NULL, NULL);
  while (connected == 0) {
    g_autoptr (WalletChainEvents) events = get_events (chain, &cursor, WALLET_CHAIN_MIN_EVENT_BYTES, &error);
    g_assert_no_error (error);
    g_assert_false (events->resync);
    cursor = events->last;
    for (guint i = 0; i < events->events->len; i++) {
      const WalletChainEvent *event = &g_array_index (events->events, WalletChainEvent, i);
      connected += event->kind == WALLET_CHAIN_EVENT_CONNECTED;
      disconnected += event->kind == WALLET_CHAIN_EVENT_DISCONNECTED;
      added += event->kind == WALLET_CHAIN_EVENT_ADDED;
      confirmed += event->kind == WALLET_CHAIN_EVENT_REMOVED && event->confirmed;
      if (event->kind == WALLET_CHAIN_EVENT_CONNECTED || event->kind == WALLET_CHAIN_EVENT_DISCONNECTED) {
        g_assert_cmpint (event->height, ==, N_BLOCKS);
        g_assert_cmpmem (event->hash32, 32, block_at (N_BLOCKS)->hash32, 32);
      }
    }
  }
  g_assert_cmpuint (connected, ==, 1);
  g_assert_cmpuint (disconnected, ==, 1);
  g_assert_cmpuint (added, >=, 2);
  g_assert_cmpuint (confirmed, ==, added);
}

static void
test_estimate (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  g_autoptr (GError) error = NULL;
  g_autofree WalletChainEstimate *found = estimate (chain, WALLET_CHAIN_MAX_TARGET, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->minimum, >, 0);
  g_assert_false (found->estimated);
  g_assert_null (estimate (chain, 0, &error));
  expect_error (&error, BUS_ERROR_INVALID_ARGUMENT);
  g_assert_null (estimate (chain, WALLET_CHAIN_MAX_TARGET + 1, &error));
  expect_error (&error, BUS_ERROR_INVALID_ARGUMENT);
}

/* Every call of the interface, with valid arguments. */

typedef void (*Begin) (WalletChain *chain, GCancellable *cancellable, Call *call);

static void
begin_tip (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  wallet_chain_get_tip_async (chain, cancellable, on_result, call);
}

static void
begin_fork (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  wallet_chain_find_fork_async (chain, block_at (5)->hash32, 1, cancellable, on_result, call);
}

static void
begin_hash (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  wallet_chain_get_hash_async (chain, 5, cancellable, on_result, call);
}

static void
begin_blocks (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  wallet_chain_get_blocks_async (chain, NULL, WALLET_CHAIN_MAX_BLOCKS, cancellable, on_result, call);
}

static void
begin_block (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  wallet_chain_get_block_async (chain, block_at (5)->hash32, cancellable, on_result, call);
}

static void
begin_mempool (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  wallet_chain_get_mempool_async (chain, cancellable, on_result, call);
}

static void
begin_ancestors (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  wallet_chain_get_ancestors_async (chain, block_at (5)->txs[0].txid32, 1, cancellable, on_result, call);
}

static void
begin_submit (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  g_autoptr (BtcTx) tx = make_orphan (30);

  wallet_chain_submit_async (chain, tx, NULL, cancellable, on_result, call);
}

static void
begin_estimate (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  wallet_chain_estimate_async (chain, 6, cancellable, on_result, call);
}

static void
begin_events (WalletChain *chain, GCancellable *cancellable, Call *call)
{
  wallet_chain_get_events_async (chain, NULL, WALLET_CHAIN_MAX_EVENT_BYTES, cancellable, on_result, call);
}

static const Begin begins[] = { begin_tip,     begin_fork,      begin_hash,   begin_blocks, begin_block,
                                begin_mempool, begin_ancestors, begin_events, begin_submit, begin_estimate };

/* The error of CALL. */
static GError *
take_error (Call *call)
{
  GError *error = NULL;

  if (g_async_result_is_tagged (wait_for (call), wallet_chain_submit_async))
    g_assert_false (g_task_propagate_boolean (G_TASK (call->result), &error));
  else
    g_assert_null (g_task_propagate_pointer (G_TASK (call->result), &error));
  g_clear_object (&call->result);
  return error;
}

static void
test_cancel (gconstpointer data)
{
  WalletChain *chain = chain_of (data);

  for (guint i = 0; i < G_N_ELEMENTS (begins); i++)
    for (guint early = 0; early < 2; early++) {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Call call = { chain };
      if (early)
        g_cancellable_cancel (cancellable);
      begins[i](chain, cancellable, &call);
      g_assert_null (call.result); /* never before the call has returned */
      g_cancellable_cancel (cancellable);
      g_autoptr (GError) error = take_error (&call);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

typedef struct {
  guint count;
  WalletChainTip tip;
} Heard;

static void
on_tip (WalletChain *chain, const WalletChainTip *tip, gpointer data)
{
  Heard *heard = data;

  heard->count++;
  heard->tip = *tip;
}

static gboolean
has_mempool_signal (gconstpointer data)
{
  const Heard *heard = data;

  return heard->count > 0
         && heard->tip.mempool_sequence >= node_mempool_sequence (node_app_context (world.app)->mempool);
}

/* The signal is also emitted for the mempool, and contains what GetTip would return. */
static void
test_signal (gconstpointer data)
{
  WalletChain *chain = chain_of (data);
  const BtcBlock *from = block_at (N_BLOCKS - 11 + (guint) GPOINTER_TO_INT (data));
  g_autoptr (BtcTx) tx = chain_spend_new (&from->txs[1], 0, BTC_SEQUENCE_FINAL, 10000);
  g_autoptr (GError) error = NULL;
  Heard heard = { 0 };
  gulong handler = g_signal_connect (chain, "tip-changed", G_CALLBACK (on_tip), &heard);

  submit (chain, tx, NULL, &error);
  g_assert_no_error (error);
  spin_until (has_mempool_signal, &heard);
  g_assert_cmpint (heard.tip.height, ==, N_BLOCKS);
  g_assert_cmpmem (heard.tip.hash32, 32, block_at (N_BLOCKS)->hash32, 32);
  g_signal_handler_disconnect (chain, handler);
}

static gboolean
is_stopped (gconstpointer data)
{
  return node_monitor_get_status (node_app_context (world.app)->monitor).state == NODE_STATE_STOPPED;
}

/* The last test: a node that is closing its chain reports NOT_READY, and one without a connection is unavailable. */
static void
test_end (void)
{
  WalletChain *chains[] = { WALLET_CHAIN (world.local.bus), WALLET_CHAIN (world.direct), WALLET_CHAIN (world.tls.bus) };

  node_app_stop (world.app, 0);
  for (guint c = 0; c < n_chains (); c++)
    for (guint i = 0; i < G_N_ELEMENTS (begins); i++) {
      Call call = { chains[c] };
      begins[i](chains[c], NULL, &call);
      g_autoptr (GError) error = take_error (&call);
      g_assert_error (error, BUS_ERROR, BUS_ERROR_NOT_READY);
    }
  g_assert_false (wallet_chain_is_available (WALLET_CHAIN (world.direct)));
  g_assert_false (wallet_chain_is_connected (WALLET_CHAIN (world.direct)));
  for (guint c = 0; c < n_chains (); c += 2) {
    wallet_chain_bus_set_connection (WALLET_CHAIN_BUS (chains[c]), NULL);
    g_assert_false (wallet_chain_is_available (chains[c]));
    g_assert_false (wallet_chain_is_connected (chains[c]));
    for (guint i = 0; i < G_N_ELEMENTS (begins); i++) {
      Call call = { chains[c] };
      begins[i](chains[c], NULL, &call);
      g_autoptr (GError) error = take_error (&call);
      g_assert_error (error, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE);
    }
  }
  spin_until (is_stopped, NULL);
}

static gboolean
is_bus_connected (gconstpointer data)
{
  return wallet_chain_is_available (WALLET_CHAIN (((const Link *) data)->bus));
}

/* Takes ownership of both ends. */
static void
link_begin (Link *link, GDBusConnection *node_end, GDBusConnection *wallet_end)
{
  g_autoptr (GError) error = NULL;

  link->node_end = node_end;
  link->wallet_end = wallet_end;
  link->chain1 = node_chain1_new (world.calls, node_end, &error);
  g_assert_no_error (error);
  g_dbus_connection_start_message_processing (node_end);
  g_dbus_connection_start_message_processing (wallet_end);
  link->bus = wallet_chain_bus_new (BTC_NETWORK_REGTEST);
  wallet_chain_bus_set_connection (link->bus, wallet_end);
  spin_until (is_bus_connected, link);
}

static void
link_end (Link *link)
{
  g_clear_pointer (&link->chain1, node_chain1_free);
  g_clear_object (&link->bus);
  g_clear_object (&link->wallet_end);
  g_clear_object (&link->node_end);
}

static void
connect_bus (void)
{
  const BusConnectionOptions node_limits = { .peer = "wallet", .max_calls = BUS_MAX_CALLS, .roles = BUS_ROLES_NODE };
  const BusConnectionOptions wallet_limits = { .peer = "node", .roles = BUS_ROLES_OWNER };
  GTlsConnection *tls[2];
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  link_begin (&world.local, bus_connection_new (fds[0], &node_limits, NULL),
              bus_connection_new (fds[1], &wallet_limits, NULL));
  if (!tls_pair_is_supported ())
    return;
  tls_pair_new (tls);
  link_begin (&world.tls, bus_connection_new_tls (tls[0], &node_limits, NULL),
              bus_connection_new_tls (tls[1], &wallet_limits, NULL));
  g_object_unref (tls[0]);
  g_object_unref (tls[1]);
}

static gboolean
has_tip (gconstpointer data)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (node_app_context (world.app)->chain);

  return tip != NULL && node_mempool_load_state (node_app_context (world.app)->mempool) == NODE_MEMPOOL_LOADED;
}

static void
start_world (void)
{
  g_autoptr (GError) error = NULL;
  int exit_code = 0;

  world.folder = g_dir_make_tmp ("contract-XXXXXX", NULL);
  g_autofree char *datadir = g_strconcat ("-datadir=", world.folder, NULL);
  char *argv[]
      = { (char *) "test",           (char *) "-regtest",           datadir, (char *) "-server=0", (char *) "-listen=0",
          (char *) "-disablewallet", (char *) "-acceptnonstdtxn=1", NULL };
  world.program = node_program_new ("test", "", G_N_ELEMENTS (argv) - 1, argv, &exit_code);
  g_assert_nonnull (world.program);
  world.app = node_app_new (world.program, &error);
  g_assert_no_error (error);
  world.calls = node_chain_calls_new (node_app_context (world.app));
  world.direct = daemon_chain_direct_new (world.calls);
  g_assert_true (node_app_start (world.app, &error));
  g_assert_no_error (error);
  spin_until (has_tip, NULL);
  world.blocks = chain_blocks_new (node_app_context (world.app)->params, N_BLOCKS, 1);
  for (guint i = 0; i < world.blocks->len; i++)
    node_chain_run (node_app_context (world.app)->chain, NODE_JOB_BLOCKS, accept_block,
                    g_ptr_array_index (world.blocks, i), NULL, NULL);
  connect_bus ();
}

static void
end_world (void)
{
  link_end (&world.local);
  link_end (&world.tls);
  g_clear_object (&world.direct);
  g_clear_pointer (&world.calls, node_chain_calls_free);
  g_ptr_array_unref (world.blocks);
  node_app_free (world.app);
  common_program_free (world.program);
  remove_tree (world.folder);
  g_free (world.folder);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*func) (gconstpointer data);
  } tests[] = {
    { "tip", test_tip },
    { "fork", test_fork },
    { "hash", test_hash },
    { "blocks", test_blocks },
    { "pruned", test_pruned },
    { "block", test_block },
    { "submit", test_submit },
    { "submit-largest", test_submit_largest },
    { "ancestors", test_ancestors },
    { "events", test_events },
    { "block-events", test_block_events },
    { "estimate", test_estimate },
    { "cancel", test_cancel },
    { "signal", test_signal },
  };
  int failed;

  g_test_init (&argc, &argv, NULL);
  start_world ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    for (guint chain = 0; chain < n_chains (); chain++) {
      static const char *const names[] = { "bus", "direct", "tls" };
      g_autofree char *path = g_strjoin ("/", "/wallet/chain", names[chain], tests[i].name, NULL);
      g_test_add_data_func (path, GUINT_TO_POINTER (chain), tests[i].func);
    }
  g_test_add_func ("/wallet/chain/closing/end", test_end);
  failed = g_test_run ();
  end_world ();
  return failed;
}
