#include "fake_chain.h"

#include <string.h>

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
};

static void fake_chain_iface (WalletChainInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (FakeChain,
                               fake_chain,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WALLET_TYPE_CHAIN, fake_chain_iface))

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

  memcpy (tip.hash32, tip_block (self)->hash32, 32);
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

  if (after32 != NULL && after < 0) {
    return_error (task, BUS_ERROR_NOT_IN_CHAIN, "not in the chain");
    return;
  }
  blocks = g_new (WalletChainBlocks, 1);
  *blocks = (WalletChainBlocks){ after + 1, g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref) };
  for (guint i = (guint) (after + 1); i < self->blocks->len && blocks->blocks->len < MIN (limit, 50); i++)
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

  if (height < 0) {
    return_error (task, BUS_ERROR_NOT_FOUND, "no such block");
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

  *mempool = (WalletChainMempool){ self->mempool_sequence, !self->loading,
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
fake_submit (WalletChain *chain, BtcTx *tx, guint64 max_fee_rate, GTask *task)
{
  FakeChain *self = FAKE_CHAIN (chain);

  if (self->reject != NULL && *self->reject != '\0') {
    return_error (task, BUS_ERROR_REJECTED, self->reject);
    return;
  }
  if (!find_in_mempool (self, tx->txid32)) {
    g_ptr_array_add (self->mempool, btc_tx_ref (tx));
    self->mempool_sequence++;
    if (self->reject != NULL) {
      return_error (task, BUS_ERROR_NODE_UNAVAILABLE, "broken off");
      return;
    }
  }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
fake_estimate (WalletChain *chain, guint target, GTask *task)
{
  WalletChainEstimate estimate = { 0, 1000 };

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
  iface->get_tip = fake_get_tip;
  iface->find_fork = fake_find_fork;
  iface->get_hash = fake_get_hash;
  iface->get_blocks = fake_get_blocks;
  iface->get_block = fake_get_block;
  iface->get_mempool = fake_get_mempool;
  iface->submit = fake_submit;
  iface->estimate = fake_estimate;
}

static void
fake_chain_finalize (GObject *object)
{
  FakeChain *self = FAKE_CHAIN (object);

  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->mempool);
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
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_block_unref);
  self->mempool = g_ptr_array_new_with_free_func ((GDestroyNotify) btc_tx_unref);
}

void
fake_chain_announce (FakeChain *self)
{
  WalletChainTip tip = { ++self->sequence, (gint32) self->blocks->len - 1, { 0 }, self->mempool_sequence };

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
  if (self->blocks->len > 0)
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
  if (self->mempool->len > 0)
    self->mempool_sequence++;
  g_ptr_array_set_size (self->mempool, 0);
}

FakeChain *
fake_chain_new (void)
{
  FakeChain *self = g_object_new (FAKE_TYPE_CHAIN, NULL);

  add_block (self, NULL);
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
  g_ptr_array_set_size (self->blocks, (int) (self->blocks->len - n));
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
  g_ptr_array_add (self->mempool, tx);
  self->mempool_sequence++;
  fake_chain_announce (self);
  return tx;
}

void
fake_chain_clear_mempool (FakeChain *self)
{
  g_ptr_array_set_size (self->mempool, 0);
  self->mempool_sequence++;
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
fake_chain_renew (FakeChain *self, gboolean loading)
{
  g_ptr_array_set_size (self->mempool, 0);
  self->mempool_sequence = 1;
  self->sequence = 0;
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
