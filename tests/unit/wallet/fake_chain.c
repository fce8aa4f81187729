#include "fake_chain.h"

#include <string.h>

#include "bitcoin/consensus/params.h"
#include "bitcoin/primitives/merkle.h"
#include "dbus/errors.h"

struct _FakeChain {
  GObject parent_instance;
  GPtrArray *blocks;  /* of BtcBlock */
  GPtrArray *mempool; /* of BtcTx */
  guint64 mempool_sequence;
  guint64 sequence;
  guint32 nonce;
  gboolean away;
  gboolean loading;
  char *reject;
  gint lost; /* height of an unavailable block; -1: none */
  BusError lost_code;
  guint calls;
  guint64 log;        /* id of the events of this node */
  GArray *events;     /* of WalletChainEvent; the first has the number 1 */
  GPtrArray *readers; /* of Reader, which wait for events */
  guint readers_source;
  gboolean nonsense;       /* GetTip returns the announced tip, too */
  gboolean hold_estimates; /* until they are cancelled */
};

static void fake_chain_iface (WalletChainInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (FakeChain,
                               fake_chain,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WALLET_TYPE_CHAIN, fake_chain_iface))

static void
event_clear (gpointer data)
{
  g_clear_pointer (&((WalletChainEvent *) data)->tx, btc_tx_unref);
}

static WalletChainEvents *
events_after (FakeChain *self, const WalletChainCursor *after)
{
  WalletChainEvents *events = wallet_chain_events_new (after);

  events->last = (WalletChainCursor){ self->log, self->events->len };
  events->resync = after == NULL || after->log != self->log || after->number > self->events->len;
  for (guint64 i = events->after.number; !events->resync && i < self->events->len; i++) {
    WalletChainEvent event = g_array_index (self->events, WalletChainEvent, (guint) i);
    if (event.tx != NULL)
      btc_tx_ref (event.tx);
    g_array_append_val (events->events, event);
  }
  return events;
}

typedef struct {
  FakeChain *chain;
  GTask *task;
  WalletChainCursor after;
  gboolean has_after;
  GSource *cancelled;
} Reader;

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  if (reader->cancelled != NULL) {
    g_source_destroy (reader->cancelled);
    g_source_unref (reader->cancelled);
  }
  g_object_unref (reader->task);
  g_free (reader);
}

static gboolean
on_reader_cancelled (GCancellable *cancellable, gpointer data)
{
  Reader *reader = data;

  g_task_return_error_if_cancelled (reader->task);
  g_ptr_array_remove (reader->chain->readers, reader);
  return G_SOURCE_REMOVE;
}

static gboolean
notify_readers (gpointer data)
{
  FakeChain *self = data;

  self->readers_source = 0;
  for (guint i = self->readers->len; i > 0; i--) {
    Reader *reader = g_ptr_array_index (self->readers, i - 1);
    if (reader->has_after && reader->after.log == self->log && reader->after.number == self->events->len)
      continue;
    g_task_return_pointer (reader->task, events_after (self, reader->has_after ? &reader->after : NULL),
                           (GDestroyNotify) wallet_chain_events_unref);
    g_ptr_array_remove_index (self->readers, i - 1);
  }
  return G_SOURCE_REMOVE;
}

static void
add_event (FakeChain *self,
           WalletChainEventKind kind,
           const guint8 hash32[32],
           gint height,
           BtcTx *tx,
           gboolean confirmed)
{
  WalletChainEvent event = { .kind = kind,
                             .height = height,
                             .tx = tx != NULL ? btc_tx_ref (tx) : NULL,
                             .confirmed = confirmed,
                             .mempool_sequence = self->mempool_sequence };

  memcpy (event.hash32, hash32, 32);
  g_array_append_val (self->events, event);
  if (self->readers_source == 0)
    self->readers_source = g_idle_add (notify_readers, self);
}

static void
empty_mempool (FakeChain *self, gboolean confirmed)
{
  for (guint i = 0; i < self->mempool->len; i++) {
    BtcTx *tx = g_ptr_array_index (self->mempool, i);
    self->mempool_sequence++;
    add_event (self, WALLET_CHAIN_EVENT_REMOVED, tx->txid32, 0, NULL, confirmed);
  }
  g_ptr_array_set_size (self->mempool, 0);
}

/* Takes over TX. */
static void
add_to_mempool (FakeChain *self, BtcTx *tx)
{
  g_ptr_array_add (self->mempool, tx);
  self->mempool_sequence++;
  add_event (self, WALLET_CHAIN_EVENT_ADDED, tx->txid32, 0, tx, FALSE);
}

static void
fake_get_events (WalletChain *chain, const WalletChainCursor *after, guint max_bytes, GTask *task)
{
  FakeChain *self = FAKE_CHAIN (chain);
  Reader *reader;

  if (self->away) {
    g_task_return_new_error (task, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "away");
    g_object_unref (task);
    return;
  }
  reader = g_new0 (Reader, 1);
  reader->chain = self;
  reader->task = task;
  reader->has_after = after != NULL;
  if (after != NULL)
    reader->after = *after;
  if (g_task_get_cancellable (task) != NULL) {
    reader->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
    g_source_set_callback (reader->cancelled, G_SOURCE_FUNC (on_reader_cancelled), reader, NULL);
    g_source_attach (reader->cancelled, NULL);
  }
  g_ptr_array_add (self->readers, reader);
  if (self->readers_source == 0)
    self->readers_source = g_idle_add (notify_readers, self);
}

static BtcBlock *
tip_block (FakeChain *self)
{
  return g_ptr_array_index (self->blocks, self->blocks->len - 1);
}

static gint
height_of (FakeChain *self, const guint8 *hash32)
{
  for (guint i = 0; i < self->blocks->len; i++)
    if (memcmp (((BtcBlock *) g_ptr_array_index (self->blocks, i))->hash32, hash32, 32) == 0)
      return (gint) i;
  return -1;
}

static BtcBlock *
block_at (FakeChain *self, gint height)
{
  return g_ptr_array_index (self->blocks, (guint) height);
}

static void
fake_get_tip (WalletChain *chain, GTask *task)
{
  FakeChain *self = FAKE_CHAIN (chain);
  WalletChainTip tip = { self->sequence, (gint32) self->blocks->len - 1, { 0 }, self->mempool_sequence };

  self->calls++;
  memcpy (tip.hash32, tip_block (self)->hash32, 32);
  tip.hash32[0] ^= self->nonsense ? 0x55 : 0;
  g_task_return_pointer (task, g_memdup2 (&tip, sizeof tip), g_free);
  g_object_unref (task);
}

static void
return_place (FakeChain *self, GTask *task, gint height)
{
  WalletChainPlace place = { height, { 0 } };

  memcpy (place.hash32, block_at (self, height)->hash32, 32);
  g_task_return_pointer (task, g_memdup2 (&place, sizeof place), g_free);
  g_object_unref (task);
}

static void
return_error (GTask *task, BusError code, const char *text)
{
  g_task_return_new_error (task, BUS_ERROR, code, "%s", text);
  g_object_unref (task);
}

static void
fake_find_fork (WalletChain *chain, const guint8 *locator, guint n, GTask *task)
{
  gint height = -1;

  FAKE_CHAIN (chain)->calls++;
  for (guint i = 0; i < n && height < 0; i++)
    height = height_of (FAKE_CHAIN (chain), locator + 32 * i);
  return_place (FAKE_CHAIN (chain), task, MAX (height, 0));
}

static void
fake_get_hash (WalletChain *chain, gint32 height, GTask *task)
{
  FakeChain *self = FAKE_CHAIN (chain);

  if ((guint) height < self->blocks->len)
    return_place (self, task, height);
  else
    return_error (task, BUS_ERROR_NOT_IN_CHAIN, "above the tip");
}

static void
fake_get_blocks (WalletChain *chain, const guint8 *after32, guint limit, GTask *task)
{
  FakeChain *self = FAKE_CHAIN (chain);
  gint after = after32 != NULL ? height_of (self, after32) : -1;
  WalletChainBlocks *blocks;

  self->calls++;
  if (after32 != NULL && after < 0) {
    return_error (task, BUS_ERROR_NOT_IN_CHAIN, "not in the chain");
    return;
  }
  if (self->lost == after + 1) {
    return_error (task, self->lost_code, "this block is unavailable");
    return;
  }
  blocks = g_new (WalletChainBlocks, 1);
  *blocks = (WalletChainBlocks){ after + 1, g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref) };
  for (guint i = (guint) (after + 1);
       i < self->blocks->len && blocks->blocks->len < MIN (limit, 50) && self->lost != (gint) i; i++)
    g_ptr_array_add (blocks->blocks, btc_block_ref (block_at (self, (gint) i)));
  g_task_return_pointer (task, blocks, (GDestroyNotify) wallet_chain_blocks_free);
  g_object_unref (task);
}

static void
fake_get_block (WalletChain *chain, const guint8 hash32[32], GTask *task)
{
  FakeChain *self = FAKE_CHAIN (chain);
  gint height = height_of (self, hash32);
  WalletChainBlock *found;

  if (height < 0 || height == self->lost) {
    return_error (task, height < 0 ? BUS_ERROR_NOT_FOUND : self->lost_code, "no such block");
    return;
  }
  found = g_new (WalletChainBlock, 1);
  *found = (WalletChainBlock){ height, TRUE, btc_block_ref (block_at (self, height)) };
  g_task_return_pointer (task, found, (GDestroyNotify) wallet_chain_block_free);
  g_object_unref (task);
}

static void
fake_get_mempool (WalletChain *chain, GTask *task)
{
  FakeChain *self = FAKE_CHAIN (chain);
  WalletChainMempool *mempool = g_new (WalletChainMempool, 1);

  self->calls++;
  *mempool = (WalletChainMempool){ self->mempool_sequence,
                                   { self->log, self->events->len },
                                   !self->loading,
                                   g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref) };
  for (guint i = 0; i < self->mempool->len; i++)
    g_ptr_array_add (mempool->txs, btc_tx_ref (g_ptr_array_index (self->mempool, i)));
  g_task_return_pointer (task, mempool, (GDestroyNotify) wallet_chain_mempool_free);
  g_object_unref (task);
}

static gboolean
find_in_mempool (FakeChain *self, const guint8 txid32[32])
{
  for (guint i = 0; i < self->mempool->len; i++)
    if (memcmp (((BtcTx *) g_ptr_array_index (self->mempool, i))->txid32, txid32, 32) == 0)
      return TRUE;
  return FALSE;
}

static void
fake_get_ancestors (WalletChain *chain, const guint8 *txids, guint n, GTask *task)
{
  FakeChain *self = FAKE_CHAIN (chain);
  GArray *list;

  if (self->away) {
    return_error (task, BUS_ERROR_NODE_UNAVAILABLE, "away");
    return;
  }
  list = g_array_new (FALSE, FALSE, sizeof (WalletChainAncestors));
  for (guint i = 0; i < n; i++) {
    WalletChainAncestors of = { .count = 3, .vsize = 400, .fees_sat = -5 };
    memcpy (of.txid32, txids + 32 * (gsize) i, 32);
    if (find_in_mempool (self, of.txid32))
      g_array_append_val (list, of);
  }
  g_task_return_pointer (task, list, (GDestroyNotify) g_array_unref);
  g_object_unref (task);
}

static void
fake_submit (WalletChain *chain, BtcTx *tx, const guint64 *max_fee_rate, GTask *task)
{
  FakeChain *self = FAKE_CHAIN (chain);

  if (self->reject != NULL && *self->reject != '\0') {
    return_error (task, BUS_ERROR_REJECTED, self->reject);
    return;
  }
  if (!find_in_mempool (self, tx->txid32)) {
    add_to_mempool (self, btc_tx_ref (tx));
    if (self->reject != NULL) {
      return_error (task, BUS_ERROR_NODE_UNAVAILABLE, "connection lost");
      return;
    }
  }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static gboolean
on_estimate_cancelled (GCancellable *cancellable, gpointer data)
{
  g_task_return_error_if_cancelled (data);
  return G_SOURCE_REMOVE;
}

static void
fake_estimate (WalletChain *chain, guint target, GTask *task)
{
  WalletChainEstimate estimate = { .minimum = 1000 };

  if (FAKE_CHAIN (chain)->hold_estimates) {
    g_autoptr (GSource) cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
    g_task_attach_source (task, cancelled, G_SOURCE_FUNC (on_estimate_cancelled));
    g_object_unref (task);
    return;
  }
  g_task_return_pointer (task, g_memdup2 (&estimate, sizeof estimate), g_free);
  g_object_unref (task);
}

static gboolean
fake_is_available (WalletChain *chain)
{
  return !FAKE_CHAIN (chain)->away;
}

static void
fake_chain_iface (WalletChainInterface *iface)
{
  iface->is_available = fake_is_available;
  iface->is_connected = fake_is_available;
  iface->get_tip = fake_get_tip;
  iface->find_fork = fake_find_fork;
  iface->get_hash = fake_get_hash;
  iface->get_blocks = fake_get_blocks;
  iface->get_block = fake_get_block;
  iface->get_mempool = fake_get_mempool;
  iface->get_ancestors = fake_get_ancestors;
  iface->get_events = fake_get_events;
  iface->submit = fake_submit;
  iface->estimate = fake_estimate;
}

static void
fake_chain_finalize (GObject *object)
{
  FakeChain *self = FAKE_CHAIN (object);

  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->mempool);
  g_clear_handle_id (&self->readers_source, g_source_remove);
  g_ptr_array_unref (self->readers);
  g_array_unref (self->events);
  g_free (self->reject);
  G_OBJECT_CLASS (fake_chain_parent_class)->finalize (object);
}

static void
fake_chain_class_init (FakeChainClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_chain_finalize;
}

static void
fake_chain_init (FakeChain *self)
{
  self->lost = -1;
  self->log = 1;
  self->readers = g_ptr_array_new_with_free_func (reader_free);
  self->events = g_array_new (FALSE, FALSE, sizeof (WalletChainEvent));
  g_array_set_clear_func (self->events, event_clear);
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  self->mempool = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
}

void
fake_chain_announce (FakeChain *self)
{
  WalletChainTip tip = { ++self->sequence, (gint32) self->blocks->len - 1, { 0 }, self->mempool_sequence };

  self->nonsense = FALSE;
  memcpy (tip.hash32, tip_block (self)->hash32, 32);
  wallet_chain_emit_tip (WALLET_CHAIN (self), &tip);
}

static BtcTx *
make_coinbase (FakeChain *self, GBytes *script)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  BtcOutpoint null = { .n = 0xffffffff };
  guint8 tag[5] = { 4 };
  gsize len = 0;
  const guint8 *data = script != NULL ? g_bytes_get_data (script, &len) : (const guint8 *) "\x51";

  btc_put_u32 (tag + 1, ++self->nonce);
  btc_tx_builder_add_in (builder, &null, BTC_SEQUENCE_FINAL);
  btc_tx_builder_set_script_sig (builder, 0, tag, sizeof tag);
  btc_tx_builder_add_out (builder, 50 * G_GINT64_CONSTANT (100000000), data, script != NULL ? len : 1);
  return btc_tx_builder_finish (builder);
}

static void
add_block (FakeChain *self, GBytes *script)
{
  g_autoptr (GByteArray) txs = g_byte_array_new ();
  g_autoptr (BtcTx) coinbase = make_coinbase (self, script);
  g_autofree guint8 *hashes = g_malloc (32 * (self->mempool->len + 1));
  BtcHeader header = { .version = 4, .time = 1700000000 + self->nonce, .bits = 0x207fffff, .nonce = self->nonce };
  guint8 head80[80];
  GByteArray *out = g_byte_array_new ();

  btc_write_data (txs, coinbase->bytes.data, coinbase->bytes.len);
  memcpy (hashes, coinbase->txid32, 32);
  for (guint i = 0; i < self->mempool->len; i++) {
    const BtcTx *tx = g_ptr_array_index (self->mempool, i);
    btc_write_data (txs, tx->bytes.data, tx->bytes.len);
    memcpy (hashes + 32 * (i + 1), tx->txid32, 32);
  }
  memcpy (header.prev32, tip_block (self)->hash32, 32);
  btc_merkle_root (hashes, self->mempool->len + 1, header.merkle_root32, NULL);
  btc_header_serialize (&header, head80);
  btc_write_data (out, head80, 80);
  btc_write_compact (out, self->mempool->len + 1);
  btc_write_data (out, txs->data, txs->len);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (out);
  BtcBlock *block = btc_block_new (bytes);
  g_assert_nonnull (block);
  g_ptr_array_add (self->blocks, block);
  empty_mempool (self, TRUE);
  add_event (self, WALLET_CHAIN_EVENT_CONNECTED, block->hash32, (gint) self->blocks->len - 1, NULL, FALSE);
}

FakeChain *
fake_chain_new (void)
{
  FakeChain *self = g_object_new (FAKE_TYPE_CHAIN, NULL);
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  g_autoptr (GBytes) genesis = g_bytes_new (params->genesis_bytes, params->genesis_len);

  g_ptr_array_add (self->blocks, btc_block_new (genesis));
  return self;
}

void
fake_chain_mine_many (FakeChain *self, GBytes *script, guint n)
{
  for (guint i = 0; i < n; i++)
    add_block (self, script);
  fake_chain_announce (self);
}

void
fake_chain_mine (FakeChain *self, GBytes *script)
{
  fake_chain_mine_many (self, script, 1);
}

void
fake_chain_rewind (FakeChain *self, guint n)
{
  for (guint i = 0; i < n; i++) {
    add_event (self, WALLET_CHAIN_EVENT_DISCONNECTED, tip_block (self)->hash32, (gint) self->blocks->len - 1, NULL,
               FALSE);
    g_ptr_array_set_size (self->blocks, (int) self->blocks->len - 1);
  }
}

BtcTx *
fake_chain_pay (FakeChain *self, GBytes *script, gint64 sat)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  BtcOutpoint prevout = { .n = 0 };
  gsize len;
  const guint8 *data = g_bytes_get_data (script, &len);
  BtcTx *tx;

  btc_put_u32 (prevout.txid32, ++self->nonce);
  prevout.txid32[31] = 0xee;
  btc_tx_builder_add_in (builder, &prevout, BTC_SEQUENCE_FINAL);
  btc_tx_builder_add_out (builder, sat, data, len);
  tx = btc_tx_builder_finish (builder);
  add_to_mempool (self, tx);
  fake_chain_announce (self);
  return tx;
}

void
fake_chain_add (FakeChain *self, BtcTx *tx)
{
  add_to_mempool (self, btc_tx_ref (tx));
  fake_chain_announce (self);
}

void
fake_chain_clear_mempool (FakeChain *self)
{
  empty_mempool (self, FALSE);
}

guint
fake_chain_get_height (FakeChain *self)
{
  return self->blocks->len - 1;
}

guint
fake_chain_mempool_size (FakeChain *self)
{
  return self->mempool->len;
}

BtcTx *
fake_chain_get_mempool_tx (FakeChain *self, guint i)
{
  return g_ptr_array_index (self->mempool, i);
}

void
fake_chain_set_available (FakeChain *self, gboolean available)
{
  self->away = !available;
}

void
fake_chain_set_reject (FakeChain *self, const char *reason)
{
  g_free (self->reject);
  self->reject = g_strdup (reason);
}

void
fake_chain_hold_estimates (FakeChain *self)
{
  self->hold_estimates = TRUE;
}

void
fake_chain_renew (FakeChain *self, gboolean loading)
{
  g_ptr_array_set_size (self->mempool, 0);
  self->mempool_sequence = 1;
  self->sequence = 0;
  self->log++;
  g_array_set_size (self->events, 0);
  notify_readers (self);
  self->loading = loading;
  wallet_chain_emit_renewed (WALLET_CHAIN (self));
  fake_chain_announce (self);
}

void
fake_chain_set_loaded (FakeChain *self)
{
  self->loading = FALSE;
  fake_chain_announce (self);
}

void
fake_chain_announce_nonsense (FakeChain *self)
{
  WalletChainTip tip = { ++self->sequence, (gint32) self->blocks->len, { 0x66 }, self->mempool_sequence };

  self->nonsense = TRUE;
  wallet_chain_emit_tip (WALLET_CHAIN (self), &tip);
}

void
fake_chain_set_lost (FakeChain *self, gint height, BusError code)
{
  self->lost = height;
  self->lost_code = code;
}

guint
fake_chain_get_calls (FakeChain *self)
{
  return self->calls;
}
