#pragma once

#include "bitcoin/primitives/block.h"
#include "wallet/book/book.h"
#include "wallet/keys/keyring.h"
#include "wallet/store/db.h"
#include "wallet/store/record_tx.h"
#include "wallet/track/rows.h"

G_BEGIN_DECLS

/* The wallet's view of the chain: its transactions, coins, labels, and its place: the wallet's best block, the last one
 * that was connected. It also owns the file and the keyring. Wallet thread. */
typedef struct _WalletTracker WalletTracker;

typedef enum {
  WALLET_TX_CONFIRMED,
  WALLET_TX_MEMPOOL,
  WALLET_TX_INACTIVE,   /* neither in a block nor in the mempool */
  WALLET_TX_ABANDONED,  /* the same, and abandoned by the user */
  WALLET_TX_CONFLICTED, /* a block spends one of its inputs */
} WalletTxState;

typedef struct {
  WalletTxRecord *record;
  const BtcTx *tx; /* record->tx */
  WalletTxState state;
  gint32 height;             /* of record->block32 (CONFIRMED, CONFLICTED); -1: unknown yet */
  guint32 block_time;        /* 0: unknown */
  gint64 debit_sat;          /* of inputs that are ours */
  gint64 credit_sat;         /* of outputs that are ours */
  guint own_inputs;          /* inputs that are ours */
  gboolean presumed;         /* MEMPOOL, but only presumed after loading: the node has not reported it yet */
  gboolean mempool_conflict; /* INACTIVE, and the mempool spends an input of it, or of an ancestor */
  gboolean submitting;       /* ours, and the node has not replied yet: part of the balance, but not to be spent */
  gboolean trusted;          /* valid if trust_sequence is the current sequence of the wallet */
  guint64 trust_sequence;
  char *refusal; /* INACTIVE: the last reject reason of the node; NULL: not rejected, as far as is known */
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
  gint64 trusted_sat;  /* spendable now */
  gint64 pending_sat;  /* in the mempool, from others */
  gint64 immature_sat; /* mined, not spendable yet */
  gint64 used_sat;     /* of any of the three, at addresses that were spent from; only if these are kept apart */
  gboolean incomplete; /* which mined coins are spendable is unknown until the node has reported the heights */
} WalletBalance;

/* Opens the wallet.dat PATH. Errors as for wallet_db_open(); those about its records begin with
 * WALLET_TRACKER_LOADING_FAILED: also BUS_ERROR_WALLET_LEGACY, _WALLET_NEWER and _NOT_SUPPORTED. */
#define WALLET_TRACKER_LOADING_FAILED "Wallet loading failed. "
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

/* FALSE if the wallet has followed a chain with another genesis block. */
gboolean wallet_tracker_is_of_network (WalletTracker *self);

WalletKeyring *wallet_tracker_get_keyring (WalletTracker *self);
WalletDb *wallet_tracker_get_db (WalletTracker *self);
BtcNetwork wallet_tracker_get_network (WalletTracker *self);
guint64 wallet_tracker_get_flags (WalletTracker *self); /* WALLET_FLAG_… */
/* Whether a record could not be read that is about neither keys nor transactions. */
gboolean wallet_tracker_is_incomplete (WalletTracker *self);
/* Sets or clears FLAG; adds the change to BATCH. */
void wallet_tracker_set_flag (WalletTracker *self, guint64 flag, gboolean on, WalletBatch *batch);
guint64 wallet_tracker_get_sequence (WalletTracker *self); /* incremented with each change */

/* NOTIFY is called for each transaction that is added, and whose block or state changes; it may be NULL. */
typedef void (*WalletTxNotify) (const WalletTx *tx, gpointer data);
void wallet_tracker_set_notify (WalletTracker *self, WalletTxNotify notify, gpointer data);
/* Calls it for TX. */
void wallet_tracker_notify (WalletTracker *self, const WalletTx *tx);

/* Whether unconfirmed change is trusted, and so can be spent. TRUE by default. */
void wallet_tracker_set_trust_change (WalletTracker *self, gboolean trust);

/* Commits BATCH, with the changes that could not be written before. On failure nothing was written. */
gboolean wallet_tracker_commit (WalletTracker *self, WalletBatch *batch, GError **error);
/* The same, but changes that cannot be written now are kept for the next commit. For data from the chain, which is read
 * again after a crash. */
gboolean wallet_tracker_commit_later (WalletTracker *self, WalletBatch *batch, GError **error);

/* The chain. */

/* The maximum height of a block. */
#define WALLET_TRACKER_MAX_HEIGHT (G_MAXINT32 / 2)

/* The wallet's best block; height -1 if there is none yet. */
gint32 wallet_tracker_get_place (WalletTracker *self, guint8 hash32[32]);
/* The height of a remembered block, or of the genesis block; -1 for others. */
gint32 wallet_tracker_get_block_height (WalletTracker *self, const guint8 hash32[32]);
/* The wallet starts here: blocks up to this one are not read. */
void wallet_tracker_set_place (WalletTracker *self, gint32 height, const guint8 hash32[32], WalletBatch *batch);
/* A locator of the place: hashes (32 bytes each, newest first, at most 101); empty for a new wallet. */
GByteArray *wallet_tracker_dup_locator (WalletTracker *self);

/* Connects the block after the place. */
void wallet_tracker_connect (WalletTracker *self, const BtcBlock *block, gint32 height, WalletBatch *batch);
/* Disconnects all blocks above HEIGHT; the place becomes the block HASH32 there. */
void wallet_tracker_rewind (WalletTracker *self, gint32 height, const guint8 hash32[32], WalletBatch *batch);
/* Returns a block whose height is unknown; FALSE if there is none. */
gboolean wallet_tracker_next_unknown_block (WalletTracker *self, guint8 hash32[32]);
/* HEIGHT -1: it is not on the active chain up to the place. TIME: of its header. */
void wallet_tracker_set_block (WalletTracker *self,
                               const guint8 hash32[32],
                               gint32 height,
                               guint32 time,
                               WalletBatch *batch);
/* Reads a block of the active chain again, without changing the place: adds transactions that were unknown. Blocks
 * above the place are ignored. */
void wallet_tracker_rescan (WalletTracker *self, const BtcBlock *block, gint32 height, WalletBatch *batch);
/* The mempool: TXS of BtcTx, parents first. Not COMPLETE: the node is still loading it, so a missing transaction may
 * still be added. */
void wallet_tracker_set_mempool (WalletTracker *self, const GPtrArray *txs, gboolean complete, WalletBatch *batch);

/* A change of the mempool: TX was added, */
void wallet_tracker_mempool_add (WalletTracker *self, const BtcTx *tx, WalletBatch *batch);
/* or removed; CONFIRMED: by a block, which is processed separately. */
void wallet_tracker_mempool_remove (WalletTracker *self, const guint8 txid32[32], gboolean confirmed);

/* Transactions. */

WalletTx *wallet_tracker_get_tx (WalletTracker *self, const guint8 txid32[32]);
GPtrArray *wallet_tracker_get_txs (WalletTracker *self); /* of WalletTx, oldest first; borrowed */
/* The wtxids (32 bytes each) of TX that are stored in wallet.dat, including its own; NULL: none. Borrowed. */
const GByteArray *wallet_tracker_get_wtxids (WalletTracker *self, const WalletTx *tx);
/* Adds one of our own payments, which is about to be sent. */
WalletTx *wallet_tracker_add_own (WalletTracker *self, BtcTx *tx, WalletBatch *batch);
void wallet_tracker_remove (WalletTracker *self, WalletTx *tx, WalletBatch *batch);
void wallet_tracker_set_in_mempool (WalletTracker *self, WalletTx *tx);
/* The node rejected TX for REASON. TX and its coins are kept, since the node may be wrong or lie. Ignored unless TX is
 * INACTIVE, or only presumed to be in the mempool. */
void wallet_tracker_set_refused (WalletTracker *self, WalletTx *tx, const char *reason);
/* TX was stored, and is about to be submitted to the node; FALSE: there was a reply, or there will be none. */
void wallet_tracker_set_submitting (WalletTracker *self, WalletTx *tx, gboolean submitting);
/* The draft ID became the payment TX; NULL: it did not. */
void wallet_tracker_set_draft (WalletTracker *self, guint64 id, const WalletTx *tx, WalletBatch *batch);
WalletTx *wallet_tracker_get_draft (WalletTracker *self, guint64 id); /* NULL: no draft with this ID was sent */
/* FALSE if it is in a block or in the mempool. */
gboolean wallet_tracker_abandon (WalletTracker *self, WalletTx *tx, WalletBatch *batch);
void wallet_tracker_write_tx (WalletTracker *self, WalletTx *tx, WalletBatch *batch);
/* Sets what TX, a payment to several, calls the recipient of its output N. The result of _get_ is "" if there is none. */
void wallet_tracker_set_recipient_label (WalletTracker *self,
                                         const WalletTx *tx,
                                         guint32 n,
                                         const char *label,
                                         WalletBatch *batch);
const char *wallet_tracker_get_recipient_label (WalletTracker *self, const WalletTx *tx, guint32 n);

/* Sets the label of a payment, which is the reference's "comment"; "": removes it. */
void wallet_tracker_set_tx_label (WalletTracker *self, WalletTx *tx, const char *label, WalletBatch *batch);

/* 0 and negative numbers as in the reference: -N if it conflicts with a block that has N confirmations. */
gint32 wallet_tracker_confirmations (WalletTracker *self, const WalletTx *tx);
gboolean wallet_tracker_is_immature (WalletTracker *self, const WalletTx *tx);
/* Confirmed, or in the mempool and spending only trusted coins of ours. */
gboolean wallet_tracker_is_trusted (WalletTracker *self, const WalletTx *tx);
/* Trusted, and neither replaced by nor replacing another unconfirmed transaction: only safe coins are selected
 * automatically. */
gboolean wallet_tracker_is_safe (WalletTracker *self, const WalletTx *tx);
/* The IDs (32 bytes each, in ascending order) of the other transactions of the wallet that spend an input of TX; or of
 * the transactions in the mempool, of the wallet or not, that spend one of TX or of an unconfirmed ancestor. The caller owns
 * the array. */
GByteArray *wallet_tracker_list_conflicts (WalletTracker *self, const WalletTx *tx);
GByteArray *wallet_tracker_list_rivals (WalletTracker *self, const WalletTx *tx);
gint64 wallet_tx_get_time (const WalletTx *tx);
/* The fee that we paid; 0 if not all inputs are ours. */
gint64 wallet_tx_get_fee (const WalletTx *tx);

/* Coins. */

WalletCoin *wallet_tracker_get_coin (WalletTracker *self, const BtcOutpoint *outpoint);
gboolean wallet_tracker_is_spent (WalletTracker *self, const BtcOutpoint *outpoint);
/* All unspent WalletCoins; the caller owns the array. */
GPtrArray *wallet_tracker_list_coins (WalletTracker *self);
/* Whether a payment spends it, other than INACTIVE payments in TXIDS (32 bytes each). */
gboolean wallet_tracker_is_spent_except (WalletTracker *self, const BtcOutpoint *outpoint, const GByteArray *txids);
/* The WalletCoins that are spendable: with at least MIN_DEPTH confirmations, trusted, not locked; with AVOID_REUSE none
 * that are reused. */
GPtrArray *wallet_tracker_list_spendable (WalletTracker *self, gint32 min_depth, gboolean avoid_reuse);
/* The wallet keeps coins apart that come to addresses that were spent from, and SCRIPT was. */
gboolean wallet_tracker_is_reused (WalletTracker *self, BtcSpan script);
gboolean wallet_tracker_is_spent_in_mempool (WalletTracker *self, const BtcOutpoint *outpoint);
void wallet_tracker_lock_coin (WalletTracker *self, const BtcOutpoint *outpoint, gboolean persist, WalletBatch *batch);
gboolean wallet_tracker_unlock_coin (WalletTracker *self, const BtcOutpoint *outpoint, WalletBatch *batch);
gboolean wallet_tracker_is_locked (WalletTracker *self, const BtcOutpoint *outpoint);
GArray *wallet_tracker_list_locked (WalletTracker *self); /* of BtcOutpoint; the caller owns it */
gboolean wallet_tracker_spendable_now (WalletTracker *self, const WalletCoin *coin);

/* Balances; trusted amounts need at least MIN_DEPTH confirmations. AVOID_REUSE FALSE: nothing is kept apart. */
void wallet_tracker_get_balance (WalletTracker *self, gint32 min_depth, gboolean avoid_reuse, WalletBalance *balance);
/* The same, but including coins that only INACTIVE payments spend; minus their sum is returned in *NONMEMPOOL_SAT. */
void wallet_tracker_get_balance_with_pending (WalletTracker *self, WalletBalance *balance, gint64 *nonmempool_sat);

/* Address book. */

WalletBook *wallet_tracker_get_book (WalletTracker *self); /* borrowed; changed through wallet_tracker_set_label() */
void wallet_tracker_set_label (WalletTracker *self,
                               const char *address,
                               const char *label,
                               const char *purpose,
                               gint64 time,
                               WalletBatch *batch);
gboolean wallet_tracker_is_mine (WalletTracker *self, const char *address, WalletKeyRef *ref);
/* One of our outputs, to an address that was never handed out. */
gboolean wallet_tracker_is_change (WalletTracker *self, const BtcTxOut *out);

/* Pages for the interfaces: see wallets/wallet.h. */
GPtrArray *wallet_tracker_list_history (WalletTracker *self,
                                        const WalletHistoryQuery *query,
                                        char **next,
                                        guint *total,
                                        GError **error);
GArray *wallet_tracker_list_balances (WalletTracker *self, const gint64 *since, guint limit);
WalletTxDetails *wallet_tracker_get_details (WalletTracker *self, const guint8 txid32[32], GError **error);
GPtrArray *
wallet_tracker_list_addresses (WalletTracker *self, const char *cursor, guint limit, char **next, GError **error);
gint64 wallet_tracker_get_received (WalletTracker *self, BtcSpan script, gint32 min_depth, gboolean immature);

G_END_DECLS
