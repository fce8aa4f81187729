#include "chain_fixture.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "node/chain/intake.h"

/* A scripted sync: headers are submitted on another thread, and blocks out of order by three sources, of which one lies
 * and one stalls, until the tip is the best header. */

#define N_BLOCKS 10000u
#define WINDOW 1024u /* blocks that are requested at a time */
#define N_SOURCES 3u
#define LYING_EVERY 7u /* every Nth block of the lying source is not the requested one */
#define READ_PAUSE_US 500

enum { HONEST, LYING, STALLED };

typedef struct _Sync Sync;

/* One delivery. */
typedef struct {
  Sync *sync;
  guint height;
  gboolean is_lie;
  gboolean is_stored;
} Delivery;

struct _Sync {
  ChainFixture f;
  GPtrArray *blocks; /* [height - 1] */
  GMainContext *context;
  guint8 *requested;   /* [height]: requested from a source that has not failed */
  gboolean *connected; /* [height]: as reported to the submitter */
  guint n_waiting;     /* deliveries without any event */
  guint n_pending;     /* deliveries without their last event */
  guint n_stored, n_connected, n_refused;
  gboolean has_room;
  gint header_changes; /* atomic */
  gint reading;        /* atomic: the reader of raw blocks continues */
  guint n_read;
};

/* BLOCK with another amount in the coinbase. The proof of work is still BLOCK's, so it commits to something else. */
static BtcBlock *
lie_about (const BtcBlock *block)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (block->bytes, &len);
  g_autofree guint8 *copy = g_memdup2 (data, len);
  g_autoptr (GBytes) bytes = NULL;
  gsize amount = (gsize) (block->txs[0].out[0].script.data - data) - 9;

  copy[amount] ^= 1;
  bytes = g_bytes_new (copy, len);
  return btc_block_new (bytes);
}

static void
on_event (gpointer data, NodeIntakeEvent event, const NodeBlock *index, const BtcVerdict *verdict)
{
  Delivery *delivery = data;
  Sync *sync = delivery->sync;

  g_assert_true (g_main_context_is_owner (sync->context));
  switch (event) {
  case NODE_INTAKE_STORED:
    g_assert_false (delivery->is_stored);
    g_assert_cmpuint (index->height, ==, delivery->height);
    delivery->is_stored = TRUE;
    sync->n_stored++;
    sync->n_waiting--;
    return;
  case NODE_INTAKE_CONNECTED:
    g_assert_false (delivery->is_lie);
    g_assert_cmpuint (index->height, ==, delivery->height);
    sync->connected[delivery->height] = TRUE;
    sync->n_connected++;
    break;
  case NODE_INTAKE_REFUSED:
    g_assert_true (delivery->is_lie);
    g_assert_cmpstr (verdict->reason, ==, "bad-txnmrklroot");
    g_assert_cmpint (verdict->verdict, ==, BTC_VERDICT_MUTATED);
    /* The block is requested from another source. */
    sync->requested[delivery->height] = FALSE;
    sync->n_refused++;
    sync->n_waiting--;
    break;
  case NODE_INTAKE_IGNORED:
  case NODE_INTAKE_ENDED:
    g_assert_not_reached ();
  }
  sync->n_pending--;
}

static void
on_room (gpointer data)
{
  ((Sync *) data)->has_room = TRUE;
}

static void
wait_for_room (Sync *sync)
{
  sync->has_room = FALSE;
  node_intake_notify_room (sync->f.chain, on_room, sync, NULL);
  while (!sync->has_room)
    g_main_context_iteration (sync->context, TRUE);
}

static void
hand_in (Sync *sync, BtcBlock *block, guint height, gboolean is_lie)
{
  const NodeIntakeFlags flags = NODE_INTAKE_REQUESTED | NODE_INTAKE_WORK_CHECKED | NODE_INTAKE_POW_CHECKED;
  Delivery *delivery = g_new0 (Delivery, 1);

  *delivery = (Delivery){ .sync = sync, .height = height, .is_lie = is_lie };
  for (;;) {
    g_autoptr (GError) error = NULL;

    if (node_intake_submit (sync->f.chain, block, flags, on_event, delivery, g_free, &error))
      break;
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
    wait_for_room (sync);
  }
  g_assert_cmpuint (node_intake_get_bytes (sync->f.chain), <=, NODE_INTAKE_MAX_BYTES);
  sync->n_waiting++;
  sync->n_pending++;
}

static void
deliver (Sync *sync, guint height, guint source)
{
  BtcBlock *block = g_ptr_array_index (sync->blocks, height - 1);
  g_autoptr (BtcBlock) lie = source == LYING && height % LYING_EVERY == 0 ? lie_about (block) : NULL;

  hand_in (sync, lie != NULL ? lie : block, height, lie != NULL);
}

/* Requests a share of the missing blocks from each source, the last first. Blocks requested from the stalling source
 * never arrive: after the first round they are requested from others. */
static void
ask (Sync *sync, guint round)
{
  g_autoptr (NodeTip) tip = node_chain_ref_tip (sync->f.chain);
  NodeBlockTree *tree = node_chain_tree (sync->f.chain);
  g_autoptr (GPtrArray) missing
      = node_block_tree_dup_missing (tree, tip->block, node_block_tree_get_best_header (tree), WINDOW);

  for (guint i = missing->len; i-- > 0;) {
    const NodeBlock *index = g_ptr_array_index (missing, i);
    guint source = round == 0 ? i % N_SOURCES : round % 2 == 1 && i % 5 == 0 ? LYING : HONEST;

    if (sync->requested[index->height])
      continue;
    if (source != STALLED) {
      sync->requested[index->height] = TRUE;
      deliver (sync, index->height, source);
    }
  }
}

static gpointer
send_headers (gpointer data)
{
  Sync *sync = data;
  NodeBlockTree *tree = node_chain_tree (sync->f.chain);
  g_autofree BtcHeader *headers = g_new (BtcHeader, N_BLOCKS);
  BtcUint256 too_much;
  BtcVerdict verdict;
  NodeBlock *last;

  for (guint i = 0; i < N_BLOCKS; i++)
    headers[i] = ((BtcBlock *) g_ptr_array_index (sync->blocks, i))->header;
  memset (&too_much, 0xff, sizeof too_much);
  g_assert_cmpuint (node_block_tree_accept_headers (tree, headers, 2000, &too_much, &last, &verdict), ==, 0);
  g_assert_cmpint (verdict.verdict, ==, BTC_VERDICT_HEADER_LOW_WORK);
  for (guint i = 0; i < N_BLOCKS; i += NODE_BLOCK_TREE_MAX_HEADERS) {
    const guint wrong = i + 777;
    const gint32 version = headers[wrong].version;

    /* The first time one of them is invalid. */
    headers[wrong].version = 1;
    g_assert_cmpuint (node_block_tree_accept_headers (tree, headers + i, 2000, NULL, &last, &verdict), ==, 777);
    headers[wrong].version = version;
    g_assert_cmpuint (node_block_tree_accept_headers (tree, headers + i, 2000, NULL, &last, &verdict), ==, 2000);
    g_assert_cmpuint (last->height, ==, i + 2000);
  }
  return NULL;
}

/* Reads stored blocks while others are connected, as serving peers does. */
static gpointer
read_blocks (gpointer data)
{
  Sync *sync = data;
  NodeBlockTree *tree = node_chain_tree (sync->f.chain);

  for (guint height = 1; g_atomic_int_get (&sync->reading); height = height % N_BLOCKS + 1) {
    const BtcBlock *block = g_ptr_array_index (sync->blocks, height - 1);
    NodeBlock *index = node_block_tree_find (tree, block->hash32);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) raw = NULL;

    raw = node_block_tree_read_raw (tree, index, &error);
    if (raw == NULL)
      g_assert_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_NOT_STORED);
    else
      g_assert_true (g_bytes_equal (raw, block->bytes));
    sync->n_read += raw != NULL;
    g_usleep (READ_PAUSE_US); /* the processors are for the others */
  }
  return NULL;
}

static void
on_best_header (gpointer data)
{
  g_atomic_int_inc (&((Sync *) data)->header_changes);
}

static void
check_fork (Sync *sync)
{
  NodeBlockTree *tree = node_chain_tree (sync->f.chain);
  g_autoptr (NodeTip) tip = node_chain_ref_tip (sync->f.chain);
  g_autoptr (GPtrArray) locator = node_block_dup_locator (node_block_ancestor (tip->block, 5000));
  g_autofree guint8 (*hashes)[32] = g_malloc_n (locator->len, 32);

  for (guint i = 0; i < locator->len; i++)
    memcpy (hashes[i], ((const NodeBlock *) g_ptr_array_index (locator, i))->hash32, 32);
  g_assert_cmpuint (node_block_tree_find_fork (tree, tip->block, hashes, locator->len)->height, ==, 5000);
}

/* A block is reported when it is connected; the tip is published after the last one of a slice. */
static void
wait_for_tip (Sync *sync)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  gboolean published = FALSE;

  while (!published && g_get_monotonic_time () < end_us) {
    g_autoptr (NodeTip) tip = node_chain_ref_tip (sync->f.chain);

    published = tip->block->height == N_BLOCKS;
    if (!published)
      g_usleep (1000);
  }
}

static void
check_end (Sync *sync)
{
  g_autoptr (NodeTip) tip = NULL;
  NodeBlockTree *tree = node_chain_tree (sync->f.chain);

  wait_for_tip (sync);
  tip = node_chain_ref_tip (sync->f.chain);
  g_assert_cmpuint (tip->block->height, ==, N_BLOCKS);
  g_assert_true (tip->block == node_block_tree_get_best_header (tree));
  g_assert_cmpuint (tip->n_states, ==, 1);
  g_assert_true (tip->states[0].tip == tip->block);
  g_assert_null (tip->states[0].target);
  g_assert_cmpint (tip->states[0].tip_us, <=, g_get_monotonic_time ());
  g_assert_cmpuint (sync->n_connected, ==, N_BLOCKS);
  g_assert_cmpuint (sync->n_stored, ==, N_BLOCKS);
  g_assert_cmpuint (sync->n_refused, >, 100);
  g_assert_cmpint (g_atomic_int_get (&sync->f.received), ==, (gint) N_BLOCKS);
  g_assert_cmpint (g_atomic_int_get (&sync->header_changes), >=, 5);
  for (guint height = 1; height <= N_BLOCKS; height++)
    g_assert_true (sync->connected[height]);
  check_fork (sync);
}

/* With PRUNED old blocks are gone, although their files were being read; new ones are stored. */
static void
check_stored (Sync *sync, gboolean pruned)
{
  NodeBlockTree *tree = node_chain_tree (sync->f.chain);
  guint n_stored = 0;

  for (guint height = 1; height <= N_BLOCKS; height++) {
    const BtcBlock *block = g_ptr_array_index (sync->blocks, height - 1);
    NodeBlock *index = node_block_tree_find (tree, block->hash32);
    g_autoptr (GBytes) raw = node_block_tree_read_raw (tree, index, NULL);

    n_stored += raw != NULL;
    g_assert_true (raw != NULL || (pruned && height + NODE_PRUNE_KEEP_BLOCKS < N_BLOCKS));
    if (raw != NULL)
      g_assert_true (g_bytes_equal (raw, block->bytes));
  }
  if (pruned)
    g_assert_cmpuint (n_stored, <, N_BLOCKS / 2);
}

/* PRUNE_TARGET 0: all blocks are kept. */
static void
run_sync (guint64 prune_target)
{
  Sync sync = { .reading = 1, .context = g_main_context_new () };
  GThread *headers, *reader;

  g_main_context_push_thread_default (sync.context);
  chain_fixture_init (&sync.f, BTC_NETWORK_REGTEST);
  sync.f.prune_target = prune_target;
  chain_fixture_open (&sync.f);
  node_block_tree_add_header_listener (node_chain_tree (sync.f.chain), on_best_header, &sync);
  sync.blocks = chain_blocks_new (sync.f.params, N_BLOCKS, 1);
  sync.requested = g_new0 (guint8, N_BLOCKS + 1);
  sync.connected = g_new0 (gboolean, N_BLOCKS + 1);
  headers = g_thread_new ("headers", send_headers, &sync);
  g_thread_join (headers);
  reader = g_thread_new ("reader", read_blocks, &sync);

  for (guint round = 0; sync.n_connected < N_BLOCKS; round++) {
    ask (&sync, round);
    if (sync.n_waiting == 0 && sync.n_pending > 0)
      g_main_context_iteration (sync.context, TRUE);
    while (sync.n_waiting > 0)
      g_main_context_iteration (sync.context, TRUE);
    /* Stored blocks whose ancestors are stored are connected gradually, while the next blocks arrive. */
    while (g_main_context_iteration (sync.context, FALSE))
      ;
  }
  g_atomic_int_set (&sync.reading, 0);
  g_thread_join (reader);
  g_assert_cmpuint (sync.n_pending, ==, 0);
  g_assert_cmpuint (sync.n_read, >, 0);
  check_end (&sync);
  check_stored (&sync, prune_target > 0);

  chain_fixture_clear (&sync.f);
  g_ptr_array_unref (sync.blocks);
  g_free (sync.requested);
  g_free (sync.connected);
  g_main_context_pop_thread_default (sync.context);
  g_main_context_unref (sync.context);
}

static void
test_sync (void)
{
  run_sync (0);
}

/* Files are deleted while blocks arrive and others are read. */
static void
test_sync_pruned (void)
{
  run_sync (18 << 20);
}

/* ---- single blocks ---- */

typedef struct {
  ChainFixture f;
  GMainContext *context;
  GString *events; /* "S" stored, "C" connected, "R:reason " refused, "I" ignored, "E" ended */
  guint n_freed;
  guint n_room;
  GMutex lock; /* while it is locked the chain thread is blocked */
} Single;

static void
single_set_up (Single *t)
{
  t->context = g_main_context_new ();
  g_main_context_push_thread_default (t->context);
  t->events = g_string_new (NULL);
  g_mutex_init (&t->lock);
  chain_fixture_init (&t->f, BTC_NETWORK_REGTEST);
  chain_fixture_open (&t->f);
}

static void
single_tear_down (Single *t)
{
  if (t->f.chain != NULL)
    chain_fixture_clear (&t->f);
  g_main_context_pop_thread_default (t->context);
  g_main_context_unref (t->context);
  g_string_free (t->events, TRUE);
  g_mutex_clear (&t->lock);
}

static void
single_on_event (gpointer data, NodeIntakeEvent event, const NodeBlock *index, const BtcVerdict *verdict)
{
  GString *events = ((Single *) data)->events;

  g_string_append_c (events, "SCRIE"[event]);
  if (event == NODE_INTAKE_REFUSED)
    g_string_append_printf (events, ":%s ", verdict->reason);
}

static void
single_on_freed (gpointer data)
{
  ((Single *) data)->n_freed++;
}

static gboolean
single_submit (Single *t, BtcBlock *block, NodeIntakeFlags flags)
{
  return node_intake_submit (t->f.chain, block, flags, single_on_event, t, single_on_freed, NULL);
}

static void
single_wait (Single *t, guint n_freed)
{
  while (t->n_freed < n_freed)
    g_main_context_iteration (t->context, TRUE);
}

/* A block that fails when it is connected: its submitter is notified although its parent came later, and so is the
 * submitter of a block above. */
static void
test_verdicts (void)
{
  const NodeIntakeFlags asked = NODE_INTAKE_REQUESTED | NODE_INTAKE_WORK_CHECKED;
  Single t = { 0 };
  g_autoptr (BtcBlock) first = NULL, greedy = NULL, above = NULL, far = NULL;

  single_set_up (&t);
  first = chain_block_new (t.f.params, NULL, 1, 1, -1, NULL);
  greedy = chain_block_new (t.f.params, first, 2, 1, BTC_MAX_MONEY, NULL);
  above = chain_block_new (t.f.params, greedy, 3, 1, -1, NULL);
  {
    BtcHeader headers[] = { first->header, greedy->header, above->header };
    BtcVerdict verdict;

    /* An unknown header on an unknown branch. */
    single_submit (&t, first, NODE_INTAKE_REQUESTED);
    single_wait (&t, 1);
    g_assert_cmpstr (t.events->str, ==, "R:too-little-chainwork ");
    node_block_tree_accept_headers (node_chain_tree (t.f.chain), headers, 3, NULL, NULL, &verdict);
  }
  g_string_truncate (t.events, 0);
  single_submit (&t, greedy, asked);
  single_submit (&t, above, asked);
  while (t.events->len < 2)
    g_main_context_iteration (t.context, TRUE);
  g_assert_cmpstr (t.events->str, ==, "SS");
  single_submit (&t, first, 0);
  single_wait (&t, 4);
  g_assert_true (g_str_has_prefix (t.events->str, "SSSC"));
  g_assert_nonnull (strstr (t.events->str, "R:bad-cb-amount "));
  g_assert_nonnull (strstr (t.events->str, "R:bad-prevblk "));
  /* Again: it is known to be invalid now. */
  g_string_truncate (t.events, 0);
  single_submit (&t, first, asked);
  single_wait (&t, 5);
  single_submit (&t, greedy, asked);
  single_wait (&t, 6);
  g_assert_cmpstr (t.events->str, ==, "CR:duplicate-invalid ");
  /* An unrequested side branch with less work than the tip. */
  g_string_truncate (t.events, 0);
  far = chain_block_new (t.f.params, NULL, 1, 2, -1, NULL);
  {
    g_autoptr (BtcBlock) second = chain_block_new (t.f.params, first, 2, 3, -1, NULL);

    single_submit (&t, second, asked);
    single_wait (&t, 7);
  }
  single_submit (&t, far, NODE_INTAKE_WORK_CHECKED);
  single_wait (&t, 8);
  g_assert_cmpstr (t.events->str, ==, "SCI");
  single_tear_down (&t);
}

static void
hold_chain_thread (NodeChain *chain, gpointer data)
{
  GMutex *lock = data;

  g_mutex_lock (lock);
  g_mutex_unlock (lock);
}

/* About a megabyte. */
static BtcBlock *
large_block_new (const BtcParams *params)
{
  g_autofree guint8 *script = g_malloc0 (900000);
  g_autoptr (GPtrArray) txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  BtcOutpoint nothing = { { 7 }, 0 };

  btc_tx_builder_add_in (builder, &nothing, BTC_SEQUENCE_FINAL);
  btc_tx_builder_add_out (builder, 0, script, 900000);
  g_ptr_array_add (txs, btc_tx_builder_finish (builder));
  return chain_block_new (params, NULL, 1, 1, -1, txs);
}

static void
on_single_room (gpointer data)
{
  ((Single *) data)->n_room++;
}

/* The queue of the intake is limited in bytes: when it is full no block is accepted until there is room. */
static void
test_bound (void)
{
  Single t = { 0 };
  g_autoptr (BtcBlock) block = NULL;
  guint n = 0;

  single_set_up (&t);
  block = large_block_new (t.f.params);
  g_mutex_lock (&t.lock);
  t.f.received_gate = &t.lock;
  while (single_submit (&t, block, NODE_INTAKE_REQUESTED | NODE_INTAKE_WORK_CHECKED))
    n++;
  g_assert_cmpuint (n, ==, NODE_INTAKE_MAX_BYTES / g_bytes_get_size (block->bytes));
  g_assert_cmpuint (node_intake_get_bytes (t.f.chain), <=, NODE_INTAKE_MAX_BYTES);
  node_intake_notify_room (t.f.chain, on_single_room, &t, NULL);
  while (g_main_context_iteration (t.context, FALSE))
    ;
  g_assert_cmpuint (t.n_room, ==, 0);
  g_mutex_unlock (&t.lock);
  while (t.n_room == 0)
    g_main_context_iteration (t.context, TRUE);
  single_wait (&t, n);
  /* The last one counts until the thread has released it. */
  while (node_intake_get_bytes (t.f.chain) > 0)
    g_thread_yield ();
  /* It spends outputs that do not exist. */
  g_assert_true (g_str_has_prefix (t.events->str, "SR:bad-txns-inputs-missingorspent "));
  single_tear_down (&t);
}

#define N_HELD 200u

static guint
count_letters (const GString *events, char letter)
{
  guint n = 0;

  for (gsize i = 0; i < events->len; i++)
    n += events->str[i] == letter;
  return n;
}

/* However long the chain thread is busy, blocks are stored in the meantime, in any order; then it connects them. */
static void
test_stored_meanwhile (void)
{
  const NodeIntakeFlags asked = NODE_INTAKE_REQUESTED | NODE_INTAKE_WORK_CHECKED;
  Single t = { 0 };
  g_autoptr (GPtrArray) blocks = NULL, missing = NULL;
  NodeBlockTree *tree;
  guint64 steps;

  single_set_up (&t);
  tree = node_chain_tree (t.f.chain);
  blocks = chain_blocks_new (t.f.params, N_HELD, 1);
  for (guint i = 0; i < N_HELD; i++) {
    const BtcBlock *block = g_ptr_array_index (blocks, i);
    BtcVerdict verdict;

    g_assert_cmpuint (node_block_tree_accept_headers (tree, &block->header, 1, NULL, NULL, &verdict), ==, 1);
  }
  g_mutex_lock (&t.lock);
  node_chain_post_to (t.f.chain, NODE_JOB_STOP, hold_chain_thread, &t.lock, NULL);
  steps = common_jobs_get_steps (node_chain_jobs (t.f.chain), NODE_JOB_BLOCKS);
  /* In reverse order, and one of them twice. */
  for (guint i = N_HELD; i-- > 0;)
    g_assert_true (single_submit (&t, g_ptr_array_index (blocks, i), asked));
  g_assert_true (single_submit (&t, g_ptr_array_index (blocks, 7), asked));
  while (t.events->len < N_HELD)
    g_main_context_iteration (t.context, TRUE);
  g_assert_cmpuint (count_letters (t.events, 'S'), ==, N_HELD);
  g_assert_cmpuint (common_jobs_get_steps (node_chain_jobs (t.f.chain), NODE_JOB_BLOCKS), ==, steps);
  /* Blocks that are being processed are not missing. */
  {
    g_autoptr (NodeTip) tip = node_chain_ref_tip (t.f.chain);

    missing = node_block_tree_dup_missing (tree, tip->block, node_block_tree_get_best_header (tree), N_HELD);
    g_assert_cmpuint (missing->len, ==, 0);
  }
  g_mutex_unlock (&t.lock);
  single_wait (&t, N_HELD + 1);
  g_assert_cmpuint (count_letters (t.events, 'S'), ==, N_HELD);
  g_assert_cmpuint (count_letters (t.events, 'C'), ==, N_HELD + 1);
  /* And they are still stored after a restart. */
  chain_fixture_reopen (&t.f);
  g_assert_cmpuint (chain_fixture_height (&t.f), ==, N_HELD);
  single_tear_down (&t);
}

/* A block that was stored, and is rejected when the chain thread processes it: its parent has turned out to be
 * invalid. */
static void
test_rejected_meanwhile (void)
{
  const NodeIntakeFlags asked = NODE_INTAKE_REQUESTED | NODE_INTAKE_WORK_CHECKED;
  Single t = { 0 };
  g_autoptr (BtcBlock) greedy = NULL, above = NULL;

  single_set_up (&t);
  greedy = chain_block_new (t.f.params, NULL, 1, 1, BTC_MAX_MONEY, NULL);
  above = chain_block_new (t.f.params, greedy, 2, 1, -1, NULL);
  {
    BtcHeader headers[] = { greedy->header, above->header };
    BtcVerdict verdict;

    node_block_tree_accept_headers (node_chain_tree (t.f.chain), headers, 2, NULL, NULL, &verdict);
  }
  g_mutex_lock (&t.lock);
  node_chain_post_to (t.f.chain, NODE_JOB_STOP, hold_chain_thread, &t.lock, NULL);
  single_submit (&t, greedy, asked);
  single_submit (&t, above, asked);
  while (t.events->len < 2)
    g_main_context_iteration (t.context, TRUE);
  g_assert_cmpstr (t.events->str, ==, "SS");
  g_mutex_unlock (&t.lock);
  single_wait (&t, 2);
  g_assert_true (g_str_has_prefix (t.events->str, "SSR:bad-cb-amount "));
  g_assert_cmpuint (count_letters (t.events, 'R'), ==, 2);
  g_assert_false (node_block_tree_is_waiting_in (node_chain_tree (t.f.chain), 0));
  single_tear_down (&t);
}

/* When the chain is closed, submitters that wait for a verdict are notified that there will be none. */
static void
test_end (void)
{
  Single t = { 0 };
  g_autoptr (BtcBlock) first = NULL, second = NULL;

  single_set_up (&t);
  first = chain_block_new (t.f.params, NULL, 1, 1, -1, NULL);
  second = chain_block_new (t.f.params, first, 2, 1, -1, NULL);
  {
    BtcHeader headers[] = { first->header, second->header };
    BtcVerdict verdict;

    node_block_tree_accept_headers (node_chain_tree (t.f.chain), headers, 2, NULL, NULL, &verdict);
  }
  single_submit (&t, second, NODE_INTAKE_REQUESTED);
  while (t.events->len == 0)
    g_main_context_iteration (t.context, TRUE);
  g_mutex_lock (&t.lock);
  node_chain_post_to (t.f.chain, NODE_JOB_STOP, hold_chain_thread, &t.lock, NULL);
  single_submit (&t, first, NODE_INTAKE_REQUESTED);
  while (t.events->len < 2)
    g_main_context_iteration (t.context, TRUE);
  node_chain_stop (t.f.chain);
  g_assert_false (single_submit (&t, first, NODE_INTAKE_REQUESTED));
  g_mutex_unlock (&t.lock);
  chain_fixture_close (&t.f);
  single_wait (&t, 2);
  g_assert_cmpstr (t.events->str, ==, "SSEE");
  chain_fixture_open (&t.f);
  single_tear_down (&t);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chain/sync/three-sources", test_sync);
  g_test_add_func ("/chain/sync/pruned", test_sync_pruned);
  g_test_add_func ("/chain/sync/verdicts", test_verdicts);
  g_test_add_func ("/chain/sync/bound", test_bound);
  g_test_add_func ("/chain/sync/stored-meanwhile", test_stored_meanwhile);
  g_test_add_func ("/chain/sync/rejected-meanwhile", test_rejected_meanwhile);
  g_test_add_func ("/chain/sync/end", test_end);
  return g_test_run ();
}
