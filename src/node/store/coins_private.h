#pragma once

#include "node/store/coins.h"
#include "node/store/coins_cache.h"
#include "node/store/coins_staging.h"

G_BEGIN_DECLS

/* 'C', hash, and the longest VARINT of 32 bits */
#define NODE_COIN_KEY_MAX 38

typedef struct _NodeCoinsFlush NodeCoinsFlush;

struct _NodeCoins {
  NodeDb *db;       /* of a view: a snapshot of another's, or NULL */
  gboolean is_view; /* the set on disk is never written from here */
  NodeDb *
      overlay; /* what a view changed and has no room for: a coin as in DB, or nothing for one that was spent; or NULL */
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

/* coins_view.c: all that was changed goes to the overlay. */
gboolean node_coins_view_write (NodeCoins *view, GError **error);

/* Waits for a flush in progress, and discards its result. */
void node_coins_flush_abandon (NodeCoins *coins);

G_END_DECLS
