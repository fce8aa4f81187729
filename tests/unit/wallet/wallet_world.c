#include <glib/gstdio.h>

#include "wallet_world.h"

#include <string.h>

#include "../files.h"
#include "bitcoin/address/address.h"
#include "wallet/wallets/catch_up.h"

void
spin_until (gboolean (*done) (World *, gconstpointer), World *world, gconstpointer data)
{
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!done (world, data)) {
    g_assert_cmpint (g_get_monotonic_time (), <, limit);
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
  }
}

gboolean
is_ready (World *world, gconstpointer data)
{
  return wallet_manager_is_ready (world->manager);
}

void
world_start (World *world)
{
  world->manager = wallet_manager_new (world->folder, BTC_NETWORK_REGTEST, 20, WALLET_CHAIN (world->chain));
  wallet_manager_start (world->manager);
  spin_until (is_ready, world, NULL);
}

void
world_stop (World *world)
{
  wallet_manager_stop (world->manager);
  g_clear_object (&world->manager);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
setup (World *world, gconstpointer data)
{
  g_autofree char *wallets = NULL;

  world->folder = g_dir_make_tmp ("wallet-XXXXXX", NULL);
  wallets = g_build_filename (world->folder, "wallets", NULL);
  g_assert_cmpint (g_mkdir (wallets, 0700), ==, 0);
  world->chain = fake_chain_new ();
  fake_chain_mine_many (world->chain, NULL, 3);
  world_start (world);
}

void
teardown (World *world, gconstpointer data)
{
  world_stop (world);
  g_clear_object (&world->chain);
  remove_tree (world->folder);
  g_free (world->folder);
}

void
job_done (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Pending *) data)->result = g_object_ref (result);
}

gboolean
has_result (World *world, gconstpointer data)
{
  return ((const Pending *) data)->result != NULL;
}

gpointer
run (World *world, const char *name, WalletJob job, gpointer data, GError **error)
{
  Pending pending = { NULL };
  gpointer result;

  wallet_manager_run_async (world->manager, name, job, data, NULL, NULL, NULL, job_done, &pending);
  spin_until (has_result, world, &pending);
  result = wallet_manager_run_finish (world->manager, pending.result, error);
  g_object_unref (pending.result);
  return result;
}

gpointer
create_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  return wallet_manager_create (manager, data, NULL, error);
}

gpointer
address_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error)
{
  return wallet_new_address (wallet, (WalletAddressType) GPOINTER_TO_INT (data), "a label", error);
}

char *
new_address (World *world, WalletAddressType type)
{
  g_autoptr (GError) error = NULL;
  char *address = run (world, "w", address_job, GINT_TO_POINTER (type), &error);

  g_assert_no_error (error);
  return address;
}

GBytes *
script_of (const char *address)
{
  GBytes *script = btc_address_decode (address, BTC_NETWORK_REGTEST, NULL);

  g_assert_nonnull (script);
  return script;
}

/* At the node's tip, like the calls of clients. The blocks of the fake node are older than any wallet. */
void
create_by (World *world, WalletJob job)
{
  Pending tip = { NULL };
  g_autoptr (GError) error = NULL;

  wallet_catch_up_tip_async (world->manager, NULL, job_done, &tip);
  spin_until (has_result, world, &tip);
  g_object_unref (tip.result);
  run (world, NULL, job, (gpointer) "w", &error);
  g_assert_no_error (error);
}

void
create (World *world)
{
  create_by (world, create_job);
}

gboolean
at_tip (World *world, gconstpointer data)
{
  WalletStatus status;

  return wallet_manager_get_status (world->manager, "w", &status) && !status.scanning
         && status.height == (gint32) fake_chain_get_height (world->chain);
}

static gboolean
balance_is (World *world, gconstpointer data)
{
  const WalletBalance *wanted = data;
  WalletStatus status;

  return at_tip (world, NULL) && wallet_manager_get_status (world->manager, "w", &status)
         && memcmp (&status.balance, wanted, sizeof *wanted) == 0;
}

void
expect (World *world, gint64 trusted, gint64 pending, gint64 immature)
{
  WalletBalance wanted = { trusted, pending, immature };

  spin_until (balance_is, world, &wanted);
}
