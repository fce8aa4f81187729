#pragma once

#include "bitcoin/primitives/tx.h"

G_BEGIN_DECLS

/* The value of a "tx" record: a transaction with the wallet's data about it. */
typedef struct {
  BtcTx *tx;
  guint8 block32[32]; /* with `index`: see record_tx.c */
  gint32 index;
  /* Texts that may be missing (NULL). */
  char *from;
  char *message;
  char *comment;
  char *comment_to;
  char *replaces_txid; /* hex */
  char *replaced_by_txid;
  GPtrArray *notes; /* of char *: type, text, type, text, … */
  gint64 order_pos; /* -1: none */
  gint64 time_smart;
  guint32 time_received;
} WalletTxRecord;

/* NULL if it is malformed, or the reference would reject it. */
WalletTxRecord *wallet_tx_record_parse (const guint8 *value, gsize len);
WalletTxRecord *wallet_tx_record_new (BtcTx *tx); /* takes its own reference */
GByteArray *wallet_tx_record_write (const WalletTxRecord *record);
void wallet_tx_record_free (WalletTxRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WalletTxRecord, wallet_tx_record_free)

/* The meaning of `block32` and `index`. */
typedef enum {
  WALLET_TX_SAVED_INACTIVE,
  WALLET_TX_SAVED_ABANDONED,
  WALLET_TX_SAVED_CONFIRMED,
  WALLET_TX_SAVED_CONFLICTED,
  WALLET_TX_SAVED_UNKNOWN,
} WalletTxSaved;
WalletTxSaved wallet_tx_record_get_state (const WalletTxRecord *record);

/* BLOCK32 and INDEX (the position in the block) only for CONFIRMED and, without INDEX, for CONFLICTED. */
void wallet_tx_record_set_state (WalletTxRecord *record, WalletTxSaved state, const guint8 *block32, gint32 index);

G_END_DECLS
