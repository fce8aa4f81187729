#pragma once

#include <gio/gio.h>

#include "bitcoin/primitives/block.h"

G_BEGIN_DECLS

/* The chain for the wallet: one pair of functions and one result type for each call. One implementation uses
 * org.moneyrocket.Chain1 (chain_bus.h), the other one calls the node in the same process, without serialisation.
 *
 * Calls are made on the main context, where their callbacks are also called; _finish() may be called on any thread.
 * Every call can fail with BUS_ERROR_NODE_UNAVAILABLE (the node is not running, or did not reply in time),
 * BUS_ERROR_NOT_READY (it is loading or closing its chain), BUS_ERROR_INVALID_ARGUMENT (a limit below was exceeded),
 * BUS_ERROR_INVALID_ANSWER (the reply breaks a rule below; nothing of it is used), BUS_ERROR_STORAGE and
 * BUS_ERROR_FAILED (the node could not do it), and with G_IO_ERROR_CANCELLED. Further errors are listed with each call.
 * A cancelled call ends as soon as possible; the node may still complete its part. */
#define WALLET_TYPE_CHAIN (wallet_chain_get_type ())
G_DECLARE_INTERFACE (WalletChain, wallet_chain, WALLET, CHAIN, GObject)

#define WALLET_CHAIN_MAX_LOCATOR 101
#define WALLET_CHAIN_MAX_BLOCKS 500
#define WALLET_CHAIN_MAX_TARGET 1008
#define WALLET_CHAIN_MAX_TXIDS 500
#define WALLET_CHAIN_MAX_ANCESTORS 2000
/* The maximum height in a result, so that small numbers can be added without overflow. */
#define WALLET_CHAIN_MAX_HEIGHT (G_MAXINT32 / 2)

typedef struct {
  guint64 sequence; /* incremented with each change of the tip */
  gint32 height;
  guint8 hash32[32];
  guint64 mempool_sequence; /* incremented with each change of the mempool */
} WalletChainTip;

void
wallet_chain_get_tip_async (WalletChain *chain, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
WalletChainTip *wallet_chain_get_tip_finish (WalletChain *chain, GAsyncResult *result, GError **error); /* g_free() */

/* A block of the active chain. */
typedef struct {
  gint32 height;
  guint8 hash32[32];
} WalletChainPlace;

/* The first of the N (at most WALLET_CHAIN_MAX_LOCATOR) hashes of LOCATOR, 32 bytes each and newest first, that is on
 * the active chain; the genesis block when none is. */
void wallet_chain_find_fork_async (WalletChain *chain,
                                   const guint8 *locator,
                                   guint n,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
WalletChainPlace *wallet_chain_find_fork_finish (WalletChain *chain, GAsyncResult *result, GError **error);

/* The block of the active chain at HEIGHT. BUS_ERROR_NOT_IN_CHAIN above the tip. */
void wallet_chain_get_hash_async (WalletChain *chain,
                                  gint32 height,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
WalletChainPlace *wallet_chain_get_hash_finish (WalletChain *chain, GAsyncResult *result, GError **error);

/* Consecutive blocks, each the parent of the next. Every block in a result was checked: its header commits to all of
 * it, including its height, and has the proof of work that it claims, and its amounts are in range. It was not checked
 * how much work is required. */
typedef struct {
  gint32 first_height;
  GPtrArray *blocks; /* of BtcBlock; empty at the tip */
} WalletChainBlocks;
void wallet_chain_blocks_free (WalletChainBlocks *blocks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletChainBlocks, wallet_chain_blocks_free)

/* Up to LIMIT (1 to WALLET_CHAIN_MAX_BLOCKS) blocks of the active chain after the block AFTER32 (NULL: from the genesis
 * block on): at most about 8 MB, but at least one if there is any. BUS_ERROR_NOT_IN_CHAIN when AFTER32 is not on the
 * active chain, BUS_ERROR_PRUNED when the node has pruned the first of them. */
void wallet_chain_get_blocks_async (WalletChain *chain,
                                    const guint8 *after32,
                                    guint limit,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
WalletChainBlocks *wallet_chain_get_blocks_finish (WalletChain *chain, GAsyncResult *result, GError **error);

typedef struct {
  gint32 height;
  gboolean active; /* on the active chain, not on another branch */
  BtcBlock *block;
} WalletChainBlock;
void wallet_chain_block_free (WalletChainBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletChainBlock, wallet_chain_block_free)

/* The block HASH32, on any branch. BUS_ERROR_NOT_FOUND, BUS_ERROR_PRUNED. */
void wallet_chain_get_block_async (WalletChain *chain,
                                   const guint8 hash32[32],
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer data);
WalletChainBlock *wallet_chain_get_block_finish (WalletChain *chain, GAsyncResult *result, GError **error);

/* A position in the log of events of a node. */
typedef struct {
  guint64 log;    /* identifies the node process */
  guint64 number; /* of the last event that was processed */
} WalletChainCursor;

/* The whole mempool, parents before children, as of SEQUENCE. */
typedef struct {
  guint64 sequence;
  WalletChainCursor cursor; /* later events are not included in TXS */
  gboolean complete;        /* FALSE: the node is still loading it from its file, and more transactions will be added */
  GPtrArray *txs;           /* of BtcTx */
} WalletChainMempool;
void wallet_chain_mempool_free (WalletChainMempool *mempool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletChainMempool, wallet_chain_mempool_free)

void wallet_chain_get_mempool_async (WalletChain *chain,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
WalletChainMempool *wallet_chain_get_mempool_finish (WalletChain *chain, GAsyncResult *result, GError **error);

/* The totals of a mempool transaction and its unconfirmed ancestors. */
typedef struct {
  guint8 txid32[32];
  guint32 count; /* 1 to WALLET_CHAIN_MAX_ANCESTORS, including itself, as in the other fields */
  gint64 vsize;  /* COUNT or more; adjusted for signature operations */
  gint64
      fees_sat; /* modified by prioritisetransaction, so may be negative; at most 2 * BTC_MAX_MONEY for each of COUNT */
} WalletChainAncestors;

/* An array of WalletChainAncestors (the caller owns it) for those of the N (at most WALLET_CHAIN_MAX_TXIDS) different
 * TXIDS, 32 bytes each, that are in the mempool, in the same order; those with too many ancestors are also omitted. */
void wallet_chain_get_ancestors_async (WalletChain *chain,
                                       const guint8 *txids,
                                       guint n,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer data);
GArray *wallet_chain_get_ancestors_finish (WalletChain *chain, GAsyncResult *result, GError **error);

typedef enum {
  WALLET_CHAIN_EVENT_CONNECTED,    /* a block */
  WALLET_CHAIN_EVENT_DISCONNECTED, /* a block */
  WALLET_CHAIN_EVENT_ADDED,        /* a transaction, to the mempool */
  WALLET_CHAIN_EVENT_REMOVED       /* a transaction, from the mempool */
} WalletChainEventKind;

typedef struct {
  WalletChainEventKind kind;
  guint8 hash32[32];        /* of the block, or the txid */
  gint32 height;            /* of the block */
  BtcTx *tx;                /* ADDED; owned by the batch */
  gboolean confirmed;       /* REMOVED: confirmed by a block */
  guint64 mempool_sequence; /* ADDED, REMOVED: of the mempool after the event */
} WalletChainEvent;

/* Immutable; reference counted, any thread. */
typedef struct {
  WalletChainCursor after; /* as requested; not usable with RESYNC */
  WalletChainCursor last;  /* of the last event; the node's current position if there is none */
  gboolean resync; /* the events after AFTER are lost, or there was no AFTER: tip and mempool must be read again */
  GArray *events;  /* of WalletChainEvent, numbered consecutively up to LAST */
} WalletChainEvents;
void wallet_chain_events_unref (WalletChainEvents *events);
WalletChainEvents *wallet_chain_events_ref (WalletChainEvents *events);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletChainEvents, wallet_chain_events_unref)
WalletChainEvents *
wallet_chain_events_new (const WalletChainCursor *after); /* for implementations; NULL: none was given */

#define WALLET_CHAIN_MIN_EVENT_BYTES 1000
#define WALLET_CHAIN_MAX_EVENT_BYTES 500000

/* The events after AFTER (NULL: no event was processed yet; the result has the cursor to start from), at most about
 * MAX_BYTES (within the limits above), but at least one if there is any. If there is none, the call waits for one, for
 * at most about 20 seconds, and then returns none. */
void wallet_chain_get_events_async (WalletChain *chain,
                                    const WalletChainCursor *after,
                                    guint max_bytes,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
WalletChainEvents *wallet_chain_get_events_finish (WalletChain *chain, GAsyncResult *result, GError **error);

/* Submits TX to the mempool, and relays it; also TRUE if it was there before. MAX_FEE_RATE in satoshi per 1,000 virtual
 * bytes; NULL: no limit. BUS_ERROR_REJECTED with the reject reason as message. After any other error it is unknown
 * whether the node has it. */
void wallet_chain_submit_async (WalletChain *chain,
                                BtcTx *tx,
                                const guint64 *max_fee_rate,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
gboolean wallet_chain_submit_finish (WalletChain *chain, GAsyncResult *result, GError **error);

/* Satoshi per 1,000 virtual bytes. */
typedef struct {
  gboolean estimated; /* FALSE: there is no estimate */
  guint64 rate;       /* the estimate */
  guint64 minimum;    /* the minimum fee rate of the mempool */
} WalletChainEstimate;

/* The fee rate for a confirmation within TARGET (1 to WALLET_CHAIN_MAX_TARGET) blocks. */
void wallet_chain_estimate_async (WalletChain *chain,
                                  guint target,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer data);
WalletChainEstimate *wallet_chain_estimate_finish (WalletChain *chain, GAsyncResult *result, GError **error);

gboolean wallet_chain_is_available (WalletChain *chain); /* FALSE while the node is unavailable */
/* FALSE: there is no node to ask. TRUE is earlier than available: the node's first tip is not known yet. */
gboolean wallet_chain_is_connected (WalletChain *chain);

/* For implementations. Each function takes ownership of TASK and returns the result or error of the call on it;
 * arguments are within their limits. Signals: "tip-changed" (const WalletChainTip *), at most ten per second; "renewed"
 * (), when this is a different node process, whose state is unknown. */
struct _WalletChainInterface {
  GTypeInterface parent;
  gboolean (*is_available) (WalletChain *chain);
  gboolean (*is_connected) (WalletChain *chain);
  void (*get_tip) (WalletChain *chain, GTask *task);
  void (*find_fork) (WalletChain *chain, const guint8 *locator, guint n, GTask *task);
  void (*get_hash) (WalletChain *chain, gint32 height, GTask *task);
  void (*get_blocks) (WalletChain *chain, const guint8 *after32, guint limit, GTask *task);
  void (*get_block) (WalletChain *chain, const guint8 hash32[32], GTask *task);
  void (*get_mempool) (WalletChain *chain, GTask *task);
  void (*get_ancestors) (WalletChain *chain, const guint8 *txids, guint n, GTask *task);
  void (*get_events) (WalletChain *chain, const WalletChainCursor *after, guint max_bytes, GTask *task);
  void (*submit) (WalletChain *chain, BtcTx *tx, const guint64 *max_fee_rate, GTask *task); /* returns a boolean */
  void (*estimate) (WalletChain *chain, guint target, GTask *task);
};
void wallet_chain_emit_tip (WalletChain *chain, const WalletChainTip *tip);
void wallet_chain_emit_renewed (WalletChain *chain);

G_END_DECLS
