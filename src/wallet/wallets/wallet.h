#pragma once

#include "wallet/follow/follower.h"
#include "wallet/spend/spender.h"
#include "wallet/track/outcome.h"
#include "wallet/track/rows.h"

G_BEGIN_DECLS

/* One wallet, as the interfaces above see it. Every function here runs on the wallet thread only: call them from a job
 * that was given to wallet_manager_run_async(). Results are plain structs without ties to
 * the wallet, so they may be handed to any thread. Errors are of BUS_ERROR; what changes the wallet is on disk when the
 * function returns. Amounts are satoshi, times seconds since 1970 UTC, hashes 32 bytes in internal order. */
typedef struct {
  char *name;
  char *path; /* of wallet.dat */
  WalletTracker *tracker;
  WalletSpender *spender;
  WalletFollower *follower;
} Wallet;

/* Takes over TRACKER. FRESH: see wallet_follower_new(). */
Wallet *wallet_new (const char *name, const char *path, WalletTracker *tracker, WalletSource *source, gboolean fresh);
void wallet_free (Wallet *wallet);

/* The published status of a wallet. */
typedef struct {
  WalletBalance balance;
  gint32 height; /* of the last connected block; -1: none yet */
  guint8 hash32[32];
  gboolean scanning;     /* the chain is ahead of it */
  gint problem;          /* a BusError, why it cannot follow the chain; BUS_N_ERRORS: nothing is wrong */
  gboolean private_keys; /* FALSE: watch-only */
  gboolean encrypted;    /* it needs a passphrase, which this version cannot take: it can receive, but not pay */
  guint64 sequence;      /* grows with each change */
} WalletStatus;

const char *wallet_get_name (Wallet *wallet); /* borrowed; "" is the default wallet */
void wallet_get_status (Wallet *wallet, WalletStatus *status);

/* A new address. LABEL may be "". The caller owns the result. BUS_ERROR_NOT_SUPPORTED when the wallet has no such
 * addresses, BUS_ERROR_STORAGE. */
char *wallet_new_address (Wallet *wallet, WalletAddressType type, const char *label, GError **error);

/* The same; INTERNAL: an address for change, which is not handed out. */
char *
wallet_next_address (Wallet *wallet, WalletAddressType type, gboolean internal, const char *label, GError **error);

/* Gives ADDRESS a label. BUS_ERROR_INVALID_ADDRESS, BUS_ERROR_STORAGE. */
gboolean wallet_set_label (Wallet *wallet, const char *address, const char *label, GError **error);

/* Up to LIMIT (1 to 500) addresses that were given out, newest first, from CURSOR ("" starts). Element type
 * WalletAddressRow. *NEXT is the caller's: "" at the end. */
GPtrArray *wallet_list_addresses (Wallet *wallet, const char *cursor, guint limit, char **next, GError **error);

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

/* The balance over time, oldest first: what it was at FROM (NULL: before the first payment), and then after each change; of
 * changes that lie close together only the last, so that there are at most LIMIT + 1 points (LIMIT 2 to 500). With what is
 * not confirmed, without what was mined and cannot be spent yet. Empty while there was no payment. Element type
 * WalletBalancePoint. */
GArray *wallet_list_balances (Wallet *wallet, const gint64 *from, guint limit, GError **error);

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

/* Chooses coins, and keeps them from other drafts until the draft is sent or discarded, or, when it is ten minutes old, another
 * one is made (or the wallet unloaded). A payment to
 * the same recipient that the node refused is replaced: both share a coin. BUS_ERROR_INVALID_ADDRESS, _INVALID_AMOUNT,
 * _INVALID_ARGUMENT (no fee rate; an address twice), _INSUFFICIENT_FUNDS, _FEE_TOO_HIGH, _BUSY (the payment that is to be
 * replaced has no coin left to share). */
WalletDraft *wallet_draft_create (Wallet *wallet, const WalletDraftRequest *request, GError **error);

/* Signs and stores; see handover.h for what follows. When it fails, nothing was sent: BUS_ERROR_NOT_FOUND, _REJECTED (a coin
 * was spent meanwhile; the draft is gone), _STORAGE (the draft stays), _NOT_SUPPORTED (no keys, or locked). */
WalletStored *wallet_draft_commit (Wallet *wallet, guint64 id, GError **error);

/* *REASON (the caller's; may be NULL) becomes the node's reason for a refusal, else NULL. BUS_ERROR_NOT_FOUND. */
gboolean
wallet_get_outcome (Wallet *wallet, const guint8 txid32[32], WalletOutcome *outcome, char **reason, GError **error);
/* Which payment the draft ID became. BUS_ERROR_NOT_FOUND: none, so nothing was sent. */
gboolean wallet_find_payment (Wallet *wallet, guint64 draft, guint8 txid32[32], GError **error);

/* Abandons a payment that is neither in a block nor in the mempool: its coins can be spent again, and until they are,
 * it may still be confirmed if somebody else has it. BUS_ERROR_NOT_FOUND, _REJECTED (it is in a block or in the
 * mempool), _STORAGE. */
gboolean wallet_abandon (Wallet *wallet, const guint8 txid32[32], GError **error);

gboolean wallet_draft_discard (Wallet *wallet, guint64 id, GError **error);

G_END_DECLS
