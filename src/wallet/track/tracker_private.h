#pragma once

#include "wallet/track/tracker.h"

G_BEGIN_DECLS

typedef struct {
  gint32 height;
  guint8 hash32[32];
} WalletKnownBlock;

/* The payments that match the last search of the history; its next pages are taken from here. */
typedef struct {
  guint64 sequence; /* of the wallet then; 0: none */
  char *search, *kind;
  GPtrArray *txs; /* of WalletTx, newest first */
} WalletMatches;

struct _WalletTracker {
  WalletDb *db;
  WalletKeyring *keyring;
  WalletBook *book;
  WalletBatch *unsaved;
  BtcNetwork network;
  guint64 flags;
  guint64 sequence;

  GHashTable *txs;    /* txid32 → WalletTx */
  GPtrArray *ordered; /* of WalletTx, by order_pos */
  gint64 order_pos_next;
  gboolean incomplete;    /* a record that is not essential could not be read */
  GHashTable *coins;      /* BtcOutpoint → WalletCoin: every output of ours, spent or not */
  GHashTable *spends;     /* BtcOutpoint → GPtrArray of the WalletTxs that spend it */
  GHashTable *locked;     /* BtcOutpoint → GINT_TO_POINTER (persistent) */
  GHashTable *drafts;     /* guint64 id → txid32 */
  GHashTable *recipients; /* BtcOutpoint → label */

  gint32 height;
  guint8 hash32[32];
  gint32
      saved_height; /* of the best block when the wallet was closed: used until the node has reported one; -1: unknown */
  guint8 saved32[32];
  gboolean saved_is_best; /* no other program has moved the best block since: saved_height is that of the wallet */
  GArray *known;          /* of WalletKnownBlock, by ascending height: for the locator */
  guint8 genesis32[32];
  GByteArray *locator; /* as it was read; used until blocks are known */
  GHashTable *wtxids;  /* txid32 → GByteArray of wtxids */
  gboolean rescanning; /* a block is being read again */
  GHashTable *blocks;  /* hash32 → WalletBlockInfo: the blocks of our transactions */

  GHashTable *reused; /* a set of GBytes: scripts that were spent from */

  GHashTable *rivals; /* BtcOutpoint of an input of ours → txid32 of the conflicting mempool transaction */

  WalletTxNotify notify; /* NULL: none */
  gpointer notify_data;
  gboolean distrust_change; /* unconfirmed change is not spent */

  gboolean balance_valid;
  WalletBalance balance;

  WalletMatches matches;
};

typedef struct {
  gint32 height;
  guint32 time;
} WalletBlockInfo;

guint wallet_outpoint_hash (gconstpointer outpoint);
gboolean wallet_outpoint_equal (gconstpointer a, gconstpointer b);

void wallet_tracker_changed (WalletTracker *self);

/* txs.c */
void wallet_tracker_add_wtxid (WalletTracker *self, const guint8 txid32[32], const guint8 wtxid32[32]);
void wallet_tracker_index_tx (WalletTracker *self, WalletTx *tx); /* its coins and inputs */
void wallet_tracker_compute_amounts (WalletTracker *self, WalletTx *tx);
void wallet_tracker_insert_loaded (WalletTracker *self, WalletTxRecord *record);
gboolean wallet_tracker_is_relevant (WalletTracker *self, const BtcTx *tx);
WalletTx *wallet_tracker_take_tx (WalletTracker *self, const BtcTx *tx, WalletBatch *batch, gint64 block_time);
void wallet_tracker_set_state (WalletTracker *self, WalletTx *tx, WalletTxState state, WalletBatch *batch);
void wallet_tracker_mark_conflicts (WalletTracker *self,
                                    const BtcTx *tx,
                                    const guint8 block32[32],
                                    gint32 height,
                                    WalletBatch *batch);
void wallet_tx_free (WalletTx *tx);

/* reuse.c */
void wallet_tracker_load_reuse (WalletTracker *self);
void wallet_tracker_mark_reuse (WalletTracker *self, const BtcTx *tx, WalletBatch *batch); /* TX spends coins */
/* history.c */
WalletHistoryRow *wallet_tracker_new_row (WalletTracker *self, const WalletTx *tx);

/* pages.c */
void wallet_matches_clear (WalletMatches *matches);

/* conflicts.c. After loading: unconfirmed transactions count as being in the mempool until the node has reported it;
 * otherwise the balance would change while the node starts. */
void wallet_tracker_presume_mempool (WalletTracker *self);
/* Appends the transactions of the wallet that spend outputs of TX (WalletTx, borrowed) to LIST. */
void wallet_tracker_add_children (WalletTracker *self, const WalletTx *tx, GPtrArray *list);

G_END_DECLS
