#include "wallet/link/chain_wire.h"

#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "bitcoin/primitives/serialize.h"
#include "dbus/errors.h"

static gpointer
wire_refuse (GError **error, const char *what)
{
  g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER, "the node sent %s", what);
  return NULL;
}

/* FALSE with ERROR if VALUE does not have 32 bytes. */
static gboolean
wire_hash (GVariant *value, guint8 out32[32], GError **error)
{
  gsize len;
  const guint8 *data = g_variant_get_fixed_array (value, &len, 1);

  if (len == 32)
    memcpy (out32, data, 32);
  else
    wire_refuse (error, "a hash that does not have 32 bytes");
  return len == 32;
}

static gboolean
wire_height (guint32 height, gint32 *out, GError **error)
{
  *out = (gint32) MIN (height, WALLET_CHAIN_MAX_HEIGHT);
  if (height <= WALLET_CHAIN_MAX_HEIGHT)
    return TRUE;
  wire_refuse (error, "a height that is out of range");
  return FALSE;
}

WalletChainTip *
wallet_chain_wire_tip (GVariant *answer, GError **error)
{
  g_autofree WalletChainTip *tip = g_new0 (WalletChainTip, 1);
  g_autoptr (GVariant) hash = NULL;
  guint32 height;

  g_variant_get (answer, "(tu@ayt)", &tip->sequence, &height, &hash, &tip->mempool_sequence);
  if (!wire_hash (hash, tip->hash32, error) || !wire_height (height, &tip->height, error))
    return NULL;
  return g_steal_pointer (&tip);
}

WalletChainPlace *
wallet_chain_wire_place (GVariant *answer, GError **error)
{
  g_autofree WalletChainPlace *place = g_new0 (WalletChainPlace, 1);
  g_autoptr (GVariant) hash = NULL;
  guint32 height;

  g_variant_get (answer, "(u@ay)", &height, &hash);
  if (!wire_hash (hash, place->hash32, error) || !wire_height (height, &place->height, error))
    return NULL;
  return g_steal_pointer (&place);
}

WalletChainPlace *
wallet_chain_wire_hash (GVariant *answer, gint32 height, GError **error)
{
  g_autofree WalletChainPlace *place = g_new0 (WalletChainPlace, 1);
  g_autoptr (GVariant) hash = g_variant_get_child_value (answer, 0);

  if (!wire_hash (hash, place->hash32, error) || !wire_height ((guint32) height, &place->height, error))
    return NULL;
  return g_steal_pointer (&place);
}

/* Parses a block, and checks that its header commits to it, at HEIGHT. */
static BtcBlock *
wire_parse_block (GBytes *bytes, gint32 height, const BtcParams *params, GError **error)
{
  g_autoptr (BtcBlock) block = btc_block_new (bytes);
  BtcVerdict verdict;

  if (block == NULL)
    return wire_refuse (error, "a block that cannot be read");
  if (btc_block_check_alone (block, (guint32) height, params, &verdict))
    return g_steal_pointer (&block);
  g_set_error (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER, "the node sent a block that is invalid at height %d: %s, %s",
               height, verdict.reason, verdict.debug);
  return NULL;
}

/* One record of GetBlocks, after the block PREV32 (NULL: this is the genesis block). */
static BtcBlock *
wire_next_block (GBytes *bulk,
                 BtcReader *reader,
                 const guint8 *prev32,
                 const BtcParams *params,
                 gint32 *height,
                 GError **error)
{
  guint32 at_height = btc_reader_u32 (reader);
  BtcSpan hash = btc_reader_span (reader, 32);
  guint32 size = btc_reader_u32 (reader);
  gsize at = reader->pos;
  g_autoptr (BtcBlock) block = NULL;

  btc_reader_skip (reader, size);
  if (reader->failed)
    return wire_refuse (error, "truncated blocks");
  if (!wire_height (at_height, height, error))
    return NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (bulk, at, size);
  block = wire_parse_block (bytes, *height, params, error);
  if (block == NULL)
    return NULL;
  if (memcmp (block->hash32, hash.data, 32) != 0 || (prev32 != NULL && memcmp (block->header.prev32, prev32, 32) != 0))
    return wire_refuse (error, "blocks that are not consecutive");
  return g_steal_pointer (&block);
}

WalletChainBlocks *
wallet_chain_wire_blocks (GVariant *answer,
                          GBytes *bulk,
                          const guint8 *after32,
                          guint limit,
                          const BtcParams *params,
                          GError **error)
{
  g_autoptr (WalletChainBlocks) blocks = g_new0 (WalletChainBlocks, 1);
  const guint8 *prev32 = after32;
  guint32 count;
  BtcReader reader;
  gsize len;
  const guint8 *data = g_bytes_get_data (bulk, &len);

  g_variant_get_child (answer, 0, "u", &count);
  blocks->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  btc_reader_init (&reader, data, len);
  while (btc_reader_left (&reader) > 0) {
    gint32 height;
    BtcBlock *block = wire_next_block (bulk, &reader, prev32, params, &height, error);
    if (block == NULL)
      return NULL;
    if (blocks->blocks->len == 0)
      blocks->first_height = height;
    g_ptr_array_add (blocks->blocks, block);
    if ((gint64) height != (gint64) blocks->first_height + blocks->blocks->len - 1
        || (after32 == NULL && blocks->first_height != 0) || blocks->blocks->len > limit)
      return wire_refuse (error, "other blocks than the requested ones");
    prev32 = block->hash32;
  }
  if (count != blocks->blocks->len)
    return wire_refuse (error, "a wrong number of blocks");
  return g_steal_pointer (&blocks);
}

WalletChainBlock *
wallet_chain_wire_block (GVariant *answer,
                         GBytes *bulk,
                         const guint8 hash32[32],
                         const BtcParams *params,
                         GError **error)
{
  g_autoptr (WalletChainBlock) found = g_new0 (WalletChainBlock, 1);
  guint32 height;

  g_variant_get_child (answer, 0, "u", &height);
  g_variant_get_child (answer, 1, "b", &found->active);
  if (!wire_height (height, &found->height, error))
    return NULL;
  found->block = wire_parse_block (bulk, found->height, params, error);
  if (found->block == NULL)
    return NULL;
  if (memcmp (found->block->hash32, hash32, 32) != 0)
    return wire_refuse (error, "another block than the requested one");
  return g_steal_pointer (&found);
}

/* u32 length, transaction with witness. */
static BtcTx *
wire_next_tx (BtcReader *reader, GError **error)
{
  BtcSpan raw = btc_reader_span (reader, btc_reader_u32 (reader));
  g_autoptr (BtcTx) tx = reader->failed ? NULL : btc_tx_new (raw.data, raw.len, TRUE);
  gint64 sum_sat;

  if (tx == NULL)
    return wire_refuse (error, "a transaction that cannot be read");
  if (!btc_tx_outputs_sum (tx, &sum_sat))
    return wire_refuse (error, "a transaction with an amount that is out of range");
  return g_steal_pointer (&tx);
}

WalletChainMempool *
wallet_chain_wire_mempool (GVariant *answer, GBytes *bulk, GError **error)
{
  g_autoptr (WalletChainMempool) mempool = g_new0 (WalletChainMempool, 1);
  guint32 count;
  BtcReader reader;
  gsize len;
  const guint8 *data = g_bytes_get_data (bulk, &len);

  g_variant_get_child (answer, 0, "t", &mempool->sequence);
  g_variant_get_child (answer, 1, "(tt)", &mempool->cursor.log, &mempool->cursor.number);
  g_variant_get_child (answer, 2, "u", &count);
  g_variant_get_child (answer, 3, "b", &mempool->complete);
  mempool->txs = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
  btc_reader_init (&reader, data, len);
  while (btc_reader_left (&reader) > 0) {
    BtcTx *tx = wire_next_tx (&reader, error);
    if (tx == NULL)
      return NULL;
    g_ptr_array_add (mempool->txs, tx);
  }
  if (count != mempool->txs->len)
    return wire_refuse (error, "a wrong number of transactions");
  return g_steal_pointer (&mempool);
}

static gboolean
wire_next_ancestors (GVariant *item, WalletChainAncestors *of, GError **error)
{
  g_autoptr (GVariant) txid = NULL;
  gint64 most_sat;
  guint64 vsize;

  g_variant_get (item, "(@ayutx)", &txid, &of->count, &vsize, &of->fees_sat);
  if (!wire_hash (txid, of->txid32, error))
    return FALSE;
  /* With this limit of ancestors, the limits below do not overflow. */
  if (of->count == 0 || of->count > WALLET_CHAIN_MAX_ANCESTORS)
    return wire_refuse (error, "a number of ancestors that is out of range") != NULL;
  if (vsize < of->count || vsize > (guint64) of->count * G_MAXUINT32)
    return wire_refuse (error, "a size of ancestors that is out of range") != NULL;
  of->vsize = (gint64) vsize;
  most_sat = (gint64) of->count * 2 * BTC_MAX_MONEY;
  if (of->fees_sat > most_sat || of->fees_sat < -most_sat)
    return wire_refuse (error, "fees of ancestors that are out of range") != NULL;
  return TRUE;
}

GArray *
wallet_chain_wire_ancestors (GVariant *answer, GBytes *txids, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (WalletChainAncestors));
  g_autoptr (GVariant) items = g_variant_get_child_value (answer, 0);
  gsize n = g_variant_n_children (items), len, at = 0;
  const guint8 *asked = g_bytes_get_data (txids, &len);

  for (gsize i = 0; i < n; i++) {
    g_autoptr (GVariant) item = g_variant_get_child_value (items, i);
    WalletChainAncestors of;
    if (!wire_next_ancestors (item, &of, error))
      return NULL;
    while (at < len && memcmp (asked + at, of.txid32, 32) != 0)
      at += 32;
    if (at >= len)
      return wire_refuse (error, "ancestors of other transactions than the requested ones, or in another order");
    at += 32;
    g_array_append_val (list, of);
  }
  return g_steal_pointer (&list);
}

static gboolean
wire_next_event (BtcReader *reader, WalletChainEvent *event, GError **error)
{
  guint8 kind = btc_reader_u8 (reader);

  if (kind > WALLET_CHAIN_EVENT_REMOVED)
    return wire_refuse (error, "an event of an unknown kind") != NULL;
  event->kind = (WalletChainEventKind) kind;
  switch (event->kind) {
  case WALLET_CHAIN_EVENT_CONNECTED:
  case WALLET_CHAIN_EVENT_DISCONNECTED:
    if (!wire_height (btc_reader_u32 (reader), &event->height, error))
      return FALSE;
    btc_reader_copy (reader, event->hash32, 32);
    break;
  case WALLET_CHAIN_EVENT_ADDED:
    event->mempool_sequence = btc_reader_u64 (reader);
    event->tx = wire_next_tx (reader, error);
    if (event->tx == NULL)
      return FALSE;
    memcpy (event->hash32, event->tx->txid32, 32);
    break;
  case WALLET_CHAIN_EVENT_REMOVED:
    event->mempool_sequence = btc_reader_u64 (reader);
    btc_reader_copy (reader, event->hash32, 32);
    event->confirmed = btc_reader_u8 (reader) != 0;
    break;
  }
  if (reader->failed)
    wire_refuse (error, "truncated events");
  return !reader->failed;
}

WalletChainEvents *
wallet_chain_wire_events (GVariant *answer, const WalletChainCursor *after, GError **error)
{
  g_autoptr (WalletChainEvents) events = wallet_chain_events_new (after);
  g_autoptr (GVariant) bytes = NULL;
  BtcReader reader;
  guint32 count;
  gsize len;

  g_variant_get (answer, "((tt)bu@ay)", &events->last.log, &events->last.number, &events->resync, &count, &bytes);
  const guint8 *data = g_variant_get_fixed_array (bytes, &len, 1);
  btc_reader_init (&reader, data, len);
  while (btc_reader_left (&reader) > 0) {
    WalletChainEvent event = { 0 };
    if (!wire_next_event (&reader, &event, error))
      return NULL;
    g_array_append_val (events->events, event);
  }
  if (events->resync ? count != 0 || len != 0
                     : after == NULL || count != events->events->len || events->last.log != after->log
                           || events->last.number - after->number != count)
    return wire_refuse (error, "events that are not numbered consecutively");
  return g_steal_pointer (&events);
}

/* FALSE with ERROR if KEY of RECORD is not a fee rate; OUT is unchanged if there is no such key. */
static gboolean
wire_fee_rate (GVariant *record, const char *key, guint64 least, gboolean *there, guint64 *out, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (record, key, NULL);

  *there = value != NULL;
  if (value == NULL)
    return TRUE;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    *out = g_variant_get_uint64 (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64) && *out >= least && *out <= (guint64) BTC_MAX_MONEY)
    return TRUE;
  wire_refuse (error, "an invalid fee rate");
  return FALSE;
}

WalletChainEstimate *
wallet_chain_wire_estimate (GVariant *answer, GError **error)
{
  g_autofree WalletChainEstimate *estimate = g_new0 (WalletChainEstimate, 1);
  g_autoptr (GVariant) record = g_variant_get_child_value (answer, 0);
  gboolean has_minimum;

  if (!wire_fee_rate (record, "fee_rate", 1, &estimate->estimated, &estimate->rate, error)
      || !wire_fee_rate (record, "minimum", 0, &has_minimum, &estimate->minimum, error))
    return NULL;
  if (!has_minimum)
    return wire_refuse (error, "no minimum fee rate");
  return g_steal_pointer (&estimate);
}
