/* The value of "tx" (txid):
 *
 *   transaction with witness
 *   block hash 32 bytes, CompactSize 0 (was a merkle branch), i32 index
 *     zeros, 0:        not in a block
 *     1 and zeros, -1: abandoned
 *     a hash, >= 0:    confirmed, at that place of that block
 *     a hash, -1:      that block, or one that it builds on, has spent one of its inputs
 *   CompactSize 0 (were earlier transactions)
 *   map of strings (CompactSize count; key, value), sorted by key: comment, from, fromaccount, message, n (the place in
 *     the list of all), replaced_by_txid, replaces_txid, spent, timesmart, to. Any other key, and the reference refuses
 *     the wallet.
 *   list of pairs of strings: "Message" or "PaymentRequest", text
 *   u32 0, u32 time received, u8 0, u8 0 */
#include "wallet/store/record_tx.h"

#include <string.h>

#include "wallet/store/record.h"

WalletTxRecord *
wallet_tx_record_new (BtcTx *tx)
{
  WalletTxRecord *record = g_new0 (WalletTxRecord, 1);

  record->tx = tx != NULL ? btc_tx_ref (tx) : NULL;
  record->order_pos = -1;
  record->notes = g_ptr_array_new_with_free_func (g_free);
  return record;
}

void
wallet_tx_record_free (WalletTxRecord *record)
{
  if (record == NULL)
    return;
  g_clear_pointer (&record->tx, btc_tx_unref);
  g_free (record->from);
  g_free (record->message);
  g_free (record->comment);
  g_free (record->comment_to);
  g_free (record->replaces_txid);
  g_free (record->replaced_by_txid);
  g_ptr_array_unref (record->notes);
  g_free (record);
}

/* The length of the encoded transaction at the beginning of DATA. */
static gsize
tx_length (const guint8 *data, gsize len)
{
  BtcReader reader;
  gboolean witness = FALSE;
  gsize n_in, n_out;

  btc_reader_init (&reader, data, len);
  btc_reader_u32 (&reader);
  if (btc_reader_left (&reader) > 2 && data[4] == 0 && data[5] != 0) {
    btc_reader_skip (&reader, 2);
    witness = TRUE;
  }
  n_in = btc_reader_compact_size (&reader);
  for (gsize i = 0; i < n_in && !reader.failed; i++) {
    btc_reader_skip (&reader, 36);
    btc_reader_bytes (&reader);
    btc_reader_u32 (&reader);
  }
  n_out = btc_reader_compact_size (&reader);
  for (gsize i = 0; i < n_out && !reader.failed; i++) {
    btc_reader_u64 (&reader);
    btc_reader_bytes (&reader);
  }
  for (gsize i = 0; witness && i < n_in && !reader.failed; i++)
    for (gsize items = btc_reader_compact_size (&reader); items > 0 && !reader.failed; items--)
      btc_reader_bytes (&reader);
  btc_reader_u32 (&reader);
  return reader.failed ? 0 : reader.pos;
}

static gboolean
read_record_tx (WalletTxRecord *record, BtcReader *reader)
{
  gsize length = tx_length (reader->data + reader->pos, btc_reader_left (reader));
  gint64 sum_sat;

  if (length == 0)
    return FALSE;
  record->tx = btc_tx_new (reader->data + reader->pos, length, TRUE);
  btc_reader_skip (reader, length);
  return record->tx != NULL && btc_tx_outputs_sum (record->tx, &sum_sat);
}

/* Skips the merkle branch and the earlier transactions of very old wallets, which are not used. */
static gboolean
skip_previous (BtcReader *reader)
{
  for (gsize count = btc_reader_compact_size (reader); count > 0 && !reader->failed; count--) {
    gsize length = tx_length (reader->data + reader->pos, btc_reader_left (reader));
    if (length == 0)
      return FALSE;
    btc_reader_skip (reader, length + 32);
    btc_reader_skip (reader, 32 * btc_reader_compact_size (reader));
    btc_reader_u32 (reader);
  }
  return !reader->failed;
}

static gboolean
take_text (WalletTxRecord *record, const char *name, char *value)
{
  struct {
    const char *name;
    char **place;
  } texts[] = {
    { "from", &record->from },
    { "message", &record->message },
    { "comment", &record->comment },
    { "to", &record->comment_to },
    { "replaces_txid", &record->replaces_txid },
    { "replaced_by_txid", &record->replaced_by_txid },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (name, texts[i].name)) {
      g_free (*texts[i].place);
      *texts[i].place = value;
      return TRUE;
    }
  if (g_str_equal (name, "n"))
    record->order_pos = g_ascii_strtoll (value, NULL, 10);
  else if (g_str_equal (name, "timesmart"))
    record->time_smart = g_ascii_strtoll (value, NULL, 10);
  else if (!g_str_equal (name, "fromaccount") && !g_str_equal (name, "spent")) {
    g_free (value);
    return FALSE;
  }
  g_free (value);
  return TRUE;
}

static gboolean
read_texts (WalletTxRecord *record, BtcReader *reader)
{
  for (gsize count = btc_reader_compact_size (reader); count > 0; count--) {
    g_autofree char *name = wallet_record_read_string (reader);
    char *value = wallet_record_read_string (reader);
    if (reader->failed || !take_text (record, name, value)) {
      if (reader->failed)
        g_free (value);
      return FALSE;
    }
  }
  for (gsize count = btc_reader_compact_size (reader); count > 0; count--) {
    char *type = wallet_record_read_string (reader);
    if (type == NULL)
      return FALSE;
    g_ptr_array_add (record->notes, type);
    char *text = wallet_record_read_string (reader);
    if (text == NULL || (!g_str_equal (type, "Message") && !g_str_equal (type, "PaymentRequest"))) {
      g_free (text);
      return FALSE;
    }
    g_ptr_array_add (record->notes, text);
  }
  return !reader->failed;
}

WalletTxRecord *
wallet_tx_record_parse (const guint8 *value, gsize len)
{
  g_autoptr (WalletTxRecord) record = wallet_tx_record_new (NULL);
  BtcReader reader;

  btc_reader_init (&reader, value, len);
  if (!read_record_tx (record, &reader))
    return NULL;
  btc_reader_copy (&reader, record->block32, 32);
  btc_reader_skip (&reader, 32 * btc_reader_compact_size (&reader));
  record->index = (gint32) btc_reader_u32 (&reader);
  if (reader.failed || !skip_previous (&reader) || !read_texts (record, &reader))
    return NULL;
  btc_reader_u32 (&reader);
  record->time_received = btc_reader_u32 (&reader);
  btc_reader_skip (&reader, 2);
  return reader.failed ? NULL : g_steal_pointer (&record);
}

GByteArray *
wallet_tx_record_write (const WalletTxRecord *record)
{
  GByteArray *out = g_byte_array_new ();
  g_autofree char *place = record->order_pos != -1 ? g_strdup_printf ("%" G_GINT64_FORMAT, record->order_pos) : NULL;
  g_autofree char *time = record->time_smart != 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, record->time_smart) : NULL;
  const char *texts[][2] = {
    { "comment", record->comment },
    { "from", record->from },
    { "fromaccount", "" },
    { "message", record->message },
    { "n", place },
    { "replaced_by_txid", record->replaced_by_txid },
    { "replaces_txid", record->replaces_txid },
    { "timesmart", time },
    { "to", record->comment_to },
  };
  gsize count = 0;

  btc_write_data (out, record->tx->bytes.data, record->tx->bytes.len);
  btc_write_data (out, record->block32, 32);
  btc_write_compact (out, 0);
  btc_write_u32 (out, (guint32) record->index);
  btc_write_compact (out, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    count += texts[i][1] != NULL;
  btc_write_compact (out, count);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i][1] != NULL) {
      wallet_record_write_string (out, texts[i][0]);
      wallet_record_write_string (out, texts[i][1]);
    }
  btc_write_compact (out, record->notes->len / 2);
  for (guint i = 0; i < record->notes->len; i++)
    wallet_record_write_string (out, g_ptr_array_index (record->notes, i));
  btc_write_u32 (out, 0);
  btc_write_u32 (out, record->time_received);
  btc_write_u16 (out, 0);
  return out;
}

static gboolean
hash_is_number (const guint8 hash32[32], guint8 number)
{
  guint8 other32[32] = { number };

  return memcmp (hash32, other32, 32) == 0;
}

WalletTxSaved
wallet_tx_record_get_state (const WalletTxRecord *record)
{
  if (hash_is_number (record->block32, 0))
    return record->index == 0 ? WALLET_TX_SAVED_INACTIVE : WALLET_TX_SAVED_UNKNOWN;
  if (hash_is_number (record->block32, 1))
    return record->index == -1 ? WALLET_TX_SAVED_ABANDONED : WALLET_TX_SAVED_UNKNOWN;
  if (record->index >= 0)
    return WALLET_TX_SAVED_CONFIRMED;
  return record->index == -1 ? WALLET_TX_SAVED_CONFLICTED : WALLET_TX_SAVED_UNKNOWN;
}

void
wallet_tx_record_set_state (WalletTxRecord *record, WalletTxSaved state, const guint8 *block32, gint32 index)
{
  memset (record->block32, 0, 32);
  switch (state) {
  case WALLET_TX_SAVED_INACTIVE:
  case WALLET_TX_SAVED_UNKNOWN:
    record->index = 0;
    break;
  case WALLET_TX_SAVED_ABANDONED:
    record->block32[0] = 1;
    record->index = -1;
    break;
  case WALLET_TX_SAVED_CONFIRMED:
  case WALLET_TX_SAVED_CONFLICTED:
    memcpy (record->block32, block32, 32);
    record->index = state == WALLET_TX_SAVED_CONFIRMED ? index : -1;
    break;
  }
}
