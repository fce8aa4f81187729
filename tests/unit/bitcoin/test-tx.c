#include "bitcoin/primitives/tx.h"

#include <string.h>

#include "bitcoin/primitives/block.h"
#include "common/hex.h"

/* The P2WPKH example of BIP 143, signed. */
#define SIGNED                                                                                                         \
  "01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9" \
  "cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618e" \
  "f3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb20600000000" \
  "1976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa81" \
  "5988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f9030" \
  "0e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357110000" \
  "00"

static BtcTx *
tx_from_hex (const char *hex, gboolean allow_witness)
{
  g_autoptr (GBytes) bytes = common_hex_decode_bytes (hex);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return btc_tx_new (data, len, allow_witness);
}

static void
test_witness (void)
{
  g_autoptr (BtcTx) tx = tx_from_hex (SIGNED, TRUE);
  g_autoptr (GByteArray) stripped = g_byte_array_new ();
  g_autoptr (BtcTx) plain = NULL;
  g_autofree char *txid = NULL;
  BtcSpan key;

  g_assert_nonnull (tx);
  g_assert_true (tx->has_witness);
  g_assert_cmpuint (tx->n_in, ==, 2);
  g_assert_cmpuint (tx->n_out, ==, 2);
  g_assert_cmpuint (tx->locktime, ==, 17);
  g_assert_cmpuint (tx->in[0].sequence, ==, 0xffffffee);
  g_assert_cmpuint (tx->in[0].witness_count, ==, 0);
  g_assert_cmpuint (tx->in[1].witness_count, ==, 2);
  g_assert_cmpint (tx->out[0].value_sat, ==, 112340000);
  key = btc_tx_in_witness_item (&tx->in[1], 1);
  g_assert_cmpuint (key.len, ==, 33);
  txid = common_hex_encode_reversed (tx->txid32, 32);
  g_assert_cmpstr (txid, ==, "e8151a2af31c368a35053ddd4bdb285a8595c769a3ad83e0fa02314a602d4609");

  btc_tx_write_stripped (tx, stripped);
  g_assert_cmpuint (stripped->len, ==, tx->stripped_size);
  plain = btc_tx_new (stripped->data, stripped->len, FALSE);
  g_assert_nonnull (plain);
  g_assert_cmpmem (plain->txid32, 32, tx->txid32, 32);
  g_assert_cmpmem (plain->wtxid32, 32, tx->txid32, 32);
  g_assert_cmpuint (btc_tx_weight (tx), ==, 3 * stripped->len + tx->bytes.len);
}

static void
test_malformed (void)
{
  g_autoptr (GBytes) bytes = common_hex_decode_bytes (SIGNED);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  g_autofree guint8 *changed = g_malloc0 (len + 1);
  g_autoptr (BtcTx) legacy = NULL;

  memcpy (changed, data, len);
  for (gsize cut = 0; cut < len; cut++)
    g_assert_null (btc_tx_new (data, cut, TRUE));
  g_assert_null (btc_tx_new (changed, len + 1, TRUE));
  g_assert_null (btc_tx_new (data, len, FALSE));

  for (guint flag = 0; flag < 256; flag++) {
    changed[5] = (guint8) flag;
    legacy = btc_tx_new (changed, len, TRUE);
    g_assert_true ((legacy != NULL) == (flag == 1));
    g_clear_pointer (&legacy, btc_tx_unref);
  }

  /* A marker without any witness; a count not in its shortest form; a count beyond BTC_MAX_SIZE. */
  g_assert_null (
      tx_from_hex ("0100000000010100000000000000000000000000000000000000000000000000000000000000000000000000f"
                   "fffffff01000000000000000000"
                   "0000000000",
                   TRUE));
  g_assert_null (
      tx_from_hex ("01000000fd01000000000000000000000000000000000000000000000000000000000000000000000000ffffff"
                   "ffff0000000000",
                   TRUE));
  g_assert_null (tx_from_hex ("01000000fe01000002", TRUE));
}

/* The reference parses transactions without inputs and outputs, although no rule permits them. */
static void
test_empty (void)
{
  g_autoptr (BtcTx) with = tx_from_hex ("02000000000000000000", TRUE);
  g_autoptr (BtcTx) without = tx_from_hex ("02000000000000000000", FALSE);
  g_autoptr (BtcTx) only_out = tx_from_hex ("0200000000010000000000000000015100000000", FALSE);

  g_assert_nonnull (with);
  g_assert_nonnull (without);
  g_assert_false (with->has_witness);
  g_assert_nonnull (only_out);
  g_assert_cmpuint (only_out->n_out, ==, 1);
}

static void
test_builder (void)
{
  g_autoptr (BtcTx) tx = tx_from_hex (SIGNED, TRUE);
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new_from_tx (tx);
  g_autoptr (BtcTx) same = btc_tx_builder_finish (builder);
  g_autoptr (BtcTx) other = NULL;
  g_autoptr (BtcTx) dup = btc_tx_dup (tx);
  const guint8 a[] = { 1, 2, 3 };
  BtcSpan items[] = { { a, 3 }, { a, 0 }, { a, 1 } };

  g_assert_cmpmem (same->bytes.data, same->bytes.len, tx->bytes.data, tx->bytes.len);
  g_assert_cmpmem (dup->bytes.data, dup->bytes.len, tx->bytes.data, tx->bytes.len);
  g_assert_cmpmem (same->wtxid32, 32, tx->wtxid32, 32);

  btc_tx_builder_set_witness (builder, 1, NULL, 0);
  btc_tx_builder_set_witness (builder, 0, items, 3);
  btc_tx_builder_set_script_sig (builder, 0, NULL, 0);
  other = btc_tx_builder_finish (builder);
  g_assert_cmpuint (other->in[0].witness_count, ==, 3);
  g_assert_cmpuint (other->in[1].witness_count, ==, 0);
  g_assert_cmpuint (other->in[0].script_sig.len, ==, 0);
  g_assert_cmpuint (btc_tx_in_witness_item (&other->in[0], 1).len, ==, 0);
  g_assert_cmpmem (btc_tx_in_witness_item (&other->in[0], 0).data, 3, a, 3);
}

static void
test_coinbase_and_sums (void)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  BtcOutpoint null = { .n = G_MAXUINT32 };
  g_autoptr (BtcTx) one = NULL;
  g_autoptr (BtcTx) two = NULL;
  gint64 sum;

  btc_tx_builder_add_in (builder, &null, BTC_SEQUENCE_FINAL);
  btc_tx_builder_add_out (builder, G_GINT64_CONSTANT (2100000000000000), NULL, 0);
  one = btc_tx_builder_finish (builder);
  g_assert_true (btc_tx_is_coinbase (one));
  g_assert_true (btc_tx_outputs_sum (one, &sum));
  g_assert_cmpint (sum, ==, G_GINT64_CONSTANT (2100000000000000));
  btc_tx_builder_add_out (builder, 1, NULL, 0);
  two = btc_tx_builder_finish (builder);
  g_assert_false (btc_tx_outputs_sum (two, &sum));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/primitives/tx/witness", test_witness);
  g_test_add_func ("/primitives/tx/malformed", test_malformed);
  g_test_add_func ("/primitives/tx/empty", test_empty);
  g_test_add_func ("/primitives/tx/builder", test_builder);
  g_test_add_func ("/primitives/tx/coinbase-and-sums", test_coinbase_and_sums);
  return g_test_run ();
}
