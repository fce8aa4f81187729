#include "wallet/spend/spender_private.h"

#include <string.h>

#include "common/log.h"
#include "dbus/errors.h"
#include "wallet/link/chain_wait.h"

WalletSpender *
wallet_spender_new (WalletTracker *tracker, WalletChain *chain)
{
  WalletSpender *self = g_new0 (WalletSpender, 1);

  self->tracker = tracker;
  self->chain = chain;
  self->drafts = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) wallet_open_draft_free);
  for (guint i = 0; i < WALLET_N_ADDRESS_TYPES; i++)
    g_queue_init (&self->spare[i]);
  return self;
}

void
wallet_spender_free (WalletSpender *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->drafts);
  for (guint i = 0; i < WALLET_N_ADDRESS_TYPES; i++)
    g_queue_clear_full (&self->spare[i], (GDestroyNotify) g_bytes_unref);
  g_free (self);
}

void
wallet_open_draft_free (WalletOpenDraft *draft)
{
  wallet_draft_free (draft->view);
  btc_tx_unref (draft->tx);
  g_free (draft->inputs);
  g_clear_pointer (&draft->change, g_bytes_unref);
  g_free (draft->comment);
  g_free (draft->comment_to);
  g_free (draft);
}

void
wallet_spender_reserve (WalletSpender *self, const WalletOpenDraft *draft, gboolean reserved)
{
  for (guint i = 0; i < draft->n_inputs; i++) {
    WalletCoin *coin = wallet_tracker_get_coin (self->tracker, &draft->inputs[i]);
    if (coin != NULL)
      coin->reserved = reserved;
  }
}

GBytes *
wallet_spender_take_change (WalletSpender *self, WalletAddressType type, GError **error)
{
  g_autoptr (WalletBatch) batch = NULL;
  g_autoptr (GBytes) script = g_queue_pop_head (&self->spare[type]);

  if (script != NULL)
    return g_steal_pointer (&script);
  batch = wallet_batch_new ();
  script = wallet_keyring_next (wallet_tracker_get_keyring (self->tracker), type, TRUE, batch);
  if (script == NULL)
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_SUPPORTED,
                         "This wallet has no address for the change of this payment.");
  if (script == NULL || !wallet_tracker_commit (self->tracker, batch, error))
    return NULL;
  return g_steal_pointer (&script);
}

static WalletOpenDraft *
find_draft (WalletSpender *self, guint64 id, GError **error)
{
  WalletOpenDraft *draft = g_hash_table_lookup (self->drafts, &id);

  if (draft == NULL)
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "This payment was sent or discarded already.");
  return draft;
}

gboolean
wallet_spender_discard (WalletSpender *self, guint64 id, GError **error)
{
  WalletOpenDraft *draft = find_draft (self, id, error);

  if (draft == NULL)
    return FALSE;
  wallet_spender_reserve (self, draft, FALSE);
  if (draft->change != NULL)
    g_queue_push_tail (&self->spare[draft->change_type], g_bytes_ref (draft->change));
  g_hash_table_remove (self->drafts, &id);
  return TRUE;
}

static void
set_labels (WalletSpender *self, const char *const *labels, WalletBatch *batch)
{
  for (guint i = 0; labels != NULL && labels[i] != NULL && labels[i + 1] != NULL; i += 2) {
    gboolean mine = wallet_tracker_is_mine (self->tracker, labels[i], NULL);
    wallet_tracker_set_label (self->tracker, labels[i], labels[i + 1], mine ? NULL : "send", 0, batch);
  }
}

/* The node did not want it: it is as if it had never been made. */
static void
take_back (WalletSpender *self, WalletTx *tx)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();

  wallet_tracker_remove (self->tracker, tx, batch);
  wallet_tracker_commit_later (self->tracker, batch, NULL);
}

static gboolean
submit (WalletSpender *self, WalletTx *tx, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (wallet_chain_submit_wait (self->chain, tx->record->tx, 0, &local)) {
    wallet_tracker_set_in_mempool (self->tracker, tx);
    return TRUE;
  }
  if (g_error_matches (local, BUS_ERROR, BUS_ERROR_REJECTED)) {
    take_back (self, tx);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  /* Whether the node has it cannot be known. It stays, and is sent again when the node is back. */
  common_warn ("A payment was stored, but the node did not answer: %s", local->message);
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_BUSY,
                       "The payment is stored, but the node did not answer. It is sent as soon as the node is back.");
  return FALSE;
}

gboolean
wallet_spender_send (WalletSpender *self, guint64 id, const char *const *labels, guint8 txid32[32], GError **error)
{
  WalletOpenDraft *draft = find_draft (self, id, error);
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  g_autoptr (BtcTx) signed_tx = NULL;
  g_autoptr (GError) local = NULL;
  WalletTx *tx;

  if (draft == NULL)
    return FALSE;
  if (!wallet_chain_is_available (self->chain)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "The node is not running. Nothing was sent.");
    return FALSE;
  }
  signed_tx = wallet_spender_sign (self, draft, &local);
  if (signed_tx == NULL) {
    if (g_error_matches (local, BUS_ERROR, BUS_ERROR_REJECTED))
      wallet_spender_discard (self, id, NULL);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  tx = wallet_tracker_add_own (self->tracker, signed_tx, batch);
  tx->record->comment = g_strdup (draft->comment);
  tx->record->comment_to = g_strdup (draft->comment_to);
  wallet_tracker_write_tx (self->tracker, tx, batch);
  set_labels (self, labels, batch);
  if (!wallet_tracker_commit (self->tracker, batch, error)) {
    g_autoptr (WalletBatch) unused = wallet_batch_new ();
    wallet_tracker_remove (self->tracker, tx, unused);
    return FALSE;
  }
  memcpy (txid32, signed_tx->txid32, 32);
  wallet_spender_reserve (self, draft, FALSE);
  g_hash_table_remove (self->drafts, &id);
  return submit (self, tx, error);
}
