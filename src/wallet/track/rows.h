#pragma once

#include "wallet/keys/address_type.h"

G_BEGIN_DECLS

/* The results of the tracker for the interfaces: plain structs without references to the wallet, so they may be passed
 * to any thread. */

typedef struct {
  char *address;
  char *label;
  WalletAddressType type;
  gint64 time;         /* when it was handed out; 0: unknown */
  gint64 received_sat; /* total */
} WalletAddressRow;
void wallet_address_row_free (WalletAddressRow *row);

typedef enum { WALLET_KIND_RECEIVE, WALLET_KIND_SEND, WALLET_KIND_GENERATE, WALLET_KIND_SELF } WalletKind;
const char *wallet_kind_name (WalletKind kind); /* "receive", "send", "generate", "self" */

#define WALLET_HEIGHT_UNCONFIRMED (-1)
#define WALLET_HEIGHT_CONFLICTED (-2)
#define WALLET_HEIGHT_ABANDONED (-3)
#define WALLET_HEIGHT_UNKNOWN (-4) /* in a block; another program has stored it, and the node has not reported it yet */

typedef struct {
  guint8 txid32[32];
  WalletKind kind;
  gint64 net_sat;      /* negative for outgoing payments */
  gint64 fee_sat;      /* 0 if it is not ours, or unknown */
  char *address;       /* "" if there is none */
  char *label;         /* of the payment; "" if there is none */
  char *address_label; /* of the address; "" if there is none */
  guint n_recipients;  /* outputs to others, of outgoing payments */
  gint64 time;
  gint32 height; /* or one of the constants above */
  gint32 confirmations;
} WalletHistoryRow;
void wallet_history_row_free (WalletHistoryRow *row);

/* A page of the history. */
typedef struct {
  const char *cursor; /* where it starts; "": at OFFSET */
  guint offset;       /* the number of rows before it */
  guint limit;
  const char *search; /* NULL: all */
  const char *kind;   /* the name of a kind; NULL: all */
} WalletHistoryQuery;

typedef struct {
  gint64 time; /* seconds since 1970 UTC */
  gint64 balance_sat;
} WalletBalancePoint;

typedef struct {
  char *address;     /* "" if there is none */
  gint64 amount_sat; /* -1: unknown (inputs only) */
  gboolean ours;
  char *label; /* of a recipient of a payment to several; "": none */
} WalletDetailRow;

typedef struct {
  WalletHistoryRow *row;
  GPtrArray *inputs;  /* of WalletDetailRow */
  GPtrArray *outputs; /* of WalletDetailRow */
  gboolean in_block;
  guint8 block32[32];
  guint32 vsize;
  const char *outcome; /* static, as returned by wallet_outcome_name(); NULL: in a block, or not paid by this wallet */
  char *refusal;       /* the reject reason of the node; NULL: none */
  GBytes *raw;
} WalletTxDetails;
void wallet_tx_details_free (WalletTxDetails *details);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletTxDetails, wallet_tx_details_free)

G_END_DECLS
