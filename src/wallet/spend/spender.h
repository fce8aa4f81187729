#pragma once

#include "rpc/wallet_policy.h"
#include "wallet/track/tracker.h"

G_BEGIN_DECLS

/* Payments of a wallet: creating drafts, and sending them. Wallet thread. */
typedef struct _WalletSpender WalletSpender;

/* A draft that is older than this is discarded when another one is created. */
#define WALLET_DRAFT_LIFETIME_S (10 * 60)

/* TRACKER and POLICY must outlive it. */
WalletSpender *wallet_spender_new (WalletTracker *tracker, const RpcWalletPolicy *policy);
void wallet_spender_free (WalletSpender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletSpender, wallet_spender_free)

typedef struct {
  GBytes *script; /* borrowed */
  gint64 amount_sat;
  gboolean subtract_fee; /* its share of the fee is subtracted from the amount */
  const char *label;     /* what the payment calls the recipient; NULL: nothing */
} WalletPayment;

typedef struct {
  const WalletPayment *payments;
  guint n_payments;
  guint64 fee_rate; /* satoshi per 1,000 virtual bytes */
  gboolean send_all;
  gint32 min_depth;
  gboolean replaceable; /* BIP 125 */
  /* For a wallet that keeps coins apart that come to addresses that were spent from: none of them is used, and the
   * coins of an address are spent together. No effect for others. */
  gboolean avoid_reuse;
  /* If the node has rejected an earlier payment to one of these recipients, spend one of its coins, so that only one of
   * the two can be confirmed. */
  gboolean replace_refused;
  const char *comment; /* NULL: none */
  const char *comment_to;
} WalletSpendRequest;

typedef struct {
  char *address;
  gint64 amount_sat;
  gboolean change;     /* outputs only, like the rest */
  gboolean ours;       /* the recipient is an address of this wallet */
  guint n_paid_before; /* confirmed payments of this wallet to the recipient */
} WalletDraftRow;

typedef struct {
  guint64 id;
  gint64 fee_sat;
  GPtrArray *inputs;  /* of WalletDraftRow */
  GPtrArray *outputs; /* of WalletDraftRow */
  guint32 vsize;
  gint64 remaining_sat; /* the spendable balance afterwards */
  GByteArray *replaces; /* txids, 32 bytes each, of rejected payments that conflict with this one */
  gboolean repeats;     /* another payment to one of the recipients is unconfirmed, and is not replaced */
} WalletDraft;
void wallet_draft_free (WalletDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletDraft, wallet_draft_free)

/* Messages of BUS_ERROR_INVALID_AMOUNT, in the words of the reference: what is left of an amount after its fee. */
#define WALLET_SPEND_BELOW_FEE "The transaction amount is too small to pay the fee"
#define WALLET_SPEND_BELOW_DUST "The transaction amount is too small to send after the fee has been deducted"

/* Errors as for wallet_draft_create(). */
WalletDraft *wallet_spender_create (WalletSpender *self, const WalletSpendRequest *request, GError **error);

/* A payment that is signed and on disk. */
typedef struct {
  guint8 txid32[32];
  BtcTx *tx; /* to be submitted to the node; NULL: it was abandoned, or is in a block */
} WalletStored;
void wallet_stored_free (WalletStored *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletStored, wallet_stored_free)

/* Signs and stores the draft ID. From then on the payment exists, whatever the node replies: the caller submits STORED
 * to the node (wallets/handover.h), which also ends its being counted as on its way. For a draft that was sent before, even by an earlier process, the same payment is
 * returned again. See wallet_draft_commit(). */
gboolean wallet_spender_commit (WalletSpender *self, guint64 id, WalletStored *stored, GError **error);
gboolean wallet_spender_discard (WalletSpender *self, guint64 id, GError **error);

/* The dust limit of an output with this script. */
gint64 wallet_dust_limit (const RpcWalletPolicy *policy, BtcSpan script);

G_END_DECLS
