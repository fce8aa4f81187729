#include "wallet/spend/spender_private.h"

#include <string.h>

#include "common/clock.h"
#include "dbus/errors.h"

WalletSpender *
wallet_spender_new (WalletTracker *tracker, const RpcWalletPolicy *policy)
{
  WalletSpender *self = g_new0 (WalletSpender, 1);

  self->tracker = tracker;
  self->policy = policy;
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
wallet_draft_free (WalletDraft *draft)
{
  g_ptr_array_unref (draft->inputs);
  g_ptr_array_unref (draft->outputs);
  g_byte_array_unref (draft->replaces);
  g_free (draft);
}

void
wallet_stored_free (WalletStored *stored)
{
  g_clear_pointer (&stored->tx, btc_tx_unref);
  g_free (stored);
}

void
wallet_open_draft_free (WalletOpenDraft *draft)
{
  wallet_draft_free (draft->view);
  btc_tx_unref (draft->tx);
  g_free (draft->inputs);
  g_clear_pointer (&draft->change, g_bytes_unref);
  g_ptr_array_unref (draft->labels);
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
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "There is no draft with this ID. Nothing was sent.");
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

void
wallet_spender_discard_old (WalletSpender *self)
{
  g_autofree gpointer *ids = NULL;
  guint n;

  ids = g_hash_table_get_keys_as_array (self->drafts, &n);
  for (guint i = 0; i < n; i++) {
    const WalletOpenDraft *draft = g_hash_table_lookup (self->drafts, ids[i]);
    if (draft->time + WALLET_DRAFT_LIFETIME_S < common_clock_now ())
      wallet_spender_discard (self, draft->view->id, NULL);
  }
}

static void
fill_stored (const WalletTx *tx, WalletStored *stored)
{
  memcpy (stored->txid32, tx->tx->txid32, 32);
  /* An abandoned payment is not submitted again. */
  stored->tx = tx->state == WALLET_TX_INACTIVE || tx->state == WALLET_TX_MEMPOOL ? btc_tx_ref (tx->record->tx) : NULL;
}

static gboolean
store_payment (WalletSpender *self, const WalletOpenDraft *draft, BtcTx *signed_tx, GError **error)
{
  g_autoptr (WalletBatch) batch = wallet_batch_new ();
  WalletTx *tx = wallet_tracker_add_own (self->tracker, signed_tx, batch);

  tx->record->comment = g_strdup (draft->comment);
  tx->record->comment_to = g_strdup (draft->comment_to);
  wallet_tracker_write_tx (self->tracker, tx, batch);
  for (guint i = 0; i < draft->labels->len; i++)
    if (g_ptr_array_index (draft->labels, i) != NULL)
      wallet_tracker_set_recipient_label (self->tracker, tx, i, g_ptr_array_index (draft->labels, i), batch);
  wallet_tracker_set_draft (self->tracker, draft->view->id, tx, batch);
  if (wallet_tracker_commit (self->tracker, batch, error))
    return TRUE;
  /* Part of it may have been written, so the next successful write also removes it from the disk. */
  g_autoptr (WalletBatch) removal = wallet_batch_new ();
  wallet_tracker_set_draft (self->tracker, draft->view->id, NULL, removal);
  wallet_tracker_remove (self->tracker, tx, removal);
  wallet_tracker_commit_later (self->tracker, removal, NULL);
  return FALSE;
}

gboolean
wallet_spender_commit (WalletSpender *self, guint64 id, WalletStored *stored, GError **error)
{
  const WalletTx *sent = wallet_tracker_get_draft (self->tracker, id);
  WalletTx *stored_tx;
  WalletOpenDraft *draft;
  g_autoptr (BtcTx) signed_tx = NULL;
  g_autoptr (GError) local = NULL;

  if (sent != NULL) {
    fill_stored (sent, stored);
    return TRUE;
  }
  draft = find_draft (self, id, error);
  if (draft == NULL)
    return FALSE;
  signed_tx = wallet_spender_sign (self, draft, &local);
  if (signed_tx == NULL) {
    if (g_error_matches (local, BUS_ERROR, BUS_ERROR_REJECTED))
      wallet_spender_discard (self, id, NULL);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!store_payment (self, draft, signed_tx, error))
    return FALSE;
  stored_tx = wallet_tracker_get_draft (self->tracker, id);
  wallet_tracker_set_submitting (self->tracker, stored_tx, TRUE);
  wallet_tracker_notify (self->tracker, stored_tx);
  fill_stored (stored_tx, stored);
  wallet_spender_reserve (self, draft, FALSE);
  g_hash_table_remove (self->drafts, &id);
  return TRUE;
}
