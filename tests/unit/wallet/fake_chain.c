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

typedef struct {
  GVariant *answer;
  GBytes *bulk;
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_clear_pointer (&answer->answer, g_variant_unref);
  g_clear_pointer (&answer->bulk, g_bytes_unref);
  g_free (answer);
}

static GVariant *
hash_variant (const guint8 hash32[32])
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, hash32, 32, 1);
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

static GVariant *
find_fork (FakeChain *self, GVariant *args)
{
  g_autoptr (GVariant) locator = g_variant_get_child_value (args, 0);
  gint height = -1;

  for (gsize i = 0; i < g_variant_n_children (locator) && height < 0; i++) {
    g_autoptr (GVariant) hash = g_variant_get_child_value (locator, i);
    gsize len;
    const guint8 *data = g_variant_get_fixed_array (hash, &len, 1);
    g_assert_cmpuint (len, ==, 32);
    height = height_of (self, data);
  }
  height = MAX (height, 0);
  return g_variant_new ("(u@ay)", height,
                        hash_variant (((BtcBlock *) g_ptr_array_index (self->blocks, height))->hash32));
}

static GVariant *
get_blocks (FakeChain *self, GVariant *args, GBytes **bulk, GError **error)
{
  g_autoptr (GVariant) after = g_variant_get_child_value (args, 0);
  GByteArray *out = g_byte_array_new ();
  guint32 limit, count = 0;
  gsize len;
  const guint8 *data = g_variant_get_fixed_array (after, &len, 1);
  gint from = len == 0 ? -1 : height_of (self, data);

  g_variant_get_child (args, 1, "u", &limit);
  if (len == 32 && from < 0) {
    g_byte_array_unref (out);
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN, "not in the chain");
    return NULL;
  }
  for (guint i = (guint) (from + 1); i < self->blocks->len && count < MIN (limit, 50); i++, count++) {
    const BtcBlock *block = g_ptr_array_index (self->blocks, i);
    gsize size;
    const guint8 *bytes = g_bytes_get_data (block->bytes, &size);
    btc_write_u32 (out, i);
    btc_write_data (out, block->hash32, 32);
    btc_write_u32 (out, (guint32) size);
    btc_write_data (out, bytes, size);
  }
  *bulk = g_byte_array_free_to_bytes (out);
  return g_variant_new ("(u)", count);
}

static GVariant *
get_block (FakeChain *self, GVariant *args, GBytes **bulk, GError **error)
{
  g_autoptr (GVariant) hash = g_variant_get_child_value (args, 0);
  gsize len;
  const guint8 *data = g_variant_get_fixed_array (hash, &len, 1);
  gint height = len == 32 ? height_of (self, data) : -1;

  if (height < 0) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_FOUND, "no such block");
    return NULL;
  }
  *bulk = g_bytes_ref (((BtcBlock *) g_ptr_array_index (self->blocks, (guint) height))->bytes);
  return g_variant_new ("(ub)", (guint32) height, TRUE);
}

static GVariant *
get_hash (FakeChain *self, GVariant *args, GError **error)
{
  guint32 height;

  g_variant_get (args, "(u)", &height);
  if (height < self->blocks->len)
    return g_variant_new ("(@ay)", hash_variant (((BtcBlock *) g_ptr_array_index (self->blocks, height))->hash32));
  g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NOT_IN_CHAIN, "above the tip");
  return NULL;
}

static GVariant *
get_mempool (FakeChain *self, GBytes **bulk)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < self->mempool->len; i++) {
    const BtcTx *tx = g_ptr_array_index (self->mempool, i);
    btc_write_u32 (out, (guint32) tx->bytes.len);
    btc_write_data (out, tx->bytes.data, tx->bytes.len);
  }
  *bulk = g_byte_array_free_to_bytes (out);
  return g_variant_new ("(tub)", self->mempool_sequence, self->mempool->len, !self->loading);
}

static gboolean
find_in_mempool (FakeChain *self, const guint8 txid32[32])
{
  for (guint i = 0; i < self->mempool->len; i++)
    if (memcmp (((BtcTx *) g_ptr_array_index (self->mempool, i))->txid32, txid32, 32) == 0)
      return TRUE;
  return FALSE;
}

static GVariant *
submit (FakeChain *self, GVariant *args, GError **error)
{
  g_autoptr (GVariant) raw = g_variant_get_child_value (args, 0);
  gsize len;
  const guint8 *data = g_variant_get_fixed_array (raw, &len, 1);
  GVariant *answer;
  BtcTx *tx;

  if (self->reject != NULL && *self->reject != '\0') {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_REJECTED, self->reject);
    return NULL;
  }
  tx = btc_tx_new (data, len, TRUE);
  g_assert_nonnull (tx);
  if (find_in_mempool (self, tx->txid32)) {
    answer = g_variant_new ("(@ay)", hash_variant (tx->txid32));
    btc_tx_unref (tx);
    return answer;
  }
  g_ptr_array_add (self->mempool, tx);
  self->mempool_sequence++;
  if (self->reject != NULL) {
    g_set_error_literal (error, BUS_ERROR, BUS_ERROR_NODE_UNAVAILABLE, "broken off");
    return NULL;
  }
  return g_variant_new ("(@ay)", hash_variant (tx->txid32));
}

static void
fake_call_async (WalletChain *chain,
                 const char *method,
                 GVariant *args,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer data)
{
  FakeChain *self = FAKE_CHAIN (chain);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  g_autoptr (GVariant) owned = args != NULL ? g_variant_ref_sink (args) : NULL;
  Answer *answer = g_new0 (Answer, 1);
  GError *error = NULL;
  GVariant *result = NULL;

  if (g_str_equal (method, "GetTip"))
    result = g_variant_new ("(tu@ayt)", self->sequence, self->blocks->len - 1, hash_variant (tip_block (self)->hash32),
                            self->mempool_sequence);
  else if (g_str_equal (method, "FindFork"))
    result = find_fork (self, owned);
  else if (g_str_equal (method, "GetBlocks"))
    result = get_blocks (self, owned, &answer->bulk, &error);
  else if (g_str_equal (method, "GetBlock"))
    result = get_block (self, owned, &answer->bulk, &error);
  else if (g_str_equal (method, "GetHash"))
    result = get_hash (self, owned, &error);
  else if (g_str_equal (method, "GetMempool"))
    result = get_mempool (self, &answer->bulk);
  else if (g_str_equal (method, "Submit"))
    result = submit (self, owned, &error);
  else if (g_str_equal (method, "EstimateFee"))
    result = g_variant_new ("(tt)", G_GUINT64_CONSTANT (0), G_GUINT64_CONSTANT (1000));
  else
    g_assert_not_reached ();
  if (error != NULL) {
    answer_free (answer);
    g_task_return_error (task, error);
    return;
  }
  answer->answer = g_variant_ref_sink (result);
  g_task_return_pointer (task, answer, answer_free);
}

static GVariant *
fake_call_finish (WalletChain *chain, GAsyncResult *result, GBytes **bulk, GError **error)
{
  Answer *answer = g_task_propagate_pointer (G_TASK (result), error);
  GVariant *variant;

  if (answer == NULL)
    return NULL;
  variant = g_steal_pointer (&answer->answer);
  if (bulk != NULL)
    *bulk = g_steal_pointer (&answer->bulk);
  answer_free (answer);
  return variant;
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
  iface->call_async = fake_call_async;
  iface->call_finish = fake_call_finish;
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
  WalletChainTip tip = { ++self->sequence, self->blocks->len - 1, { 0 }, self->mempool_sequence };

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
