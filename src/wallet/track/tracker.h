#pragma once

#include "bitcoin/primitives/block.h"
#include "wallet/book/book.h"
#include "wallet/keys/keyring.h"
#include "wallet/store/db.h"
#include "wallet/store/record_tx.h"
#include "wallet/track/rows.h"

G_BEGIN_DECLS

/* The wallet's view of the chain: its transactions, coins, labels, and its place, the last block that was connected. It
 * also owns the file and the keyring. Wallet thread. */
typedef struct _WalletTracker WalletTracker;

typedef enum {
  WALLET_TX_CONFIRMED,
  WALLET_TX_MEMPOOL,
  WALLET_TX_INACTIVE,   /* neither in a block nor in the mempool */
  WALLET_TX_ABANDONED,  /* the same, and abandoned by the user */
  WALLET_TX_CONFLICTED, /* a block has spent what it spends */
} WalletTxState;

typedef struct {
  WalletTxRecord *record;
  const BtcTx *tx; /* record->tx */
  WalletTxState state;
  gint32 height;             /* of record->block32 (CONFIRMED, CONFLICTED); -1: not known yet */
  guint32 block_time;        /* 0: not known */
  gint64 debit_sat;          /* of inputs that are ours */
  gint64 credit_sat;         /* of outputs that are ours */
  guint own_inputs;          /* inputs that are ours */
  gboolean presumed;         /* MEMPOOL, from before the start: the node has not said so yet */
  gboolean mempool_conflict; /* INACTIVE, and the mempool has another spend of its inputs */
  gboolean trusted;          /* as of trust_sequence, which is the wallet's; else it is not known */
  guint64 trust_sequence;
  char *refusal; /* INACTIVE, and the node refused it last time, for this reason; NULL: not that is known */
} WalletTx;

typedef struct {
  BtcOutpoint outpoint;
  WalletTx *tx;
  const BtcTxOut *out;
  WalletKeyRef ref;
  gboolean locked;   /* by the user */
  gboolean reserved; /* by a draft */
} WalletCoin;

typedef struct {
  gint64 trusted_sat;  /* can be spent now */
  gint64 pending_sat;  /* in the mempool, from others */
  gint64 immature_sat; /* mined, not spendable yet */
} WalletBalance;

/* Opens the wallet.dat PATH. Errors as wallet_db_open(). */
WalletTracker *wallet_tracker_open (const char *path, BtcNetwork network, guint keypool, GError **error);

/* Creates PATH. FLAGS: WALLET_FLAG_…; SEED NULL: without keys. */
WalletTracker *wallet_tracker_create (const char *path,
                                      BtcNetwork network,
                                      guint keypool,
                                      guint64 flags,
                                      const guint8 *seed,
                                      gsize seed_len,
                                      GError **error);
void wallet_tracker_free (WalletTracker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletTracker, wallet_tracker_free)

WalletKeyring *wallet_tracker_get_keyring (WalletTracker *self);
WalletDb *wallet_tracker_get_db (WalletTracker *self);
BtcNetwork wallet_tracker_get_network (WalletTracker *self);
guint64 wallet_tracker_get_flags (WalletTracker *self);
guint64 wallet_tracker_get_sequence (WalletTracker *self); /* grows with each change */

/* Writes BATCH, and what could not be written before. When it fails nothing was written. */
gboolean wallet_tracker_commit (WalletTracker *self, WalletBatch *batch, GError **error);
/* The same, but what cannot be written now is kept, and written with the next commit. For data from the chain, which is
 * read again after a crash. */
gboolean wallet_tracker_commit_later (WalletTracker *self, WalletBatch *batch, GError **error);

/* The chain. */

/* No block is higher. */
#define WALLET_TRACKER_MAX_HEIGHT (G_MAXINT32 / 2)

/* The last connected block: height -1 when there is none yet. */
gint32 wallet_tracker_get_place (WalletTracker *self, guint8 hash32[32]);
/* The height of a remembered block, or of the genesis block; -1 for others. */
gint32 wallet_tracker_get_block_height (WalletTracker *self, const guint8 hash32[32]);
/* The wallet starts here: blocks up to this one are not read. */
void wallet_tracker_set_place (WalletTracker *self, gint32 height, const guint8 hash32[32], WalletBatch *batch);
/* Hashes (32 bytes each, newest first, at most 101) to find the place again by; empty for a new wallet. */
GByteArray *wallet_tracker_dup_locator (WalletTracker *self);

/* The block after the place. */
void wallet_tracker_connect (WalletTracker *self, const BtcBlock *block, gint32 height, WalletBatch *batch);
/* Disconnects all blocks above HEIGHT; the place becomes the block HASH32 there. */
void wallet_tracker_rewind (WalletTracker *self, gint32 height, const guint8 hash32[32], WalletBatch *batch);
/* Gets a block whose height is not known yet; FALSE when there is none. */
gboolean wallet_tracker_next_unknown_block (WalletTracker *self, guint8 hash32[32]);
/* HEIGHT -1: it is not on the active chain up to the place. TIME: of its header. */
void wallet_tracker_set_block (WalletTracker *self,
                               const guint8 hash32[32],
                               gint32 height,
                               guint32 time,
                               WalletBatch *batch);
/* A block of the active chain is read once more, without moving the place: adds transactions that were not known.
 * Blocks above the place are ignored. */
void wallet_tracker_rescan (WalletTracker *self, const BtcBlock *block, gint32 height, WalletBatch *batch);
/* The mempool, of BtcTx, parents first. Not COMPLETE: the node is loading it, so a missing transaction may still
 * appear. */
void wallet_tracker_set_mempool (WalletTracker *self, const GPtrArray *txs, gboolean complete, WalletBatch *batch);

/* One change of it: TX was added, */
void wallet_tracker_mempool_add (WalletTracker *self, const BtcTx *tx, WalletBatch *batch);
/* or removed; CONFIRMED: by a block, which is processed later. */
void wallet_tracker_mempool_remove (WalletTracker *self, const guint8 txid32[32], gboolean confirmed);

/* Transactions. */

WalletTx *wallet_tracker_get_tx (WalletTracker *self, const guint8 txid32[32]);
GPtrArray *wallet_tracker_get_txs (WalletTracker *self); /* of WalletTx, oldest first; borrowed */
/* wtxids (32 bytes each) under which wallet.dat has seen TX, its own among them; NULL: none. Borrowed. */
const GByteArray *wallet_tracker_get_wtxids (WalletTracker *self, const WalletTx *tx);
/* Adds a payment of our own that is about to be sent. */
WalletTx *wallet_tracker_add_own (WalletTracker *self, BtcTx *tx, WalletBatch *batch);
void wallet_tracker_remove (WalletTracker *self, WalletTx *tx, WalletBatch *batch);
void wallet_tracker_set_in_mempool (WalletTracker *self, WalletTx *tx);
/* The node refused TX for REASON. TX and its coins are kept, since the node may be wrong or lie. Ignored unless TX is
 * INACTIVE, or only presumed to be in the mempool. */
void wallet_tracker_set_refused (WalletTracker *self, WalletTx *tx, const char *reason);
/* The draft ID became the payment TX; NULL: it did not. */
void wallet_tracker_set_draft (WalletTracker *self, guint64 id, const WalletTx *tx, WalletBatch *batch);
WalletTx *wallet_tracker_get_draft (WalletTracker *self, guint64 id); /* NULL: none was sent under this id */
/* FALSE when it is in a block or in the mempool. */
gboolean wallet_tracker_abandon (WalletTracker *self, WalletTx *tx, WalletBatch *batch);
void wallet_tracker_write_tx (WalletTracker *self, WalletTx *tx, WalletBatch *batch);

/* 0 and less as the reference counts: -N when a block N deep conflicts. */
gint32 wallet_tracker_confirmations (WalletTracker *self, const WalletTx *tx);
gboolean wallet_tracker_is_immature (WalletTracker *self, const WalletTx *tx);
/* Confirmed, or in the mempool and paid from coins of ours that are so. */
gboolean wallet_tracker_is_trusted (WalletTracker *self, const WalletTx *tx);
/* Trusted, and neither replaced by nor replacing another unconfirmed transaction: only safe coins are selected
 * automatically. */
gboolean wallet_tracker_is_safe (WalletTracker *self, const WalletTx *tx);
gint64 wallet_tx_get_time (const WalletTx *tx);
/* What we paid for it; 0 when the inputs are not all ours. */
gint64 wallet_tx_get_fee (const WalletTx *tx);

/* Coins. */

WalletCoin *wallet_tracker_get_coin (WalletTracker *self, const BtcOutpoint *outpoint);
gboolean wallet_tracker_is_spent (WalletTracker *self, const BtcOutpoint *outpoint);
/* Of WalletCoin: those that are not spent, whatever else; the caller owns the array. */
GPtrArray *wallet_tracker_list_coins (WalletTracker *self);
/* Whether a payment other than those of TXIDS (32 bytes each; only INACTIVE ones count) spends it. */
gboolean wallet_tracker_is_spent_beside (WalletTracker *self, const BtcOutpoint *outpoint, const GByteArray *txids);
/* Of WalletCoin: spendable with at least MIN_DEPTH confirmations, trusted, not locked. */
GPtrArray *wallet_tracker_list_spendable (WalletTracker *self, gint32 min_depth);
gboolean wallet_tracker_is_spent_in_mempool (WalletTracker *self, const BtcOutpoint *outpoint);
void wallet_tracker_lock_coin (WalletTracker *self, const BtcOutpoint *outpoint, gboolean persist, WalletBatch *batch);
gboolean wallet_tracker_unlock_coin (WalletTracker *self, const BtcOutpoint *outpoint, WalletBatch *batch);
gboolean wallet_tracker_is_locked (WalletTracker *self, const BtcOutpoint *outpoint);
GArray *wallet_tracker_list_locked (WalletTracker *self); /* of BtcOutpoint; the caller owns it */
gboolean wallet_tracker_spendable_now (WalletTracker *self, const WalletCoin *coin);

/* Balances with at least MIN_DEPTH confirmations for what is trusted. */
void wallet_tracker_get_balance (WalletTracker *self, gint32 min_depth, WalletBalance *balance);
/* The same, but with what only INACTIVE payments spend; what that is comes out as *NONMEMPOOL_SAT, not positive. */
void wallet_tracker_get_balance_with_pending (WalletTracker *self, WalletBalance *balance, gint64 *nonmempool_sat);

/* Book of addresses. */

WalletBook *wallet_tracker_get_book (WalletTracker *self); /* borrowed; changed through wallet_tracker_set_label() */
void wallet_tracker_set_label (WalletTracker *self,
                               const char *address,
                               const char *label,
                               const char *purpose,
                               gint64 time,
                               WalletBatch *batch);
gboolean wallet_tracker_is_mine (WalletTracker *self, const char *address, WalletKeyRef *ref);
/* An output of ours to an address that was never handed out. */
gboolean wallet_tracker_is_change (WalletTracker *self, const BtcTxOut *out);

/* Pages for the interfaces: see wallets/wallet.h. */
GPtrArray *wallet_tracker_list_history (WalletTracker *self,
                                        const char *cursor,
                                        guint limit,
                                        const char *search,
                                        const char *kind,
                                        char **next,
                                        guint *total,
                                        GError **error);
GArray *wallet_tracker_list_balances (WalletTracker *self, const gint64 *since, guint limit);
WalletTxDetails *wallet_tracker_get_details (WalletTracker *self, const guint8 txid32[32], GError **error);
GPtrArray *
wallet_tracker_list_addresses (WalletTracker *self, const char *cursor, guint limit, char **next, GError **error);
gint64 wallet_tracker_get_received (WalletTracker *self, BtcSpan script, gint32 min_depth, gboolean immature);

G_END_DECLS
