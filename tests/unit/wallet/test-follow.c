/* Wallets whose node cannot provide what they need. */
#include "common/clock.h"
#include "wallet_world.h"

typedef struct {
  const char *name;
  gint32 height;
  gint problem;
} ExpectedStatus;

static gboolean
wallet_has_status (World *world, gconstpointer data)
{
  const ExpectedStatus *wanted = data;
  WalletStatus status;

  return wallet_manager_get_status (world->manager, wanted->name, &status) && status.height == wanted->height
         && status.problem == wanted->problem;
}

static gpointer
unload_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  return GINT_TO_POINTER (wallet_manager_unload (manager, data, -1, error));
}

static gpointer
load_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  return wallet_manager_load (manager, data, -1, error);
}

/* A wallet that needs an unavailable block reports the problem, and does not delay the others. */
static void
test_lost_block (World *world, gconstpointer data)
{
  BusError code = (BusError) GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;

  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  expect (world, 0, 0, 0);
  run (world, NULL, unload_job, (gpointer) "w", &error);
  g_assert_no_error (error);
  fake_chain_mine_many (world->chain, NULL, 4);
  gint32 lost = (gint32) fake_chain_get_height (world->chain) - 1;
  fake_chain_set_lost (world->chain, lost, code);
  run (world, NULL, create_job, (gpointer) "other", &error);
  g_assert_no_error (error);
  run (world, NULL, load_job, (gpointer) "w", &error);
  g_assert_no_error (error);
  ExpectedStatus stuck = { "w", lost - 1, (gint) code };
  spin_until (wallet_has_status, world, &stuck);
  for (guint i = 0; i < 3; i++) {
    fake_chain_mine (world->chain, NULL);
    ExpectedStatus other = { "other", (gint32) fake_chain_get_height (world->chain), BUS_N_ERRORS };
    spin_until (wallet_has_status, world, &other);
  }
  g_assert_true (wallet_has_status (world, &stuck));
  /* Payments in the mempool do not depend on the block. */
  fake_chain_pay (world->chain, script, COIN);
  WalletStatus status = { .height = -1 };
  while (status.balance.pending_sat != COIN) {
    g_main_context_iteration (NULL, TRUE);
    wallet_manager_get_status (world->manager, "w", &status);
  }
  guint calls = fake_chain_get_calls (world->chain);
  for (gint64 until = g_get_monotonic_time () + 1500000; g_get_monotonic_time () < until;)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  g_assert_cmpuint (fake_chain_get_calls (world->chain) - calls, <, 10);
  fake_chain_set_lost (world->chain, -1, code);
  ExpectedStatus well = { "w", (gint32) fake_chain_get_height (world->chain), BUS_N_ERRORS };
  spin_until (wallet_has_status, world, &well);
}

/* A node with an invalid tip is queried with back-off, however often it signals. */
static void
test_nonsense_tip (World *world, gconstpointer data)
{
  create (world);
  expect (world, 0, 0, 0);
  gint32 height = (gint32) fake_chain_get_height (world->chain);
  guint calls = fake_chain_get_calls (world->chain);
  for (guint i = 0; i < 1000; i++) {
    fake_chain_announce_nonsense (world->chain);
    for (gint64 until = g_get_monotonic_time () + 2000; g_get_monotonic_time () < until;)
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
  }
  g_assert_cmpuint (fake_chain_get_calls (world->chain) - calls, <, 20);
  ExpectedStatus stuck = { "w", height, BUS_ERROR_INVALID_ANSWER };
  spin_until (wallet_has_status, world, &stuck);
  fake_chain_mine (world->chain, NULL);
  ExpectedStatus well = { "w", height + 1, BUS_N_ERRORS };
  spin_until (wallet_has_status, world, &well);
}

/* The first wallet of a process starts at the tip, although nothing has requested the tip before. */
static void
test_born_at_tip (World *world, gconstpointer data)
{
  WalletStatus status;

  create (world);
  while (!wallet_manager_get_status (world->manager, "w", &status))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (status.height, ==, 3);
}

/* A wallet that was created without a node starts at the time of its creation, also after a restart: not at the genesis
 * block, nor at the tip, since it may have received payments since. */
static void
test_birth (World *world, gconstpointer data)
{
  gboolean pruned = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;
  ExpectedStatus stuck = { "w", -1, BUS_ERROR_PRUNED };

  fake_chain_set_available (world->chain, FALSE);
  /* Blocks are a second apart, and block 30 is two hours older than the wallet. */
  common_clock_set_mock (1700000030 + 2 * 60 * 60);
  create (world);
  g_autofree char *address = new_address (world, WALLET_ADDRESS_BECH32);
  g_autoptr (GBytes) script = script_of (address);
  world_stop (world);
  fake_chain_mine_many (world->chain, script, 50);
  fake_chain_set_available (world->chain, TRUE);
  if (pruned)
    fake_chain_set_lost (world->chain, 30, BUS_ERROR_PRUNED);
  world_start (world);
  fake_chain_announce (world->chain);
  if (pruned) {
    spin_until (wallet_has_status, world, &stuck);
    fake_chain_set_lost (world->chain, -1, BUS_ERROR_PRUNED);
  }
  expect (world, 0, 0, (53 - 29) * 50 * COIN);
  common_clock_set_mock (0);
}

/* A reply that arrives after a newer signal is ignored. */
static void
test_outdated_tip (World *world, gconstpointer data)
{
  g_autoptr (WalletSource) source = wallet_source_new (WALLET_CHAIN (world->chain), NULL, NULL, NULL);
  WalletChainTip tip = { .sequence = 5, .height = 50, .mempool_sequence = 9 };

  wallet_source_set_tip (source, &tip);
  wallet_source_set_tip (source, &(WalletChainTip){ .sequence = 4, .height = 49, .mempool_sequence = 9 });
  wallet_source_set_tip (source, &(WalletChainTip){ .sequence = 5, .height = 50, .mempool_sequence = 8 });
  g_assert_true (wallet_source_get_tip (source, &tip));
  g_assert_cmpint (tip.height, ==, 50);
  g_assert_cmpuint (tip.mempool_sequence, ==, 9);
  /* Another node counts its events from the start. */
  wallet_source_renew (source);
  wallet_source_set_tip (source, &(WalletChainTip){ .sequence = 1, .height = 3 });
  g_assert_true (wallet_source_get_tip (source, &tip));
  g_assert_cmpint (tip.height, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func) g_test_add ("/wallet/follow/" path, World, GINT_TO_POINTER (data), setup, func, teardown)
  ADD ("lost-block/pruned", BUS_ERROR_PRUNED, test_lost_block);
  ADD ("lost-block/unreadable", BUS_ERROR_FAILED, test_lost_block);
  ADD ("nonsense-tip", 0, test_nonsense_tip);
  ADD ("overtaken-tip", 0, test_outdated_tip);
  ADD ("born-at-tip", 0, test_born_at_tip);
  ADD ("birth", FALSE, test_birth);
  ADD ("birth/pruned", TRUE, test_birth);
  return g_test_run ();
}
