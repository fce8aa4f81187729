#pragma once

#include "wallet/track/tracker.h"

G_BEGIN_DECLS

/* Payments of a wallet: drafts, and sending them. Wallet thread. */
typedef struct _WalletSpender WalletSpender;

/* The maximum fee of a payment, as the reference's -maxtxfee. */
#define WALLET_MAX_FEE_SAT ((gint64) 10000000)
#define WALLET_DUST_FEE_RATE 3000
/* An older draft is discarded when another one is created. */
#define WALLET_DRAFT_LIFETIME_S (10 * 60)

/* TRACKER outlives it. */
WalletSpender *wallet_spender_new (WalletTracker *tracker);
void wallet_spender_free (WalletSpender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletSpender, wallet_spender_free)

typedef struct {
  GBytes *script; /* borrowed */
  gint64 amount_sat;
  gboolean subtract_fee; /* it pays its share of the fee */
} WalletPayment;

typedef struct {
  const WalletPayment *payments;
  guint n_payments;
  guint64 fee_rate; /* satoshi per 1,000 virtual bytes */
  gboolean send_all;
  gint32 min_depth;
  gboolean replaceable; /* BIP 125 */
  /* Where one of these recipients waits for a payment that the node refused, that payment and this one share a coin, so
   * that not both can ever be confirmed. */
  gboolean replace_refused;
  const char *comment; /* NULL: none */
  const char *comment_to;
} WalletSpendRequest;

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

/* Errors as wallet_draft_create(). */
WalletDraft *wallet_spender_create (WalletSpender *self, const WalletSpendRequest *request, GError **error);

/* A payment that is signed and on disk. */
typedef struct {
  guint8 txid32[32];
  BtcTx *tx; /* to be handed to the node; NULL: it was abandoned, or is in a block */
} WalletStored;
void wallet_stored_free (WalletStored *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletStored, wallet_stored_free)

/* Signs and stores the draft ID. From then on the payment exists, whatever the node replies: the caller submits STORED
 * to the node (wallets/handover.h). A draft that was sent before, also by an earlier process, returns the same payment
 * again. See wallet_draft_commit(). */
gboolean wallet_spender_commit (WalletSpender *self, guint64 id, WalletStored *stored, GError **error);
gboolean wallet_spender_discard (WalletSpender *self, guint64 id, GError **error);

/* The dust limit of an output with this script. */
gint64 wallet_dust_limit (BtcSpan script);

G_END_DECLS
