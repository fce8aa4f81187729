#pragma once

#include "node/store/coins.h"
#include "node/store/coins_cache.h"
#include "node/store/coins_staging.h"

G_BEGIN_DECLS

/* 'C', hash, and the longest VARINT of 32 bits */
#define NODE_COIN_KEY_MAX 38

typedef struct _NodeCoinsFlush NodeCoinsFlush;

struct _NodeCoins {
  NodeDb *db;       /* for a view: a snapshot of another database, or NULL */
  gboolean is_view; /* the coins on disk are never written */
  NodeDb *overlay;  /* spilled changes of a view: a coin as in DB, or an empty value for a spent one; or NULL */
  char *overlay_path;
  NodeCoinsCache cache;
  NodeCoinsStaging staging;
  NodeCoinsFlush *flush; /* the one in progress, or NULL */
  gsize cache_bytes;
  gsize spare_bytes;
  gsize batch_bytes;
  GByteArray *value;   /* work space of the chain thread */
  GByteArray *scripts; /* likewise */
};

/* The key of a coin; returns its length. */
gsize node_coin_make_key (guint8 key[NODE_COIN_KEY_MAX], const BtcOutpoint *outpoint);

/* *COIN from a value on disk, its script in SCRIPTS (emptied first). */
gboolean node_coin_from_disk (const guint8 *value, gsize len, BtcCoin *coin, GByteArray *scripts, GError **error);

/* coins_view.c: writes all changes to the overlay. */
gboolean node_coins_view_write (NodeCoins *view, GError **error);

/* Waits for a flush in progress, and discards its result. */
void node_coins_flush_abandon (NodeCoins *coins);

G_END_DECLS
