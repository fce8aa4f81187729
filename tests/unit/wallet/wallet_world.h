#pragma once

#include "fake_chain.h"
#include "wallet/wallets/manager_private.h"

G_BEGIN_DECLS

/* For tests of the wallets in a process: a folder, a fake node, and the manager. */

#define COIN G_GINT64_CONSTANT (100000000)

typedef struct {
  char *folder;
  FakeChain *chain;
  WalletManager *manager;
} World;

/* A job whose result is delivered on the main context. */
typedef struct {
  GAsyncResult *result;
} Pending;

void spin_until (gboolean (*done) (World *, gconstpointer), World *world, gconstpointer data);
gboolean is_ready (World *world, gconstpointer data);
void world_start (World *world);
void world_stop (World *world);
void setup (World *world, gconstpointer data);
void teardown (World *world, gconstpointer data);
void job_done (GObject *source, GAsyncResult *result, gpointer data);
gboolean has_result (World *world, gconstpointer data);
gpointer run (World *world, const char *name, WalletJob job, gpointer data, GError **error);
gpointer create_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error);
gpointer address_job (WalletManager *manager, Wallet *wallet, gpointer data, GError **error);
char *new_address (World *world, WalletAddressType type);
GBytes *script_of (const char *address);
void create (World *world);
/* The same by another job, whose data is the name. */
void create_by (World *world, WalletJob job);
gboolean at_tip (World *world, gconstpointer data);
void expect (World *world, gint64 trusted, gint64 pending, gint64 immature);

G_END_DECLS
