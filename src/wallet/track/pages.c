/* The history in pages, from a list of the payments that match. */
#include <string.h>

#include "common/hex.h"
#include "dbus/errors.h"
#include "wallet/track/tracker_private.h"

static gboolean
text_contains (const char *text, const char *folded)
{
  g_autofree char *other = g_utf8_make_valid (text, -1);
  g_autofree char *lower = g_utf8_casefold (other, -1);

  return strstr (lower, folded) != NULL;
}

static gboolean
row_matches (const WalletHistoryRow *row, const char *folded, const char *kind)
{
  if (kind != NULL && !g_str_equal (kind, wallet_kind_name (row->kind)))
    return FALSE;
  if (folded == NULL)
    return TRUE;
  g_autofree char *txid = common_hex_encode_reversed (row->txid32, 32);
  return text_contains (row->label, folded) || text_contains (row->address_label, folded)
         || text_contains (row->address, folded) || strstr (txid, folded) != NULL;
}

static gboolean
recipients_match (WalletTracker *self, const WalletTx *tx, const char *folded)
{
  for (guint32 i = 0; i < tx->tx->n_out && g_hash_table_size (self->recipients) > 0; i++)
    if (text_contains (wallet_tracker_get_recipient_label (self, tx, i), folded))
      return TRUE;
  return FALSE;
}

/* A coinbase that is not in the active chain is not a payment. */
static gboolean
is_shown (const WalletTx *tx)
{
  return !btc_tx_is_coinbase (tx->tx) || tx->state == WALLET_TX_CONFIRMED;
}

static gboolean
tx_matches (WalletTracker *self, const WalletTx *tx, const char *folded, const char *kind)
{
  WalletHistoryRow *row;
  gboolean matches;

  if (!is_shown (tx) || (folded == NULL && kind == NULL))
    return is_shown (tx);
  row = wallet_tracker_new_row (self, tx);
  matches = row_matches (row, folded, kind)
            || (folded != NULL && row_matches (row, NULL, kind) && recipients_match (self, tx, folded));
  wallet_history_row_free (row);
  return matches;
}

void
wallet_matches_clear (WalletMatches *matches)
{
  g_free (matches->search);
  g_free (matches->kind);
  g_clear_pointer (&matches->txs, g_ptr_array_unref);
  *matches = (WalletMatches){ 0 };
}

/* All payments that match QUERY, newest first. They are looked for once, and not again for each page: valid until the
 * wallet changes. */
static const GPtrArray *
find_matches (WalletTracker *self, const WalletHistoryQuery *query)
{
  WalletMatches *matches = &self->matches;
  g_autofree char *folded = NULL;

  if (matches->sequence == self->sequence && g_strcmp0 (matches->search, query->search) == 0
      && g_strcmp0 (matches->kind, query->kind) == 0)
    return matches->txs;
  wallet_matches_clear (matches);
  *matches = (WalletMatches){ self->sequence, g_strdup (query->search), g_strdup (query->kind), g_ptr_array_new () };
  folded = query->search != NULL && *query->search != '\0' ? g_utf8_casefold (query->search, -1) : NULL;
  for (guint i = self->ordered->len; i > 0; i--) {
    WalletTx *tx = g_ptr_array_index (self->ordered, i - 1);

    if (tx_matches (self, tx, folded, query->kind))
      g_ptr_array_add (matches->txs, tx);
  }
  return matches->txs;
}

static gint64
page_place_of (const GPtrArray *txs, guint index)
{
  return ((const WalletTx *) g_ptr_array_index (txs, index))->record->order_pos;
}

/* The index in TXS of the first row of the page. The cursor is the place of the last row of the previous page. */
static gboolean
find_start (const GPtrArray *txs, const WalletHistoryQuery *query, guint *start, GError **error)
{
  guint above = 0, end = txs->len;
  gint64 last;

  *start = MIN (query->offset, txs->len);
  if (*query->cursor == '\0')
    return TRUE;
  if (!g_ascii_string_to_signed (query->cursor, 10, 0, G_MAXINT64, &last, NULL)) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_INVALID_ARGUMENT, "This is not a valid cursor.");
    return FALSE;
  }
  while (above < end) {
    guint middle = above + (end - above) / 2;

    if (page_place_of (txs, middle) < last)
      end = middle;
    else
      above = middle + 1;
  }
  *start = above;
  return TRUE;
}

GPtrArray *
wallet_tracker_list_history (WalletTracker *self,
                             const WalletHistoryQuery *query,
                             char **next,
                             guint *total,
                             GError **error)
{
  const GPtrArray *txs = find_matches (self, query);
  GPtrArray *rows;
  guint i;

  if (!find_start (txs, query, &i, error))
    return NULL;
  rows = g_ptr_array_new_with_free_func ((GDestroyNotify) wallet_history_row_free);
  for (; i < txs->len && rows->len < query->limit; i++)
    g_ptr_array_add (rows, wallet_tracker_new_row (self, g_ptr_array_index (txs, i)));
  *total = txs->len;
  *next = i < txs->len ? g_strdup_printf ("%" G_GINT64_FORMAT, page_place_of (txs, i - 1)) : g_strdup ("");
  return rows;
}
