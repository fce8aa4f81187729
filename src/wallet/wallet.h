#pragma once

#include <gio/gio.h>

#include "bitcoin/primitives/network.h"
#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* One wallet, as the interfaces above see it. Every function here runs on the wallet thread only: call them from a job
 * that was given to wallet_manager_run_async() or wallet_manager_run_wait(). Results are plain structs without ties to
 * the wallet, so they may be handed to any thread. Errors are of BUS_ERROR; what changes the wallet is on disk when the
 * function returns. Amounts are satoshi, times seconds since 1970 UTC, hashes 32 bytes in internal order. */
typedef struct _Wallet Wallet;

/* In the order of the numbers that wallet.dat uses for them. */
typedef enum {
  WALLET_ADDRESS_LEGACY,      /* P2PKH */
  WALLET_ADDRESS_P2SH_SEGWIT, /* P2SH-P2WPKH */
  WALLET_ADDRESS_BECH32,      /* P2WPKH */
  WALLET_ADDRESS_BECH32M,     /* P2TR */
  WALLET_N_ADDRESS_TYPES
} WalletAddressType;

/* "legacy", "p2sh-segwit", "bech32", "bech32m". FALSE for any other NAME. */
gboolean wallet_address_type_by_name (const char *name, WalletAddressType *type);
const char *wallet_address_type_name (WalletAddressType type);

typedef struct {
  gint64 trusted_sat;  /* can be spent now */
  gint64 pending_sat;  /* in the mempool, from others */
  gint64 immature_sat; /* mined, not spendable yet */
} WalletBalance;

/* What can be told of a wallet at any time without asking its thread. */
typedef struct {
  WalletBalance balance;
  gint32 height; /* of the last block that was taken in; -1: none yet */
  guint8 hash32[32];
  gboolean scanning;     /* the chain is ahead of it */
  gint problem;          /* a BusError, why it does not go on; BUS_N_ERRORS: nothing is wrong */
  gboolean private_keys; /* FALSE: watch-only */
  gboolean encrypted;    /* it needs a passphrase, which this version cannot take: it can receive, but not pay */
  guint64 sequence;      /* grows with each change */
} WalletStatus;

const char *wallet_get_name (Wallet *wallet); /* borrowed; "" is the default wallet */
void wallet_get_status (Wallet *wallet, WalletStatus *status);

/* An address that was never given out before. LABEL may be "". The caller owns the result.
 * BUS_ERROR_NOT_SUPPORTED when the wallet has no such addresses, BUS_ERROR_STORAGE. */
char *wallet_new_address (Wallet *wallet, WalletAddressType type, const char *label, GError **error);

/* Gives ADDRESS a label. BUS_ERROR_INVALID_ADDRESS, BUS_ERROR_STORAGE. */
gboolean wallet_set_label (Wallet *wallet, const char *address, const char *label, GError **error);

typedef struct {
  char *address;
  char *label;
  WalletAddressType type;
  gint64 time;         /* when it was given out; 0: not known */
  gint64 received_sat; /* in all */
} WalletAddressRow;
void wallet_address_row_free (WalletAddressRow *row);

/* Up to LIMIT (1 to 500) addresses that were given out, newest first, from CURSOR ("" starts). Element type
 * WalletAddressRow. *NEXT is the caller's: "" at the end. */
GPtrArray *wallet_list_addresses (Wallet *wallet, const char *cursor, guint limit, char **next, GError **error);

typedef enum { WALLET_KIND_RECEIVE, WALLET_KIND_SEND, WALLET_KIND_GENERATE, WALLET_KIND_SELF } WalletKind;
const char *wallet_kind_name (WalletKind kind); /* "receive", "send", "generate", "self" */

#define WALLET_HEIGHT_UNCONFIRMED (-1)
#define WALLET_HEIGHT_CONFLICTED (-2)

typedef struct {
  guint8 txid32[32];
  WalletKind kind;
  gint64 net_sat; /* negative when it left */
  gint64 fee_sat; /* 0 when it is not ours, or not known */
  char *address;  /* "" when there is none */
  char *label;
  gint64 time;
  gint32 height; /* or one of the two above */
  gint32 confirmations;
} WalletHistoryRow;
void wallet_history_row_free (WalletHistoryRow *row);

/* Up to LIMIT (1 to 500) payments, newest first, from CURSOR ("" starts). SEARCH (NULL: all) is looked for in labels,
 * addresses and ids; KIND is the name of a kind, NULL: all. *NEXT as above; *TOTAL: rows in all. Element type
 * WalletHistoryRow. A cursor stays good while payments come in: no row is shown twice or left out. */
GPtrArray *wallet_list_history (Wallet *wallet,
                                const char *cursor,
                                guint limit,
                                const char *search,
                                const char *kind,
                                char **next,
                                guint *total,
                                GError **error);

typedef struct {
  gint64 time; /* seconds since 1970 UTC */
  gint64 balance_sat;
} WalletBalancePoint;

/* The balance over time, oldest first: what it was at FROM (0: before the first payment), and then after each change; of
 * changes that lie close together only the last, so that there are at most LIMIT + 1 points (LIMIT 2 to 500). With what is
 * not confirmed, without what was mined and cannot be spent yet. Empty while there was no payment. Element type
 * WalletBalancePoint. */
GArray *wallet_list_balances (Wallet *wallet, gint64 from, guint limit, GError **error);

typedef struct {
  char *address;     /* "" when it has none */
  gint64 amount_sat; /* -1: not known (inputs only) */
  gboolean ours;
} WalletDetailRow;

typedef struct {
  WalletHistoryRow *row;
  GPtrArray *inputs;  /* of WalletDetailRow */
  GPtrArray *outputs; /* of WalletDetailRow */
  gboolean in_block;
  guint8 block32[32];
  guint32 vsize;
  GBytes *raw;
} WalletTxDetails;
void wallet_tx_details_free (WalletTxDetails *details);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletTxDetails, wallet_tx_details_free)

/* BUS_ERROR_NOT_FOUND. */
WalletTxDetails *wallet_get_transaction (Wallet *wallet, const guint8 txid32[32], GError **error);

/* Paying. */

typedef struct {
  const char *address;
  gint64 amount_sat;
} WalletRecipient;

typedef struct {
  const WalletRecipient *recipients;
  guint n_recipients;
  guint64 fee_rate;      /* satoshi per 1,000 virtual bytes */
  gboolean subtract_fee; /* the first recipient pays the fee */
  gboolean send_all;     /* the first amount becomes all that is left */
  const char *label;     /* for the first address; NULL: none */
} WalletDraftRequest;

typedef struct {
  char *address;
  gint64 amount_sat;
  gboolean change; /* outputs only */
} WalletDraftRow;

typedef struct {
  guint64 id;
  gint64 fee_sat;
  GPtrArray *inputs;  /* of WalletDraftRow */
  GPtrArray *outputs; /* of WalletDraftRow */
  guint32 vsize;
  gint64 remaining_sat; /* the spendable balance afterwards */
  GByteArray *replaces; /* txids, 32 bytes each, of kept payments that cannot be confirmed any more once this one is */
  gboolean repeats;     /* another payment to one of the recipients waits for its confirmation, and is not replaced */
} WalletDraft;
void wallet_draft_free (WalletDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletDraft, wallet_draft_free)

/* Chooses coins, and keeps them from other drafts until the draft is sent or discarded (or the wallet unloaded). A payment to
 * the same recipient that the node refused is replaced: both share a coin. BUS_ERROR_INVALID_ADDRESS, _INVALID_AMOUNT,
 * _INVALID_ARGUMENT (no fee rate; an address twice), _INSUFFICIENT_FUNDS, _FEE_TOO_HIGH, _BUSY (the payment that is to be
 * replaced has no coin left to share). */
WalletDraft *wallet_draft_create (Wallet *wallet, const WalletDraftRequest *request, GError **error);

/* A payment that is signed and on disk. */
typedef struct {
  guint8 txid32[32];
  BtcTx *tx; /* to be handed to the node; NULL: it was given up, or is in a block */
} WalletStored;
void wallet_stored_free (WalletStored *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletStored, wallet_stored_free)

/* Signs and stores; see handover.h for what follows. When it fails, nothing was sent: BUS_ERROR_NOT_FOUND, _REJECTED (a coin
 * was spent meanwhile; the draft is gone), _STORAGE (the draft stays), _NOT_SUPPORTED (no keys, or locked). */
WalletStored *wallet_draft_commit (Wallet *wallet, guint64 id, GError **error);

/* What has become of a payment. */
typedef enum {
  WALLET_OUTCOME_PENDING,    /* stored; the node has not answered yet, or is away */
  WALLET_OUTCOME_ACCEPTED,   /* in the node's mempool, or in a block */
  WALLET_OUTCOME_REFUSED,    /* the node does not take it. It is kept, and its coins with it */
  WALLET_OUTCOME_ABANDONED,  /* given up by the user */
  WALLET_OUTCOME_CONFLICTED, /* a block has spent its coins in another way */
} WalletOutcome;
const char *
wallet_outcome_name (WalletOutcome outcome); /* "pending", "accepted", "refused", "abandoned", "conflicted" */

/* *REASON (the caller's; may be NULL) becomes the node's reason for a refusal, else NULL. BUS_ERROR_NOT_FOUND. */
gboolean
wallet_get_outcome (Wallet *wallet, const guint8 txid32[32], WalletOutcome *outcome, char **reason, GError **error);
/* Which payment the draft ID became. BUS_ERROR_NOT_FOUND: none, so nothing was sent. */
gboolean wallet_find_payment (Wallet *wallet, guint64 draft, guint8 txid32[32], GError **error);

/* Gives up a payment that is neither in a block nor in the mempool: its coins can be spent again, and if somebody has it, it
 * may still be confirmed until they are. BUS_ERROR_NOT_FOUND, _REJECTED (it is in a block or in the mempool), _STORAGE. */
gboolean wallet_abandon (Wallet *wallet, const guint8 txid32[32], GError **error);

gboolean wallet_draft_discard (Wallet *wallet, guint64 id, GError **error);

G_END_DECLS
