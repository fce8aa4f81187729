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
  guint64 fallback_fee;
  WalletChain *chain;
  CommonWorker *worker;

  /* Wallet thread. */
  GPtrArray *wallets; /* of Wallet */
  GPtrArray *startup; /* names of wallets that are in use still: see manager_startup.c */
  gint64 startup_begun_us;
  gint64 startup_patience_us; /* how long these are tried; may be set before the start */

  /* Main context: what the wallet thread has told. */
  GPtrArray *statuses; /* of NamedStatus, in the order of loading */
  gboolean ready;
  gboolean started;
  int stopping; /* 1: begun, 2: all wallets are closed; atomic */
  gulong tip_handler;
  gulong renewed_handler;
  guint startup_source;

  /* Following the chain: main context, except where said. */
  gboolean sync_running;
  gboolean sync_again;
  guint sync_retry; /* source */
  GCancellable *sync_cancel;
  GMutex tip_lock; /* for the next three: any thread */
  WalletChainTip tip;
  gboolean tip_known;
  int epoch;               /* grows when another node is there than before; atomic */
  guint sync_empty;        /* wallet thread: answers in a row that brought nothing */
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

/* Any thread: wallet_manager_close() was called. */
gboolean wallet_manager_is_closing (WalletManager *self);

/* Main context: the start-up wallets are there, as far as they can be. */
void wallet_manager_set_ready (WalletManager *self);

/* Wallet thread: lets the main context know of all wallets as they are now. */
void wallet_manager_publish (WalletManager *self);

/* Main context: begins to follow the chain where it is not doing so. */
void wallet_manager_follow (WalletManager *self);
/* Wallet thread: the same. */
void wallet_manager_follow_soon (WalletManager *self);

/* One call of the node for the sake of following the chain: see manager_follow.c. */
#define WALLET_BLOCKS_AT_ONCE 500
#define WALLET_RETRY_MS 1000

typedef enum {
  STEP_WAIT, /* nothing is asked; look again after DELAY_MS, or at the next signal when that is 0 */
  STEP_TIP,
  STEP_ANCHOR,
  STEP_BLOCK,
  STEP_BLOCKS,
  STEP_SCAN_HASH,
  STEP_SCAN,
  STEP_MEMPOOL,
  STEP_SUBMIT
} StepKind;

typedef struct {
  WalletManager *self;
  StepKind kind;
  char *wallet;        /* ANCHOR, BLOCK, BLOCKS, SCAN…, SUBMIT */
  guint8 hash32[32];   /* BLOCK: the block; BLOCKS, SCAN: the one before; SUBMIT: the txid */
  gboolean from_start; /* BLOCKS, SCAN: there is none before */
  GByteArray *locator; /* ANCHOR */
  guint limit;         /* BLOCKS, SCAN */
  gint32 height;       /* SCAN_HASH */
  BtcTx *tx;           /* SUBMIT */
  guint delay_ms;
  int epoch;            /* of the node that was asked */
  GAsyncResult *result; /* of the call */
  GError *error;        /* set when the call has failed */
} Step;

Step *wallet_step_new (WalletManager *self, StepKind kind, const char *wallet);

/* manager_follow_plan.c. Wallet thread: what is to be asked next; NULL: nothing. */
Step *wallet_follow_plan (WalletManager *self);

/* manager_follow_take.c. Wallet thread: works in the answer. */
void wallet_follow_take (WalletManager *self, Step *step);
/* Wallet thread: TIP is what the node has now. */
void wallet_manager_take_tip (WalletManager *self, const WalletChainTip *tip);

/* manager_scan.c: the next step of reading blocks again; NULL when nothing is to be read. */
Step *wallet_scan_plan (WalletManager *self, Wallet *wallet);
void wallet_scan_take (WalletManager *self, Step *step);
/* Begins to read START to STOP again. FALSE when that is going on already. Wallet thread. */
gboolean wallet_scan_begin (WalletManager *self, Wallet *wallet, gint32 start, gint32 stop);

/* manager_startup.c. Wallet thread: begins to load the wallets of settings.json. DATA is the manager. */
void wallet_startup_load (gpointer data);
/* Whether NAME (NULL: any wallet) is one of those that are tried again still. */
gboolean wallet_startup_is_waiting_for (WalletManager *self, const char *name);

/* manager_submit.c. Wallet thread. The next step of telling this node of all payments of WALLET that are not in a block;
 * NULL: it knows them. */
Step *wallet_submit_plan_first (WalletManager *self, Wallet *wallet);
/* The next step of trying again what is in no mempool; NULL: nothing is due. */
Step *wallet_submit_plan (WalletManager *self);
void wallet_submit_take (WalletManager *self, Step *step);

/* settings.json. LOAD TRUE adds NAME to the wallets that are loaded at start-up. */
char **wallet_settings_dup_startup (const char *network_folder);
gboolean wallet_settings_set_startup (const char *network_folder, const char *name, gboolean load, GError **error);

G_END_DECLS
