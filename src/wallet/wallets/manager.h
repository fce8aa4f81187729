#pragma once

#include "rpc/wallet_policy.h"
#include "wallet/link/chain.h"
#include "wallet/wallets/wallet.h"

G_BEGIN_DECLS

/* All wallets of a process. The wallets and their files are used only on the wallet thread; the object itself is used
 * on
 * the main context. Signals, on the main context:
 *   "wallets-changed" ()                 the set of loaded wallets, or ready, has changed
 *   "wallet-changed" (const char *name)  the status of the wallet has changed; at most ten per second for each wallet
 *   "startup-done" (gboolean failed)     the wallets of the startup are loaded, as far as they can be; FAILED: not all that
 *       had to be
 *   "startup-failed" (const char *message)  a wallet of the startup could not be loaded. Programs that run unattended end
 *       then, as the reference does; the application shows it in the list of wallets */
#define WALLET_TYPE_MANAGER (wallet_manager_get_type ())
G_DECLARE_FINAL_TYPE (WalletManager, wallet_manager, WALLET, MANAGER, GObject)

/* NETWORK_FOLDER is <datadir>/<network folder>. The wallets folder is the folder "wallets" in it, or itself if there is
 * none; its settings.json lists the wallets to be loaded at startup. KEYPOOL is the size of the keypool; 0: 1,000. Nothing
 * is read before wallet_manager_start(). */
WalletManager *wallet_manager_new (const char *network_folder, BtcNetwork network, guint keypool, WalletChain *chain);
/* The file of settings, which is settings.json in the network's folder otherwise; NULL: there is none. Before
 * wallet_manager_start(). */
void wallet_manager_set_settings_path (WalletManager *self, const char *path);

/* To be called before wallet_manager_start(): the wallet options, of which the manager takes ownership; */
void wallet_manager_set_policy (WalletManager *self, RpcWalletPolicy *policy);
const RpcWalletPolicy *wallet_manager_get_policy (WalletManager *self); /* any thread */
/* the wallets to be loaded at startup, as -wallet names them; then the unnamed wallet is only loaded if it is among
 * them. LISTED: those in settings.json too. By default these and, if there is no such setting, the unnamed wallet. */
void wallet_manager_set_startup (WalletManager *self, const char *const *names, gboolean listed);

/* Main context: marks NAME as being loaded until TASK has completed. FALSE: it is marked already. */
gboolean wallet_manager_begin_loading (WalletManager *self, const char *name, GTask *task);

WalletChain *wallet_manager_get_chain (WalletManager *self); /* borrowed; any thread */

/* Loads the startup wallets and starts to follow the chain. Returns at once. */
void wallet_manager_start (WalletManager *self);

/* From now on no job is started: it fails with BUS_ERROR_NOT_READY. The running job is completed. */
void wallet_manager_close (WalletManager *self);

/* The same; then closes all wallets and stops the thread. Iterates the main context in the meantime. Must be called
 * before the last unref, since pending jobs hold references. */
void wallet_manager_stop (WalletManager *self);

/* Main context. */
gboolean wallet_manager_is_ready (WalletManager *self); /* the startup wallets are loaded */
char **wallet_manager_dup_loaded (WalletManager *self); /* names in the order of loading; g_strfreev() */
gboolean
wallet_manager_get_status (WalletManager *self, const char *name, WalletStatus *status); /* FALSE: not loaded */

/* A job: runs on the wallet thread. WALLET is NULL if none was named. Returns the result; NULL is also a result unless
 * ERROR is set. */
typedef gpointer (*WalletJob) (WalletManager *self, Wallet *wallet, gpointer data, GError **error);

/* Runs JOB for the loaded wallet NAME (NULL: none); FREE_DATA and FREE_RESULT may be NULL, the latter frees a result
 * that was not fetched. Fails with BUS_ERROR_WALLET_NOT_FOUND. CALLBACK is called on the main context; a job that has
 * started is not interrupted by CANCELLABLE. */
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

/* TRUE if the condition holds, or can no longer become true. Wallet thread. */
typedef gboolean (*WalletCondition) (WalletManager *self, gpointer data);

/* Evaluates CONDITION (DATA) now, and whenever the state of a wallet may have changed, until it is TRUE. CALLBACK is
 * called on the main context. Fails with G_IO_ERROR_TIMED_OUT after TIMEOUT_MS (0: never), G_IO_ERROR_CANCELLED, and
 * BUS_ERROR_NOT_READY when the wallets are closed. Main context; the caller must keep DATA valid until then. */
void wallet_manager_wait_async (WalletManager *self,
                                WalletCondition condition,
                                gpointer data,
                                guint timeout_ms,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean wallet_manager_wait_finish (WalletManager *self, GAsyncResult *result, GError **error);

/* For jobs: wallet thread. */

typedef struct {
  char *name;
  gboolean in_folder; /* it is in the wallets folder */
  gboolean loaded;
  GError *problem; /* a BUS_ERROR, why it cannot be loaded, as far as is known without trying; NULL: none */
} WalletListing;
void wallet_listing_free (WalletListing *listing);

/* Every wallet in the wallets folder, and those elsewhere that are loaded or that could not be loaded, in the order of
 * their names; element type WalletListing. */
GPtrArray *wallet_manager_list (WalletManager *self);

typedef struct {
  gboolean no_private_keys; /* watch-only */
  gboolean blank;           /* without keys */
  gboolean avoid_reuse;     /* coins at addresses that were spent from are kept apart */
  int load_on_startup;      /* 1, 0, or -1: leave the setting as it is */
} WalletCreateOptions;

/* Creates and loads a wallet. OPTIONS NULL: with keys, loaded at startup. NAME is a folder name: not empty, without '/'
 * and invisible characters, not "." or "..". BUS_ERROR_WALLET_EXISTS, _INVALID_NAME, _STORAGE. The result is
 * borrowed. */
Wallet *
wallet_manager_create (WalletManager *self, const char *name, const WalletCreateOptions *options, GError **error);

/* LOAD_ON_STARTUP as above. BUS_ERROR_WALLET_NOT_FOUND, _WALLET_LOADED, _WALLET_DAMAGED, _STORAGE. */
Wallet *wallet_manager_load (WalletManager *self, const char *name, int load_on_startup, GError **error);
/* Copies the file BACKUP to the new wallet NAME, and loads it; a copy that cannot be loaded is removed. Errors as for
 * creating and loading; BUS_ERROR_NOT_FOUND if there is no BACKUP. */
Wallet *
wallet_manager_restore (WalletManager *self, const char *name, const char *backup, int load_on_startup, GError **error);
gboolean wallet_manager_unload (WalletManager *self, const char *name, int load_on_startup, GError **error);

/* Whether NAME (NULL: any wallet) is to be loaded at startup, but is still in use by another process. */
gboolean wallet_manager_is_waiting_for (WalletManager *self, const char *name);

GPtrArray *wallet_manager_get_wallets (WalletManager *self); /* of Wallet, in the order of loading; borrowed */

/* NULL if it is not loaded. */
Wallet *wallet_manager_find (WalletManager *self, const char *name);

G_END_DECLS
