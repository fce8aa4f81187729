/* A UTXO snapshot: with any content, reading it terminates, and the coins that were read can be written and read again
 * without a difference. The coins stay in memory, on top of an empty database. */
#include <stdlib.h>
#include <string.h>

#include "node/store/utxo_snapshot.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static const guint8 magic[4] = { 0xfa, 0xbf, 0xb5, 0xda };

static NodeCoins *
get_base (void)
{
  static NodeCoins *base;
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  NodeCoinsOptions options = { .db_cache_bytes = 1 << 20, .cache_bytes = (gsize) 1 << 40 };

  if (base != NULL)
    return base;
  folder = g_dir_make_tmp ("moneyrocket-fuzz-XXXXXX", NULL);
  path = g_build_filename (folder, "coins", NULL);
  options.path = path;
  base = node_coins_open (&options, NULL);
  if (base == NULL)
    abort ();
  return base;
}

/* The coins in DATA, or NULL. */
static NodeCoins *
read_all (const guint8 *data, gsize len, NodeSnapshotHeader *header)
{
  NodeCoins *coins = node_coins_view_new (get_base ());
  FILE *file = fmemopen ((void *) data, len, "rb");
  gboolean good = node_snapshot_read_header (file, magic, "regtest", header, NULL)
                  && node_snapshot_read_coins (file, header, 1000000, coins, NULL, NULL, NULL);

  fclose (file);
  if (!good)
    g_clear_pointer (&coins, node_coins_close);
  return coins;
}

static void
write_all (NodeCoins *coins, NodeSnapshotHeader *header, char **data, size_t *len)
{
  NodeCoinsCursor *cursor = node_coins_cursor_new_over (coins, NULL);
  FILE *file = open_memstream (data, len);
  BtcOutpoint outpoint;
  BtcCoin coin;

  /* A file may contain a coin twice, or an unspendable one. */
  header->coins = 0;
  while (node_coins_cursor_next (cursor, &outpoint, &coin, NULL))
    header->coins++;
  node_coins_cursor_free (cursor);
  cursor = node_coins_cursor_new_over (coins, NULL);
  if (!node_snapshot_write (file, magic, header, cursor, NULL, NULL, NULL))
    abort ();
  fclose (file);
  node_coins_cursor_free (cursor);
}

static void
try (const guint8 *data, gsize len)
{
  NodeSnapshotHeader header, again;
  NodeCoins *coins, *second;
  char *first_bytes = NULL, *second_bytes = NULL;
  size_t first_len = 0, second_len = 0;

  coins = read_all (data, len, &header);
  if (coins == NULL)
    return;
  write_all (coins, &header, &first_bytes, &first_len);
  second = read_all ((const guint8 *) first_bytes, first_len, &again);
  if (second == NULL || again.coins != header.coins || memcmp (again.base32, header.base32, 32) != 0)
    abort ();
  write_all (second, &again, &second_bytes, &second_len);
  if (first_len != second_len || memcmp (first_bytes, second_bytes, first_len) != 0)
    abort ();
  free (first_bytes);
  free (second_bytes);
  node_coins_close (coins);
  node_coins_close (second);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  static const guint8 head[] = { 'u', 't', 'x', 'o', 0xff, 2, 0, 0xfa, 0xbf, 0xb5, 0xda };
  g_autoptr (GByteArray) whole = g_byte_array_new ();

  if (len == 0)
    return 0;
  try (data, len);
  /* The header is always the same: it is prepended, so that it need not be guessed. */
  g_byte_array_append (whole, head, sizeof head);
  g_byte_array_append (whole, data, (guint) len);
  try (whole->data, whole->len);
  return 0;
}
