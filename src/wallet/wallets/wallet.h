#pragma once

#include "wallet/follow/follower.h"
#include "wallet/spend/spender.h"
#include "wallet/track/outcome.h"
#include "wallet/track/rows.h"
#include "wallet/wallets/notify.h"

G_BEGIN_DECLS

/* One wallet, for the interfaces above. All functions are to be called on the wallet thread only, from a job of
 * wallet_manager_run_async(). Results are plain structs without references to the wallet, so they may be passed to any
 * thread. Errors are BUS_ERRORs; changes of the wallet are on disk when the function returns. Amounts are satoshi,
 * times seconds since 1970 UTC, hashes 32 bytes in internal order. */
typedef struct {
  char *name;
  char *path; /* of wallet.dat */
  WalletTracker *tracker;
  WalletSpender *spender;
  WalletFollower *follower;
  const RpcWalletPolicy *policy;
  WalletNotify *notify; /* borrowed; NULL: none */
} Wallet;

/* Takes ownership of TRACKER. POLICY must outlive it. FRESH: see wallet_follower_new(). */
Wallet *wallet_new (const char *name,
                    const char *path,
                    WalletTracker *tracker,
                    WalletSource *source,
                    const RpcWalletPolicy *policy,
                    gboolean fresh);
void wallet_free (Wallet *wallet);

/* The published status of a wallet. */
typedef struct {
  WalletBalance balance;
  gint32 height; /* of the last connected block; -1: none yet */
  guint8 hash32[32];
  gboolean scanning;     /* it is behind the chain */
  gint problem;          /* a BusError, why it cannot follow the chain; BUS_N_ERRORS: none */
  gboolean private_keys; /* FALSE: watch-only */
  gboolean encrypted;    /* it needs a passphrase, which this version does not support: it can receive, but not pay */
  guint64 sequence;      /* incremented with each change */
} WalletStatus;

const char *wallet_get_name (Wallet *wallet); /* borrowed; "" is the default wallet */
void wallet_get_status (Wallet *wallet, WalletStatus *status);
/* What could not be read when it was loaded, in the words of the reference. g_free(); NULL: everything was. */
char *wallet_dup_warning (Wallet *wallet);

/* A new address. LABEL may be "". The caller owns the result. BUS_ERROR_NOT_SUPPORTED when the wallet has no such
 * addresses, BUS_ERROR_STORAGE. */
char *wallet_new_address (Wallet *wallet, WalletAddressType type, const char *label, GError **error);

/* The same; INTERNAL: a change address, which is not added to the address book. */
char *
wallet_next_address (Wallet *wallet, WalletAddressType type, gboolean internal, const char *label, GError **error);

/* Sets the label of ADDRESS, which all payments to it share. BUS_ERROR_INVALID_ADDRESS, BUS_ERROR_STORAGE. */
gboolean wallet_set_label (Wallet *wallet, const char *address, const char *label, GError **error);

/* Sets the label of one payment; "": removes it. BUS_ERROR_NOT_FOUND, BUS_ERROR_STORAGE. */
gboolean wallet_set_payment_label (Wallet *wallet, const guint8 txid32[32], const char *label, GError **error);

/* Up to LIMIT (1 to 500) addresses that were handed out, newest first, from CURSOR ("": from the start). Element type
 * WalletAddressRow. *NEXT is owned by the caller; "" on the last page. */
GPtrArray *wallet_list_addresses (Wallet *wallet, const char *cursor, guint limit, char **next, GError **error);

/* A page of up to 500 payments, newest first; QUERY->search is searched in labels, addresses and IDs. *NEXT as above;
 * *TOTAL: rows on all pages. Element type WalletHistoryRow. A cursor stays valid when payments are added: no row is
 * returned twice or omitted. */
GPtrArray *
wallet_list_history (Wallet *wallet, const WalletHistoryQuery *query, char **next, guint *total, GError **error);

/* The balance over time, oldest first: the balance at FROM (NULL: before the first payment), then after each change; of
 * changes that are close together only the last, so that there are at most LIMIT + 1 points (LIMIT 2 to 500). Includes
 * unconfirmed and immature amounts, so that later blocks do not change the past. Empty if there is no payment. Element
 * type WalletBalancePoint. */
GArray *wallet_list_balances (Wallet *wallet, const gint64 *from, guint limit, GError **error);

/* BUS_ERROR_NOT_FOUND. */
WalletTxDetails *wallet_get_transaction (Wallet *wallet, const guint8 txid32[32], GError **error);

/* Paying. */

typedef struct {
  const char *address;
  gint64 amount_sat;
  const char *label; /* what the payment calls it; NULL: nothing */
} WalletRecipient;

typedef struct {
  const WalletRecipient *recipients;
  guint n_recipients;
  guint64 fee_rate;      /* satoshi per 1,000 virtual bytes */
  gboolean subtract_fee; /* the fee is subtracted from the first amount */
  gboolean send_all;     /* the first amount becomes the whole remaining balance */
  gboolean spend_used;   /* also coins that are kept apart, at addresses that were spent from */
  const char *label;     /* of the payment; NULL: none */
} WalletDraftRequest;

/* Selects coins, and reserves them until the draft is sent or discarded or the wallet unloaded, or until another draft
 * is created when this one is more than ten minutes old. A payment to the same recipient that the node rejected is
 * replaced: both spend a common coin. BUS_ERROR_INVALID_ADDRESS, _INVALID_AMOUNT, _INVALID_ARGUMENT (no fee rate; a
 * duplicate address), _INSUFFICIENT_FUNDS, _TOO_MANY_COINS, _FEE_TOO_HIGH, _BUSY (none of the coins of the payment to be
 * replaced can be used). */
WalletDraft *wallet_draft_create (Wallet *wallet, const WalletDraftRequest *request, GError **error);

/* Signs and stores the payment; it is then to be submitted, see handover.h. On failure nothing was sent:
 * BUS_ERROR_NOT_FOUND, _REJECTED (a coin was spent in the meantime; the draft is discarded), _STORAGE (the draft is
 * kept), _NOT_SUPPORTED (no keys, or encrypted). */
WalletStored *wallet_draft_commit (Wallet *wallet, guint64 id, GError **error);

/* *REASON (owned by the caller; may be NULL) becomes the reject reason of the node, otherwise NULL.
 * BUS_ERROR_NOT_FOUND. */
gboolean
wallet_get_outcome (Wallet *wallet, const guint8 txid32[32], WalletOutcome *outcome, char **reason, GError **error);
/* The payment that the draft ID became. BUS_ERROR_NOT_FOUND: none, so nothing was sent. */
gboolean wallet_find_payment (Wallet *wallet, guint64 draft, guint8 txid32[32], GError **error);

/* Abandons a payment that is neither in a block nor in the mempool, so that its coins can be spent again; until they
 * are, it may still be confirmed if others have it. BUS_ERROR_NOT_FOUND, _REJECTED (it is in a block or in the
 * mempool), _STORAGE. */
gboolean wallet_abandon (Wallet *wallet, const guint8 txid32[32], GError **error);

gboolean wallet_draft_discard (Wallet *wallet, guint64 id, GError **error);

G_END_DECLS
