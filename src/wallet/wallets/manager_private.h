#pragma once

#include "common/file.h"
#include "common/worker.h"
#include "wallet/follow/feed.h"
#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

typedef struct _WalletWait WalletWait;

struct _WalletManager {
  GObject parent_instance;
  char *settings_path; /* NULL: no settings are kept */
  char *wallets_folder;
  BtcNetwork network;
  RpcWalletPolicy *policy;
  WalletNotify *notify; /* NULL: no -walletnotify */
  char **named;         /* the wallets of -wallet; NULL: not given */
  gboolean named_only;  /* without those in settings.json */
  WalletChain *chain;
  CommonWorker *worker;

  /* Wallet thread. */
  GPtrArray *wallets;       /* of Wallet */
  GPtrArray *startup;       /* names of wallets that are still in use: see manager_startup.c */
  GPtrArray *waits;         /* of WalletWait: see manager_wait.c */
  GHashTable *failures;     /* name → why it could not be loaded: see manager_failures.c */
  gboolean unnamed_implied; /* the unnamed wallet was loaded because no setting says which to load */
  gboolean startup_failed;  /* a wallet of the startup, and not because it is gone or has to be migrated */
  gint64 startup_begun_us;
  gint64 startup_retry_us; /* how long these are retried; may be set before the start */

  /* Main context: what the wallet thread has reported. */
  GHashTable *loading; /* names of the wallets that callers are loading */
  GPtrArray *statuses; /* of NamedStatus, in the order of loading */
  gboolean ready;
  gboolean started;
  int stopping; /* 1: begun, 2: all wallets are closed; atomic */
  gulong tip_handler;
  gulong renewed_handler;
  guint startup_source;

  WalletSource *source; /* shared by the followers; any thread */
  WalletFeed *feed;     /* main context */
};

typedef struct {
  char *name;
  WalletStatus status;
  WalletStatus announced; /* as of the last signal */
  guint source;           /* a signal that is due */
  gint64 announced_us;
} NamedStatus;

/* Any thread: wallet_manager_close() was called. */
static inline gboolean
wallet_manager_is_closing (WalletManager *self)
{
  return g_atomic_int_get (&self->stopping) != 0;
}

/* Main context: the start-up wallets are there, as far as they can be. */
void wallet_manager_set_ready (WalletManager *self);

/* Main context: emit "startup-done" and "startup-failed". */
void wallet_manager_report_done (WalletManager *self, gboolean failed);
void wallet_manager_report_failure (WalletManager *self, const char *message);

/* Wallet thread: publishes the status of all wallets to the main context. */
void wallet_manager_publish (WalletManager *self);

/* manager_wait.c. Wallet thread: the state of a wallet may have changed; */
void wallet_manager_check_waits (WalletManager *self);
/* the wallets are being closed: ends all waits with an error. */
void wallet_manager_end_waits (WalletManager *self);
void wallet_wait_unref (gpointer wait);

/* settings.json. LOAD TRUE adds NAME to the wallets to be loaded at startup. */
/* NULL: there is no such setting. g_strfreev(). */
char **wallet_settings_dup_startup (const char *path);
/* UNNAMED: without such a setting, the unnamed wallet is loaded, which this does not change. */
gboolean
wallet_settings_set_startup (const char *path, const char *name, gboolean load, gboolean unnamed, GError **error);

/* manager_failures.c. Wallet thread: remembers why NAME could not be loaded; ERROR NULL forgets it. */
void wallet_manager_set_failure (WalletManager *self, const char *name, const GError *error);
/* NULL if it is not known, or the file of NAME has changed since. Borrowed. */
const GError *wallet_manager_get_failure (WalletManager *self, const char *name);
void wallet_failure_free (gpointer failure);

/* name.c. Whether NAME is valid for a new wallet, apart from where it leads. If not: BUS_ERROR_INVALID_NAME. */
gboolean wallet_name_check (const char *name, GError **error);

G_END_DECLS
