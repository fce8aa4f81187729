#include "bitcoin/address/address.h"
#include "wallet/track/tracker_private.h"

#include <string.h>

#include "common/log.h"
#include "wallet/store/record.h"

guint
wallet_outpoint_hash (gconstpointer outpoint)
{
  const BtcOutpoint *at = outpoint;

  return btc_get_u32 (at->txid32) ^ at->n * 2654435761u;
}

gboolean
wallet_outpoint_equal (gconstpointer a, gconstpointer b)
{
  return btc_outpoint_equal (a, b);
}

gboolean
wallet_tracker_is_of_network (WalletTracker *self)
{
  guint len = self->locator->len;

  return len == 0 || memcmp (self->locator->data + len - 32, self->genesis32, 32) == 0;
}

void
wallet_tracker_set_notify (WalletTracker *self, WalletTxNotify notify, gpointer data)
{
  self->notify = notify;
  self->notify_data = data;
}

void
wallet_tracker_notify (WalletTracker *self, const WalletTx *tx)
{
  if (self->notify != NULL)
    self->notify (tx, self->notify_data);
}

void
wallet_tracker_set_trust_change (WalletTracker *self, gboolean trust)
{
  self->distrust_change = !trust;
  wallet_tracker_changed (self);
}

void
wallet_tracker_changed (WalletTracker *self)
{
  self->sequence++;
  self->balance_valid = FALSE;
}

gboolean
wallet_tracker_commit (WalletTracker *self, WalletBatch *batch, GError **error)
{
  g_autoptr (WalletBatch) all = wallet_batch_new ();

  wallet_batch_merge (all, self->unsaved);
  wallet_batch_merge (all, batch);
  if (!wallet_db_write (self->db, all, error))
    return FALSE;
  wallet_batch_clear (self->unsaved);
  return TRUE;
}

gboolean
wallet_tracker_commit_later (WalletTracker *self, WalletBatch *batch, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (wallet_tracker_commit (self, batch, &local))
    return TRUE;
  wallet_batch_merge (self->unsaved, batch);
  common_warn ("%s It will be retried with the next change.", local->message);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

WalletKeyring *
wallet_tracker_get_keyring (WalletTracker *self)
{
  return self->keyring;
}

WalletDb *
wallet_tracker_get_db (WalletTracker *self)
{
  return self->db;
}

BtcNetwork
wallet_tracker_get_network (WalletTracker *self)
{
  return self->network;
}

guint64
wallet_tracker_get_flags (WalletTracker *self)
{
  return self->flags;
}

gboolean
wallet_tracker_is_incomplete (WalletTracker *self)
{
  return self->incomplete;
}

void
wallet_tracker_set_flag (WalletTracker *self, guint64 flag, gboolean on, WalletBatch *batch)
{
  self->flags = on ? self->flags | flag : self->flags & ~flag;
  wallet_batch_set (batch, wallet_record_key (WALLET_RECORD_FLAGS), wallet_record_value_u64 (self->flags));
  wallet_tracker_changed (self);
}

guint64
wallet_tracker_get_sequence (WalletTracker *self)
{
  return self->sequence;
}

WalletBook *
wallet_tracker_get_book (WalletTracker *self)
{
  return self->book;
}

void
wallet_tracker_set_label (WalletTracker *self,
                          const char *address,
                          const char *label,
                          const char *purpose,
                          gint64 time,
                          WalletBatch *batch)
{
  wallet_book_set (self->book, address, label, purpose, time, batch);
  wallet_tracker_changed (self);
}

gboolean
wallet_tracker_is_mine (WalletTracker *self, const char *address, WalletKeyRef *ref)
{
  g_autoptr (GBytes) script = btc_address_decode (address, self->network, NULL);
  BtcSpan span;

  if (script == NULL)
    return FALSE;
  span.data = g_bytes_get_data (script, &span.len);
  return wallet_keyring_find (self->keyring, span, ref);
}

gboolean
wallet_tracker_is_change (WalletTracker *self, const BtcTxOut *out)
{
  g_autofree char *address = NULL;

  if (!wallet_keyring_find (self->keyring, out->script, NULL))
    return FALSE;
  address = btc_address_encode (out->script, self->network);
  return address == NULL || wallet_book_get (self->book, address) == NULL;
}
