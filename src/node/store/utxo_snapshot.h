#pragma once

#include "node/store/coins_stats.h"

#include <stdio.h>

G_BEGIN_DECLS

/* UTXO snapshot files: written by dumptxoutset, read by loadtxoutset. Any thread. */

typedef struct {
  guint8 base32[32]; /* the block after which the snapshot was made */
  guint64 coins;
} NodeSnapshotHeader;

/* Sets NODE_STORE_ERROR_FORMAT: the file cannot be loaded, for the reason in FORMAT. Returns FALSE. */
gboolean node_snapshot_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Writes the coins of CURSOR, whose number must be HEADER->coins, to FILE. PROGRESS as in node_coins_stats(). Nothing
 * is synced. */
gboolean node_snapshot_write (FILE *file,
                              const guint8 magic[4],
                              const NodeSnapshotHeader *header,
                              NodeCoinsCursor *cursor,
                              NodeCoinsStatsProgress progress,
                              gpointer data,
                              GError **error);

/* NETWORK_NAME is that of MAGIC. NODE_STORE_ERROR_FORMAT with a reason if FILE is not a snapshot of that network. */
gboolean node_snapshot_read_header (FILE *file,
                                    const guint8 magic[4],
                                    const char *network_name,
                                    NodeSnapshotHeader *header,
                                    GError **error);

/* After the header: adds all coins to COINS, which is empty, and flushes them (with BASE32 as the best block) whenever
 * the cache is full. None may be higher than BASE_HEIGHT. If this fails the coins on disk must not be used. */
gboolean node_snapshot_read_coins (FILE *file,
                                   const NodeSnapshotHeader *header,
                                   guint32 base_height,
                                   NodeCoins *coins,
                                   NodeCoinsStatsProgress progress,
                                   gpointer data,
                                   GError **error);

G_END_DECLS
