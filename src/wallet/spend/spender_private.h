#pragma once

#include "wallet/spend/spender.h"

G_BEGIN_DECLS

/* A draft: the selected coins, and the unsigned transaction. */
typedef struct {
  WalletDraft *view;
  BtcTx *tx;
  BtcOutpoint *inputs;
  guint n_inputs;
  GBytes *change; /* script, NULL: no change */
  WalletAddressType change_type;
  GPtrArray *labels; /* of char *, for each output; NULL: none */
  char *comment;
  char *comment_to;
  gint64 time; /* when it was created */
} WalletOpenDraft;

struct _WalletSpender {
  WalletTracker *tracker;
  const RpcWalletPolicy *policy;
  GHashTable *drafts; /* &view->id → WalletOpenDraft */
  /* Change scripts of discarded drafts: they are used before new ones are derived. */
  GQueue spare[WALLET_N_ADDRESS_TYPES];
};

/* Reserves the coins of DRAFT, or releases them. */
void wallet_spender_reserve (WalletSpender *self, const WalletOpenDraft *draft, gboolean reserved);
/* Discards old drafts: one whose creator never received its ID would reserve its coins indefinitely. */
void wallet_spender_discard_old (WalletSpender *self);
GBytes *wallet_spender_take_change (WalletSpender *self, WalletAddressType type, GError **error);
void wallet_open_draft_free (WalletOpenDraft *draft);

/* sign.c: the signed transaction, after verifying the signatures. BUS_ERROR_NOT_SUPPORTED if keys are missing. */
BtcTx *wallet_spender_sign (WalletSpender *self, const WalletOpenDraft *draft, GError **error);

G_END_DECLS
