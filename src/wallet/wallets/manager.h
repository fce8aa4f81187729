#pragma once

#include "wallet/link/chain.h"
#include "wallet/wallets/wallet.h"

G_BEGIN_DECLS

/* All wallets of a process. The wallets and their files belong to one thread, the wallet thread; the object itself lives
 * on the main context. Signals, on the main context:
 *   "wallets-changed" ()                 the set of loaded wallets, or ready, has changed
 *   "wallet-changed" (const char *name)  the wallet is now as its status says; at most ten a second for each wallet */
#define WALLET_TYPE_MANAGER (wallet_manager_get_type ())
G_DECLARE_FINAL_TYPE (WalletManager, wallet_manager, WALLET, MANAGER, GObject)

/* NETWORK_FOLDER is <datadir>/<network folder>: wallets are in wallets/NAME/wallet.dat below it, and its settings.json
 * names those that are loaded at start-up. KEYPOOL: how many addresses are kept ahead of the last used one; 0: 1,000.
 * Nothing is read before wallet_manager_start(). */
WalletManager *wallet_manager_new (const char *network_folder, BtcNetwork network, guint keypool, WalletChain *chain);

/* -fallbackfee: what a payment over RPC pays where nothing can be estimated, satoshi per 1,000 virtual bytes; 0 (as at
 * first): it is refused. Before the start. */
void wallet_manager_set_fallback_fee (WalletManager *self, guint64 rate);
guint64 wallet_manager_get_fallback_fee (WalletManager *self); /* any thread */

WalletChain *wallet_manager_get_chain (WalletManager *self); /* borrowed; any thread */

/* Loads the start-up wallets and begins to follow the chain. Returns at once. */
void wallet_manager_start (WalletManager *self);

/* From now on every job fails with BUS_ERROR_NOT_READY instead of being started; the running one is finished. */
void wallet_manager_close (WalletManager *self);

/* The same; then closes all wallets and stops the thread. Runs the main context in the meantime. Must be called before
 * the last unref, since pending jobs hold references. */
void wallet_manager_stop (WalletManager *self);

/* Main context. */
gboolean wallet_manager_is_ready (WalletManager *self); /* the start-up wallets are loaded */
char **wallet_manager_dup_loaded (WalletManager *self); /* names in the order of loading; g_strfreev() */
gboolean
wallet_manager_get_status (WalletManager *self, const char *name, WalletStatus *status); /* FALSE: not loaded */

/* A job: runs on the wallet thread. WALLET is NULL when the job named none. What it returns is the result; NULL is a
 * result too unless ERROR is set. */
typedef gpointer (*WalletJob) (WalletManager *self, Wallet *wallet, gpointer data, GError **error);

/* Runs JOB for the loaded wallet NAME (NULL: for none); FREE_DATA and FREE_RESULT may be NULL, the latter frees a
 * result that was not fetched. Fails with BUS_ERROR_WALLET_NOT_FOUND. CALLBACK is called on the main context; a job
 * that has started is not interrupted by CANCELLABLE. */
void wallet_manager_run_async (WalletManager *self,
                               const char *name,
                               WalletJob job,
                               gpointer data,
                               GDestroyNotify free_data,
                               GDestroyNotify free_result,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gpointer wallet_manager_run_finish (WalletManager *self, GAsyncResult *result, GError **error);

/* TRUE when the condition holds, or can no longer become true. Wallet thread. */
typedef gboolean (*WalletCondition) (WalletManager *self, gpointer data);

/* Evaluates CONDITION (DATA) now, and whenever the state of a wallet may have changed, until it is TRUE. CALLBACK comes
 * on the main context. Fails with G_IO_ERROR_TIMED_OUT after TIMEOUT_MS (0: never), G_IO_ERROR_CANCELLED, and
 * BUS_ERROR_NOT_READY when the wallets are closed. Main context; nothing is held meanwhile but DATA, which the caller
 * keeps. */
void wallet_manager_wait_async (WalletManager *self,
                                WalletCondition condition,
                                gpointer data,
                                guint timeout_ms,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean wallet_manager_wait_finish (WalletManager *self, GAsyncResult *result, GError **error);

/* For jobs, so on the wallet thread. */

typedef struct {
  char *name;
  gboolean loaded;
} WalletListing;
void wallet_listing_free (WalletListing *listing);

/* Every wallet in the wallets folder; element type WalletListing. */
GPtrArray *wallet_manager_list (WalletManager *self, GError **error);

typedef struct {
  gboolean no_private_keys; /* watch-only */
  gboolean blank;           /* without keys */
  int load_on_startup;      /* 1, 0, or -1: leave the setting as it is */
} WalletCreateOptions;

/* A new wallet, loaded. OPTIONS NULL: with keys, loaded at every start. NAME is a folder name: not empty, no '/', not
 * "." or "..", nothing invisible. BUS_ERROR_WALLET_EXISTS, _INVALID_NAME, _STORAGE. The result is borrowed. */
Wallet *
wallet_manager_create (WalletManager *self, const char *name, const WalletCreateOptions *options, GError **error);

/* LOAD_ON_STARTUP as above. BUS_ERROR_WALLET_NOT_FOUND, _WALLET_LOADED, _WALLET_DAMAGED, _STORAGE. */
Wallet *wallet_manager_load (WalletManager *self, const char *name, int load_on_startup, GError **error);
gboolean wallet_manager_unload (WalletManager *self, const char *name, int load_on_startup, GError **error);

/* Whether NAME (NULL: any wallet) is loaded at the start, but is still in use by another process. */
gboolean wallet_manager_is_waiting_for (WalletManager *self, const char *name);

GPtrArray *wallet_manager_get_wallets (WalletManager *self); /* of Wallet, in the order of loading; borrowed */

/* NULL when it is not loaded. */
Wallet *wallet_manager_find (WalletManager *self, const char *name);

G_END_DECLS
