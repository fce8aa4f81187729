/* What a wallet does when the node cannot give it what it needs. */
#include "wallet_world.h"

typedef struct {
  const char *name;
  gint32 height;
  gint problem;
} Standing;

static gboolean
stands_at (World *world, gconstpointer data)
{
  const Standing *wanted = data;
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

/* A wallet that needs a block that cannot be had says so, and holds up no other: neither its blocks nor its payments. */
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
  Standing stuck = { "w", lost - 1, (gint) code };
  spin_until (stands_at, world, &stuck);
  for (guint i = 0; i < 3; i++) {
    fake_chain_mine (world->chain, NULL);
    Standing other = { "other", (gint32) fake_chain_get_height (world->chain), BUS_N_ERRORS };
    spin_until (stands_at, world, &other);
  }
  g_assert_true (stands_at (world, &stuck));
  /* What is in the mempool does not depend on the block. */
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
  Standing well = { "w", (gint32) fake_chain_get_height (world->chain), BUS_N_ERRORS };
  spin_until (stands_at, world, &well);
}

/* A node whose tip is on no chain is asked ever more rarely, however often it speaks. */
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
  Standing stuck = { "w", height, BUS_ERROR_INVALID_ANSWER };
  spin_until (stands_at, world, &stuck);
  fake_chain_mine (world->chain, NULL);
  Standing well = { "w", height + 1, BUS_N_ERRORS };
  spin_until (stands_at, world, &well);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func) g_test_add ("/wallet/follow/" path, World, GINT_TO_POINTER (data), setup, func, teardown)
  ADD ("lost-block/pruned", BUS_ERROR_PRUNED, test_lost_block);
  ADD ("lost-block/unreadable", BUS_ERROR_FAILED, test_lost_block);
  ADD ("nonsense-tip", 0, test_nonsense_tip);
  return g_test_run ();
}
