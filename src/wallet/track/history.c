/* Rows of the history, details and addresses, for the interfaces. */
#include <string.h>

#include "bitcoin/address/address.h"
#include "dbus/errors.h"
#include "wallet/track/outcome.h"
#include "wallet/track/tracker_private.h"

static WalletKind
kind_of (WalletTracker *self, const WalletTx *tx)
{
  gboolean others = FALSE;

  if (btc_tx_is_coinbase (tx->tx))
    return WALLET_KIND_GENERATE;
  if (tx->own_inputs == 0)
    return WALLET_KIND_RECEIVE;
  for (guint32 i = 0; i < tx->tx->n_out; i++)
    others |= !wallet_keyring_find (self->keyring, tx->tx->out[i].script, NULL);
  return others ? WALLET_KIND_SEND : WALLET_KIND_SELF;
}

/* The output shown in a row: the first one to others, or the first of ours that is not change. */
static const BtcTxOut *
main_output (WalletTracker *self, const WalletTx *tx, WalletKind kind)
{
  const BtcTxOut *fallback = NULL;

  for (guint32 i = 0; i < tx->tx->n_out; i++) {
    const BtcTxOut *out = &tx->tx->out[i];
    gboolean ours = wallet_keyring_find (self->keyring, out->script, NULL);
    if (ours == (kind == WALLET_KIND_SEND))
      continue;
    if (kind == WALLET_KIND_SEND || !wallet_tracker_is_change (self, out))
      return out;
    if (fallback == NULL)
      fallback = out;
  }
  return fallback;
}

static char *
address_or_empty (WalletTracker *self, BtcSpan script)
{
  char *address = btc_address_encode (script, self->network);

  return address != NULL ? address : g_strdup ("");
}

/* An abandoned payment is shown as such, even if another one in the mempool spends its coins by now. */
static gint32
history_height_of (const WalletTx *tx)
{
  if (tx->state == WALLET_TX_CONFIRMED)
    return tx->height >= 0 ? tx->height : WALLET_HEIGHT_UNKNOWN;
  if (tx->state == WALLET_TX_ABANDONED)
    return WALLET_HEIGHT_ABANDONED;
  return tx->state == WALLET_TX_CONFLICTED || tx->mempool_conflict ? WALLET_HEIGHT_CONFLICTED
                                                                   : WALLET_HEIGHT_UNCONFIRMED;
}

static guint
count_recipients (WalletTracker *self, const WalletTx *tx)
{
  guint n = 0;

  for (guint32 i = 0; i < tx->tx->n_out; i++)
    n += !wallet_keyring_find (self->keyring, tx->tx->out[i].script, NULL);
  return n;
}

WalletHistoryRow *
wallet_tracker_new_row (WalletTracker *self, const WalletTx *tx)
{
  WalletHistoryRow *row = g_new0 (WalletHistoryRow, 1);
  const BtcTxOut *out;
  const WalletBookEntry *entry;

  memcpy (row->txid32, tx->tx->txid32, 32);
  row->kind = kind_of (self, tx);
  row->net_sat = tx->credit_sat - tx->debit_sat;
  row->fee_sat = wallet_tx_get_fee (tx);
  out = main_output (self, tx, row->kind);
  row->address = out != NULL ? address_or_empty (self, out->script) : g_strdup ("");
  entry = wallet_book_get (self->book, row->address);
  row->label = g_strdup (tx->record->comment != NULL ? tx->record->comment : "");
  row->address_label = g_strdup (entry != NULL ? entry->label : "");
  row->n_recipients = row->kind == WALLET_KIND_SEND ? count_recipients (self, tx) : 0;
  row->time = wallet_tx_get_time (tx);
  row->confirmations = wallet_tracker_confirmations (self, tx);
  row->height = history_height_of (tx);
  return row;
}

/* Takes ADDRESS. */
static WalletDetailRow *
detail_new (char *address, gint64 amount_sat, gboolean ours, const char *label)
{
  WalletDetailRow *row = g_new0 (WalletDetailRow, 1);

  row->address = address;
  row->amount_sat = amount_sat;
  row->ours = ours;
  row->label = g_strdup (label);
  return row;
}

static void
detail_free (gpointer data)
{
  WalletDetailRow *row = data;

  g_free (row->address);
  g_free (row->label);
  g_free (row);
}

/* The output that an input spends, if the wallet has the transaction that created it. */
static const BtcTxOut *
spent_output (WalletTracker *self, const BtcOutpoint *prevout)
{
  const WalletTx *from = g_hash_table_lookup (self->txs, prevout->txid32);

  return from != NULL && prevout->n < from->tx->n_out ? &from->tx->out[prevout->n] : NULL;
}

static void
details_set_outcome (WalletTxDetails *details, const WalletTx *tx)
{
  WalletOutcome outcome = wallet_tx_get_outcome (tx);

  if (details->in_block || tx->own_inputs == 0)
    return;
  details->outcome = wallet_outcome_name (outcome);
  if (outcome == WALLET_OUTCOME_REFUSED)
    details->refusal = g_strdup (tx->refusal);
}

WalletTxDetails *
wallet_tracker_get_details (WalletTracker *self, const guint8 txid32[32], GError **error)
{
  const WalletTx *tx = g_hash_table_lookup (self->txs, txid32);
  WalletTxDetails *details;

  if (tx == NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "This wallet has no such payment.");
    return NULL;
  }
  details = g_new0 (WalletTxDetails, 1);
  details->row = wallet_tracker_new_row (self, tx);
  details->inputs = g_ptr_array_new_with_free_func (detail_free);
  details->outputs = g_ptr_array_new_with_free_func (detail_free);
  for (guint32 i = 0; i < tx->tx->n_in; i++) {
    const BtcTxOut *out = spent_output (self, &tx->tx->in[i].prevout);
    gboolean ours = g_hash_table_contains (self->coins, &tx->tx->in[i].prevout);
    g_ptr_array_add (details->inputs, out != NULL
                                          ? detail_new (address_or_empty (self, out->script), out->value_sat, ours, "")
                                          : detail_new (g_strdup (""), -1, FALSE, ""));
  }
  for (guint32 i = 0; i < tx->tx->n_out; i++) {
    const BtcTxOut *out = &tx->tx->out[i];
    g_ptr_array_add (details->outputs, detail_new (address_or_empty (self, out->script), out->value_sat,
                                                   wallet_keyring_find (self->keyring, out->script, NULL),
                                                   wallet_tracker_get_recipient_label (self, tx, i)));
  }
  details->in_block = tx->state == WALLET_TX_CONFIRMED;
  if (details->in_block)
    memcpy (details->block32, tx->record->block32, 32);
  details_set_outcome (details, tx);
  details->vsize = btc_tx_vsize (tx->tx);
  details->raw = g_bytes_new (tx->tx->bytes.data, tx->tx->bytes.len);
  return details;
}

static gint
compare_addresses (gconstpointer a, gconstpointer b)
{
  const WalletAddressRow *x = *(WalletAddressRow *const *) a, *y = *(WalletAddressRow *const *) b;

  if (x->time != y->time)
    return x->time < y->time ? 1 : -1;
  return strcmp (x->address, y->address);
}

static GPtrArray *
all_addresses (WalletTracker *self)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_address_row_free);
  GHashTableIter iter;
  gpointer address, value;

  g_hash_table_iter_init (&iter, wallet_book_get_entries (self->book));
  while (g_hash_table_iter_next (&iter, &address, &value)) {
    const WalletBookEntry *entry = value;
    WalletKeyRef ref;
    if (entry->label == NULL || !wallet_tracker_is_mine (self, address, &ref))
      continue;
    WalletAddressRow *row = g_new0 (WalletAddressRow, 1);
    row->address = g_strdup (address);
    row->label = g_strdup (entry->label);
    row->type = ref.chain->type;
    row->time = entry->time;
    g_ptr_array_add (rows, row);
  }
  g_ptr_array_sort (rows, compare_addresses);
  return rows;
}

GPtrArray *
wallet_tracker_list_addresses (WalletTracker *self, const char *cursor, guint limit, char **next, GError **error)
{
  g_autoptr (GPtrArray) all = all_addresses (self);
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_address_row_free);
  guint at = 0;

  /* The cursor is the last address of the previous page: new ones are inserted before it. */
  if (*cursor != '\0') {
    while (at < all->len && !g_str_equal (((WalletAddressRow *) g_ptr_array_index (all, at))->address, cursor))
      at++;
    at++;
  }
  for (; at < all->len && rows->len < limit; at++) {
    WalletAddressRow *row = g_ptr_array_index (all, at), *copy = g_memdup2 (row, sizeof *row);
    g_autoptr (GBytes) script = btc_address_decode (row->address, self->network, NULL);
    gsize len;
    const guint8 *data = g_bytes_get_data (script, &len);
    copy->address = g_strdup (row->address);
    copy->label = g_strdup (row->label);
    copy->received_sat = wallet_tracker_get_received (self, (BtcSpan){ data, len }, 0, TRUE);
    g_ptr_array_add (rows, copy);
  }
  *next = g_strdup (at < all->len ? ((WalletAddressRow *) g_ptr_array_index (rows, rows->len - 1))->address : "");
  return rows;
}
