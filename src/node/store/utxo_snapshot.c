/* A snapshot of the coins:
 *   "utxo" ff  version u16 = 2  magic[4]  base block hash[32]  coins u64
 * then, in the order of the database, for each transaction with unspent outputs:
 *   txid[32]  CompactSize count  { CompactSize n  VARINT(2 * height + coinbase)  TxOutCompression } each */
#include "node/store/utxo_snapshot.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "bitcoin/primitives/network.h"
#include "node/store/block_files.h"

#define VERSION 2
#define HEADER_SIZE (5 + 2 + 4 + 32 + 8)
#define PROGRESS_EVERY 8192
#define BUFFER_SIZE (1u << 20)

static const guint8 file_magic[5] = { 'u', 't', 'x', 'o', 0xff };

/* ---- writing ---- */

typedef struct {
  FILE *file;
  guint8 txid32[32];
  guint64 in_tx;    /* coins in `body` */
  GByteArray *body; /* of the transaction being collected */
  guint64 written;
} Writer;

static gboolean
write_bytes (FILE *file, const guint8 *data, gsize len, GError **error)
{
  if (fwrite (data, 1, len, file) == len)
    return TRUE;
  return node_store_error_from_errno (error, errno, "write", "the snapshot");
}

static gboolean
writer_finish_tx (Writer *writer, GError **error)
{
  g_autoptr (GByteArray) head = g_byte_array_new ();

  if (writer->in_tx == 0)
    return TRUE;
  btc_write_data (head, writer->txid32, 32);
  btc_write_compact (head, writer->in_tx);
  writer->written += writer->in_tx;
  writer->in_tx = 0;
  if (!write_bytes (writer->file, head->data, head->len, error)
      || !write_bytes (writer->file, writer->body->data, writer->body->len, error))
    return FALSE;
  g_byte_array_set_size (writer->body, 0);
  return TRUE;
}

static gboolean
write_header (FILE *file, const guint8 magic[4], const NodeSnapshotHeader *header, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  btc_write_data (bytes, file_magic, sizeof file_magic);
  btc_write_u16 (bytes, VERSION);
  btc_write_data (bytes, magic, 4);
  btc_write_data (bytes, header->base32, 32);
  btc_write_u64 (bytes, header->coins);
  return write_bytes (file, bytes->data, bytes->len, error);
}

static gboolean
snapshot_stopped (GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Reading the coins was cancelled.");
  return FALSE;
}

gboolean
node_snapshot_write (FILE *file,
                     const guint8 magic[4],
                     const NodeSnapshotHeader *header,
                     NodeCoinsCursor *cursor,
                     NodeCoinsStatsProgress progress,
                     gpointer data,
                     GError **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GError) local = NULL;
  Writer writer = { .file = file, .body = body };
  BtcOutpoint outpoint;
  BtcCoin coin;
  guint64 seen = 0;

  if (!write_header (file, magic, header, error))
    return FALSE;
  while (node_coins_cursor_next (cursor, &outpoint, &coin, &local)) {
    if (writer.in_tx > 0 && memcmp (writer.txid32, outpoint.txid32, 32) != 0 && !writer_finish_tx (&writer, error))
      return FALSE;
    memcpy (writer.txid32, outpoint.txid32, 32);
    btc_write_compact (body, outpoint.n);
    node_coin_serialize (&coin, body);
    writer.in_tx++;
    if (++seen % PROGRESS_EVERY == 0 && progress != NULL && !progress (seen, data))
      return snapshot_stopped (error);
  }
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!writer_finish_tx (&writer, error))
    return FALSE;
  if (writer.written == header->coins)
    return TRUE;
  g_set_error (error, NODE_STORE_ERROR, NODE_STORE_ERROR_CORRUPT,
               "the number of coins does not match what was counted");
  return FALSE;
}

/* ---- reading ---- */

gboolean
node_snapshot_refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (NODE_STORE_ERROR, NODE_STORE_ERROR_FORMAT, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
check_network (const guint8 found[4], const guint8 magic[4], const char *network_name, GError **error)
{
  if (memcmp (found, magic, 4) == 0)
    return TRUE;
  for (BtcNetwork network = BTC_NETWORK_MAIN; network <= BTC_NETWORK_REGTEST; network++) {
    const BtcNetworkInfo *info = btc_network_info (network);

    if (memcmp (info->magic, found, 4) == 0)
      return node_snapshot_refuse (error,
                                   "The network of the snapshot (%s) does not match the network of this node (%s).",
                                   info->name, network_name);
  }
  return node_snapshot_refuse (
      error, "This snapshot has been created for an unrecognized network. This could be a custom signet, a new "
             "testnet or possibly caused by data corruption.");
}

gboolean
node_snapshot_read_header (FILE *file,
                           const guint8 magic[4],
                           const char *network_name,
                           NodeSnapshotHeader *header,
                           GError **error)
{
  guint8 bytes[HEADER_SIZE];
  gsize len = fread (bytes, 1, sizeof bytes, file);
  guint version;

  if (len >= 5 && memcmp (bytes, file_magic, 5) != 0)
    return node_snapshot_refuse (
        error, "Invalid UTXO set snapshot magic bytes. Please check if this is indeed a snapshot file or if you "
               "are using an outdated snapshot format.");
  if (len >= 7) {
    version = bytes[5] | (guint) bytes[6] << 8;
    if (version != VERSION)
      return node_snapshot_refuse (error, "Version of snapshot %u does not match any of the supported versions.",
                                   version);
  }
  if (len >= 11 && !check_network (bytes + 7, magic, network_name, error))
    return FALSE;
  if (ferror (file))
    return node_store_error_from_errno (error, EIO, "read", "the snapshot");
  if (len < sizeof bytes)
    return node_snapshot_refuse (error, "end of file");
  memcpy (header->base32, bytes + 11, 32);
  header->coins = btc_get_u64 (bytes + 43);
  return TRUE;
}

/* A window of the file, since the parsers need complete records in memory. */
typedef struct {
  FILE *file;
  guint8 *buffer;
  gsize start;
  gsize end;
  gboolean at_end;
} Window;

/* Larger than any coin, and than the txid and two counts before the coins. A script longer than 10,000 bytes is not a
 * valid coin, but can be in a file. */
#define RECORD_MAX (BUFFER_SIZE / 2)

static void
window_fill (Window *window)
{
  gsize len = window->end - window->start;

  if (len >= RECORD_MAX || window->at_end)
    return;
  memmove (window->buffer, window->buffer + window->start, len);
  window->start = 0;
  window->end = len + fread (window->buffer + len, 1, BUFFER_SIZE - len, window->file);
  window->at_end = window->end < BUFFER_SIZE;
}

static BtcReader
window_reader (Window *window)
{
  BtcReader reader;

  window_fill (window);
  btc_reader_init (&reader, window->buffer + window->start, window->end - window->start);
  return reader;
}

typedef struct {
  Window window;
  guint64 total;
  guint64 read;
  guint32 base_height;
  NodeCoins *coins;
  const guint8 *base32;
  GByteArray *scripts;
} Loader;

static gboolean
snapshot_truncated (const Loader *loader, GError **error)
{
  if (ferror (loader->window.file))
    return node_store_error_from_errno (error, EIO, "read", "the snapshot");
  return node_snapshot_refuse (
      error, "Bad snapshot format or truncated snapshot after deserializing %" G_GUINT64_FORMAT " coins", loader->read);
}

static gboolean
read_coin (Loader *loader, BtcOutpoint *outpoint, GError **error)
{
  BtcReader reader = window_reader (&loader->window);
  guint64 n = btc_reader_compact (&reader);
  BtcCoin coin;

  g_byte_array_set_size (loader->scripts, 0);
  if (reader.failed || !node_coin_parse (&reader, &coin, loader->scripts) || n > BTC_MAX_SIZE)
    return snapshot_truncated (loader, error);
  coin.out.script.data = loader->scripts->data;
  if (coin.height > loader->base_height)
    return node_snapshot_refuse (error, "Bad snapshot data after deserializing %" G_GUINT64_FORMAT " coins",
                                 loader->read);
  if (!btc_amount_in_range (coin.out.value_sat))
    return node_snapshot_refuse (
        error, "Bad snapshot data after deserializing %" G_GUINT64_FORMAT " coins - bad tx out value", loader->read);
  loader->window.start = loader->window.end - btc_reader_left (&reader);
  outpoint->n = (guint32) n;
  /* A file may contain a coin twice; then its hash is wrong. */
  node_coins_add (loader->coins, outpoint, &coin, TRUE);
  loader->read++;
  return TRUE;
}

static gboolean
loader_read_tx (Loader *loader, GError **error)
{
  BtcReader reader = window_reader (&loader->window);
  BtcOutpoint outpoint;
  guint64 count;

  btc_reader_copy (&reader, outpoint.txid32, 32);
  count = btc_reader_compact (&reader);
  if (reader.failed || count > BTC_MAX_SIZE)
    return snapshot_truncated (loader, error);
  if (count > loader->total - loader->read)
    return node_snapshot_refuse (error, "Mismatch in coins count in snapshot metadata and actual snapshot data");
  loader->window.start = loader->window.end - btc_reader_left (&reader);
  for (guint64 i = 0; i < count; i++)
    if (!read_coin (loader, &outpoint, error))
      return FALSE;
  return !node_coins_needs_flush (loader->coins) || node_coins_flush (loader->coins, loader->base32, TRUE, error);
}

gboolean
node_snapshot_read_coins (FILE *file,
                          const NodeSnapshotHeader *header,
                          guint32 base_height,
                          NodeCoins *coins,
                          NodeCoinsStatsProgress progress,
                          gpointer data,
                          GError **error)
{
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  g_autoptr (GByteArray) scripts = g_byte_array_new ();
  Loader loader = {
    .window = { .file = file, .buffer = buffer },
    .total = header->coins,
    .base_height = base_height,
    .coins = coins,
    .base32 = header->base32,
    .scripts = scripts,
  };
  guint64 reported = 0;

  while (loader.read < loader.total) {
    if (!loader_read_tx (&loader, error))
      return FALSE;
    if (loader.read - reported < PROGRESS_EVERY)
      continue;
    reported = loader.read;
    if (progress != NULL && !progress (loader.read, data))
      return snapshot_stopped (error);
  }
  window_fill (&loader.window);
  if (loader.window.end > loader.window.start)
    return node_snapshot_refuse (
        error, "Bad snapshot - coins left over after deserializing %" G_GUINT64_FORMAT " coins", loader.total);
  return TRUE;
}
