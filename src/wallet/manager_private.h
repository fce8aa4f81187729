#pragma once

#include "common/file.h"
#include "common/worker.h"
#include "wallet/manager.h"
#include "wallet/wallet_private.h"

G_BEGIN_DECLS

struct _WalletManager {
  GObject parent_instance;
  char *network_folder;
  char *wallets_folder;
  BtcNetwork network;
  guint keypool;
  WalletChain *chain;
  CommonWorker *worker;

  /* Wallet thread. */
  GPtrArray *wallets; /* of Wallet */

  /* Main context: what the wallet thread has told. */
  GPtrArray *statuses; /* of NamedStatus, in the order of loading */
  gboolean ready;
  gboolean started;
  int stopping; /* 1: begun, 2: all wallets are closed; atomic */
  gulong tip_handler;

  /* Following the chain: main context, except where said. */
  gboolean sync_running;
  gboolean sync_again;
  guint sync_retry; /* source */
  GCancellable *sync_cancel;
  GMutex tip_lock; /* for the next three: any thread */
  WalletChainTip tip;
  gboolean tip_known;
  guint sync_empty;        /* wallet thread: answers in a row that brought nothing */
  GPtrArray *resend;       /* wallet thread: of Resend */
  gboolean resend_due;     /* the node may not know our payments; atomic */
  gint64 mempool_after_us; /* wallet thread: not before this time */
};

typedef struct {
  char *name;
  WalletStatus status;
  WalletStatus told; /* as of the last signal */
  guint source;      /* a signal that is due */
  gint64 told_us;
} NamedStatus;

/* Wallet thread: lets the main context know of all wallets as they are now. */
void wallet_manager_publish (WalletManager *self);

/* Main context: begins to follow the chain where it is not doing so. */
void wallet_manager_follow (WalletManager *self);
/* Wallet thread: the same. */
void wallet_manager_follow_soon (WalletManager *self);

/* settings.json. LOAD TRUE adds NAME to the wallets that are loaded at start-up. */
char **wallet_settings_dup_startup (const char *network_folder);
gboolean wallet_settings_set_startup (const char *network_folder, const char *name, gboolean load, GError **error);

G_END_DECLS
