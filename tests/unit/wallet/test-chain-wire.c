/* Invalid replies of a node are rejected. */
#include <string.h>

#include "bitcoin/primitives/amount.h"
#include "bitcoin/crypto/hash.h"
#include "bitcoin/primitives/merkle.h"
#include "bitcoin/primitives/serialize.h"
#include "bitcoin/script/script.h"
#include "dbus/errors.h"
#include "wallet/link/chain_wire.h"

static BtcParams *params;

/* Writes HEADER with a nonce that makes its proof of work valid, or, with BAD, invalid. */
static void
write_header (BtcHeader *header, gboolean bad, GByteArray *out)
{
  guint8 head80[80], hash32[32];
  BtcVerdict verdict;

  do {
    header->nonce++;
    btc_header_serialize (header, head80);
    btc_sha256d (head80, 80, hash32);
  } while (btc_header_check_pow (header, hash32, params, &verdict) == bad);
  btc_write_data (out, head80, 80);
}

typedef struct {
  const guint8 *prev32;
  guint32 height;
  gint64 sat;
  guint32 bits;
  gboolean no_work;
  gboolean witness; /* without a commitment */
} MakeBlock;

static BtcTx *
make_wire_coinbase (const MakeBlock *make)
{
  g_autoptr (BtcTxBuilder) builder = btc_tx_builder_new (2, 0);
  BtcOutpoint null = { .n = 0xffffffff };
  g_autoptr (GByteArray) tag = g_byte_array_new ();
  const BtcSpan item = { (const guint8 *) "x", 1 };

  btc_script_write_number (tag, make->height);
  btc_write_u8 (tag, 0);
  btc_tx_builder_add_in (builder, &null, BTC_SEQUENCE_FINAL);
  btc_tx_builder_set_script_sig (builder, 0, tag->data, tag->len);
  btc_tx_builder_add_out (builder, make->sat, (const guint8 *) "\x51", 1);
  if (make->witness)
    btc_tx_builder_set_witness (builder, 0, &item, 1);
  return btc_tx_builder_finish (builder);
}

static BtcBlock *
make_block_of (const MakeBlock *make)
{
  g_autoptr (BtcTx) coinbase = make_wire_coinbase (make);
  BtcHeader header = { .version = 4, .time = 1700000000 + make->height, .bits = make->bits };
  g_autoptr (GBytes) bytes = NULL;
  GByteArray *out = g_byte_array_new ();

  memcpy (header.prev32, make->prev32, 32);
  memcpy (header.merkle_root32, coinbase->txid32, 32);
  write_header (&header, make->no_work, out);
  btc_write_compact (out, 1);
  btc_write_data (out, coinbase->bytes.data, coinbase->bytes.len);
  bytes = g_byte_array_free_to_bytes (out);
  return btc_block_new (bytes);
}

/* A block on PREV32 whose only transaction pays SAT. */
static BtcBlock *
make_block (const guint8 prev32[32], guint32 height, gint64 sat)
{
  const MakeBlock make = { .prev32 = prev32, .height = height, .sat = sat, .bits = 0x207fffff };

  return make_block_of (&make);
}

static void
write_record (GByteArray *out, guint32 height, const guint8 hash32[32], GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  btc_write_u32 (out, height);
  btc_write_data (out, hash32, 32);
  btc_write_u32 (out, (guint32) len);
  btc_write_data (out, data, len);
}

/* Parses a reply with these bytes. */
static WalletChainBlocks *
read_blocks (GByteArray *out, guint32 count, const guint8 *after32, guint limit)
{
  g_autoptr (GVariant) answer = g_variant_ref_sink (g_variant_new ("(uh)", count, 0));
  g_autoptr (GBytes) bulk = g_byte_array_free_to_bytes (out);
  g_autoptr (GError) error = NULL;
  WalletChainBlocks *blocks = wallet_chain_wire_blocks (answer, bulk, after32, limit, params, &error);

  if (blocks == NULL)
    g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER);
  return blocks;
}

typedef struct {
  const guint8 *after32;
  guint32 first, second; /* heights */
  guint32 at;            /* the height in the coinbase of the second block; 0: its own */
  guint32 count;
  guint limit;
  gboolean wrong_hash, wrong_order, cut, bad_merkle, bad_amount, no_work, easy, witness;
} Case;

static WalletChainBlocks *
run_case (const Case *c)
{
  static const guint8 start32[32] = { 5 };
  g_autoptr (BtcBlock) one = make_block (start32, c->first, BTC_COIN);
  const MakeBlock second_block = { .prev32 = one->hash32,
                                   .height = c->at != 0 ? c->at : c->second,
                                   .sat = c->bad_amount ? BTC_MAX_MONEY + 1 : BTC_COIN,
                                   .bits = c->easy ? 0x2100ffff : 0x207fffff,
                                   .no_work = c->no_work,
                                   .witness = c->witness };
  g_autoptr (BtcBlock) two = make_block_of (&second_block);
  const BtcBlock *first = c->wrong_order ? two : one, *second = c->wrong_order ? one : two;
  g_autoptr (GBytes) bytes = g_bytes_ref (second->bytes);
  GByteArray *out = g_byte_array_new ();

  if (c->bad_merkle) {
    gsize len;
    g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, &len), g_bytes_get_size (bytes));
    copy[len - 5] ^= 1; /* in the script of the output */
    g_bytes_unref (bytes);
    bytes = g_bytes_new (copy, len);
  }
  write_record (out, c->first, c->wrong_hash ? start32 : first->hash32, first->bytes);
  write_record (out, c->second, second->hash32, bytes);
  if (c->cut)
    g_byte_array_set_size (out, out->len - 1);
  return read_blocks (out, c->count, c->after32 != NULL ? c->after32 : start32, c->limit);
}

static void
test_blocks (void)
{
  g_autoptr (WalletChainBlocks) empty = NULL;
  static const guint8 other32[32] = { 6 };
  const Case good = { .first = 8, .second = 9, .count = 2, .limit = 2 };
  Case bad[16];
  guint n = 0;
  g_autoptr (WalletChainBlocks) blocks = run_case (&good);

  g_assert_nonnull (blocks);
  g_assert_cmpint (blocks->first_height, ==, 8);
  g_assert_cmpuint (blocks->blocks->len, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    bad[i] = good;
  bad[n++].after32 = other32;
  bad[n++].second = 10;
  bad[n].first = WALLET_CHAIN_MAX_HEIGHT;
  bad[n++].second = WALLET_CHAIN_MAX_HEIGHT + 1;
  bad[n++].first = G_MAXUINT32;
  bad[n++].count = 1;
  bad[n++].count = 3;
  bad[n++].limit = 1;
  bad[n++].wrong_hash = TRUE;
  bad[n++].wrong_order = TRUE;
  bad[n++].cut = TRUE;
  bad[n++].bad_merkle = TRUE;
  bad[n++].bad_amount = TRUE;
  bad[n++].no_work = TRUE;
  bad[n].no_work = TRUE;
  bad[n++].easy = TRUE;
  bad[n++].witness = TRUE;
  bad[n++].at = 10;
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (bad));
  for (guint i = 0; i < n; i++) {
    g_autoptr (WalletChainBlocks) none = run_case (&bad[i]);
    g_test_message ("case %u", i);
    g_assert_null (none);
  }
  empty = read_blocks (g_byte_array_new (), 0, other32, 5);
  g_assert_nonnull (empty);
}

/* A duplicated transaction gives the same merkle root: the block is not the one that its header commits to. */
static void
test_mutated (void)
{
  static const guint8 start32[32] = { 5 };
  g_autoptr (BtcBlock) block = make_block (start32, 4, BTC_COIN);
  g_autoptr (GVariant) answer = g_variant_ref_sink (g_variant_new ("(ubh)", 4u, TRUE, 0));
  g_autoptr (GError) error = NULL;
  GByteArray *out = g_byte_array_new ();
  guint8 hashes[64];
  BtcHeader header = block->header;

  memcpy (hashes, block->txs[0].txid32, 32);
  memcpy (hashes + 32, block->txs[0].txid32, 32);
  btc_merkle_root (hashes, 2, header.merkle_root32, NULL);
  write_header (&header, FALSE, out);
  btc_write_compact (out, 2);
  for (guint i = 0; i < 2; i++)
    btc_write_data (out, block->txs[0].bytes.data, block->txs[0].bytes.len);
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (out);
  g_autoptr (BtcBlock) mutated = btc_block_new (bytes);
  g_assert_null (wallet_chain_wire_block (answer, bytes, mutated->hash32, params, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER);
  /* And a block other than the requested one. */
  g_clear_error (&error);
  g_assert_null (wallet_chain_wire_block (answer, block->bytes, start32, params, &error));
  g_assert_error (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER);
  g_clear_error (&error);
  g_autoptr (WalletChainBlock) good = wallet_chain_wire_block (answer, block->bytes, block->hash32, params, &error);
  g_assert_no_error (error);
  g_assert_cmpint (good->height, ==, 4);
}

/* The first block of a chain is the genesis block of the network, with all the work that it claims. */
static void
test_genesis (void)
{
  static const guint8 zeros32[32];
  g_autoptr (GBytes) bytes = g_bytes_new (params->genesis_bytes, params->genesis_len);
  g_autoptr (BtcBlock) other = make_block (zeros32, 0, BTC_COIN);

  for (guint i = 0; i < 2; i++) {
    GByteArray *out = g_byte_array_new ();
    write_record (out, 0, i == 0 ? params->genesis_hash32 : other->hash32, i == 0 ? bytes : other->bytes);
    g_autoptr (GVariant) answer = g_variant_ref_sink (g_variant_new ("(uh)", 1, 0));
    g_autoptr (GBytes) bulk = g_byte_array_free_to_bytes (out);
    g_autoptr (GError) error = NULL;
    g_autoptr (WalletChainBlocks) blocks = wallet_chain_wire_blocks (answer, bulk, NULL, 5, params, &error);
    g_assert_true ((blocks != NULL) == (i == 0));
    g_assert_true (blocks != NULL || g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER));
  }
}

static void
test_small (void)
{
  static const guint8 hash32[32] = { 5 };
  static const struct {
    guint32 height;
    gsize hash_len;
    gboolean good;
  } tips[] = {
    { 7, 32, TRUE },
    { WALLET_CHAIN_MAX_HEIGHT, 32, TRUE },
    { WALLET_CHAIN_MAX_HEIGHT + 1u, 32, FALSE },
    { 7, 31, FALSE },
    { 7, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tips); i++) {
    GVariant *hash = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, hash32, tips[i].hash_len, 1);
    g_autoptr (GVariant) tip = g_variant_ref_sink (
        g_variant_new ("(tu@ayt)", G_GUINT64_CONSTANT (1), tips[i].height, hash, G_GUINT64_CONSTANT (2)));
    g_autoptr (GError) error = NULL;
    g_autofree WalletChainTip *got = wallet_chain_wire_tip (tip, &error);
    g_assert_true ((got != NULL) == tips[i].good);
    g_assert_true (got != NULL || g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER));
  }
}

static void
test_mempool (void)
{
  static const guint8 start32[32] = { 5 };

  for (guint i = 0; i < 4; i++) {
    g_autoptr (BtcBlock) block = make_block (start32, 1, i == 1 ? -1 : BTC_COIN);
    GByteArray *out = g_byte_array_new ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) answer
        = g_variant_ref_sink (g_variant_new ("(t(tt)ubh)", G_GUINT64_CONSTANT (1), G_GUINT64_CONSTANT (2),
                                             G_GUINT64_CONSTANT (3), i == 2 ? 2u : 1u, TRUE, 0));
    btc_write_u32 (out, (guint32) block->txs[0].bytes.len);
    btc_write_data (out, block->txs[0].bytes.data, block->txs[0].bytes.len - (i == 3 ? 1 : 0));
    g_autoptr (GBytes) bulk = g_byte_array_free_to_bytes (out);
    g_autoptr (WalletChainMempool) mempool = wallet_chain_wire_mempool (answer, bulk, &error);
    g_assert_true ((mempool != NULL) == (i == 0));
    g_assert_true (mempool != NULL || g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER));
  }
}

static void
test_ancestors (void)
{
  static const struct {
    const char *ids; /* in the reply; requested were a, b and c */
    guint32 count;
    guint64 vsize;
    gint64 fees;
    gboolean good;
  } cases[] = {
    { "", 1, 1, 0, TRUE },
    { "abc", 1, 110, 500, TRUE },
    { "ac", 2, 300, -500, TRUE },
    { "a", WALLET_CHAIN_MAX_ANCESTORS, G_MAXUINT32, WALLET_CHAIN_MAX_ANCESTORS * 2 * BTC_MAX_MONEY, TRUE },
    { "a", 1, 110, -2 * BTC_MAX_MONEY, TRUE },
    { "a", 0, 110, 500, FALSE },
    { "a", WALLET_CHAIN_MAX_ANCESTORS + 1, 110000, 500, FALSE },
    { "a", G_MAXUINT32, G_MAXUINT64, 500, FALSE },
    { "a", 2, 1, 500, FALSE },
    { "a", 1, 0, 500, FALSE },
    { "a", 1, G_MAXUINT32 + G_GUINT64_CONSTANT (1), 500, FALSE },
    { "a", 1, G_MAXUINT64, 500, FALSE },
    { "a", 1, 110, 2 * BTC_MAX_MONEY + 1, FALSE },
    { "a", 1, 110, -2 * BTC_MAX_MONEY - 1, FALSE },
    { "a", 1, 110, G_MAXINT64, FALSE },
    { "a", 1, 110, G_MININT64, FALSE },
    { "ca", 1, 110, 500, FALSE },
    { "aa", 1, 110, 500, FALSE },
    { "d", 1, 110, 500, FALSE },
    { "abcd", 1, 110, 500, FALSE },
    { "-", 1, 110, 500, FALSE }, /* an ID of 31 bytes */
  };
  guint8 asked[96];
  g_autoptr (GBytes) txids = NULL;

  for (guint i = 0; i < sizeof asked; i++)
    asked[i] = (guint8) ('a' + i / 32);
  txids = g_bytes_new (asked, sizeof asked);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ayutx)"));
    g_autoptr (GError) error = NULL;
    for (const char *id = cases[i].ids; *id != '\0'; id++) {
      guint8 txid[32];
      memset (txid, *id, sizeof txid);
      g_variant_builder_add (&rows, "(@ayutx)",
                             g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, txid, *id == '-' ? 31 : 32, 1),
                             cases[i].count, cases[i].vsize, cases[i].fees);
    }
    g_autoptr (GVariant) answer = g_variant_ref_sink (g_variant_new ("(a(ayutx))", &rows));
    g_autoptr (GArray) list = wallet_chain_wire_ancestors (answer, txids, &error);
    g_test_message ("case %u", i);
    g_assert_true ((list != NULL) == cases[i].good);
    g_assert_true (list != NULL || g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER));
    g_assert_true (list == NULL || list->len == strlen (cases[i].ids));
  }
}

/* Whether events with these bytes are accepted. */
static gboolean
accepts_events (const guint8 *bytes, gsize len, guint32 count, guint64 last, gboolean resync)
{
  const WalletChainCursor after = { 7, 100 };
  g_autoptr (GVariant) answer = g_variant_ref_sink (g_variant_new (
      "((tt)bu@ay)", after.log, last, resync, count, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, len, 1)));
  g_autoptr (GError) error = NULL;
  g_autoptr (WalletChainEvents) events = wallet_chain_wire_events (answer, &after, &error);

  g_assert_true (events != NULL || g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER));
  /* For a caller who has seen none, only where to begin. */
  g_autoptr (WalletChainEvents) first = wallet_chain_wire_events (answer, NULL, NULL);
  g_assert_true ((first != NULL) == (resync && events != NULL));
  return events != NULL;
}

static void
test_events (void)
{
  guint8 block[37] = { WALLET_CHAIN_EVENT_CONNECTED, 9 }, removed[42] = { WALLET_CHAIN_EVENT_REMOVED };
  guint8 unknown[37] = { 4 }, high[37] = { WALLET_CHAIN_EVENT_CONNECTED, 255, 255, 255, 255 };
  guint8 added[20] = { WALLET_CHAIN_EVENT_ADDED, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0 };

  g_assert_true (accepts_events (block, sizeof block, 1, 101, FALSE));
  g_assert_true (accepts_events (removed, sizeof removed, 1, 101, FALSE));
  g_assert_true (accepts_events (NULL, 0, 0, 100, FALSE));
  g_assert_true (accepts_events (NULL, 0, 0, 5, TRUE));
  g_assert_false (accepts_events (block, sizeof block, 1, 102, FALSE));
  g_assert_false (accepts_events (block, sizeof block, 2, 102, FALSE));
  g_assert_false (accepts_events (block, sizeof block, 1, 101, TRUE));
  g_assert_false (accepts_events (block, sizeof block - 1, 1, 101, FALSE));
  g_assert_false (accepts_events (removed, sizeof removed - 1, 1, 101, FALSE));
  g_assert_false (accepts_events (unknown, sizeof unknown, 1, 101, FALSE));
  g_assert_false (accepts_events (high, sizeof high, 1, 101, FALSE));
  g_assert_false (accepts_events (added, sizeof added, 1, 101, FALSE));
}

static void
test_estimate (void)
{
  static const struct {
    const char *text;
    gboolean good;
    gboolean estimated;
  } cases[] = {
    { "{'fee_rate': <uint64 1500>, 'minimum': <uint64 1000>}", TRUE, TRUE },
    { "{'fee_rate': <uint64 2100000000000000>, 'minimum': <uint64 2100000000000000>}", TRUE, TRUE },
    { "{'minimum': <uint64 1000>}", TRUE, FALSE },
    { "{'minimum': <uint64 0>, 'more': <'x'>}", TRUE, FALSE },
    { "@a{sv} {}", FALSE },
    { "{'fee_rate': <uint64 1500>}", FALSE },
    { "{'fee_rate': <uint64 0>, 'minimum': <uint64 1000>}", FALSE },
    { "{'fee_rate': <'1500'>, 'minimum': <uint64 1000>}", FALSE },
    { "{'fee_rate': <uint64 1500>, 'minimum': <int64 1000>}", FALSE },
    { "{'fee_rate': <uint64 2100000000000001>, 'minimum': <uint64 1000>}", FALSE },
    { "{'minimum': <uint64 2100000000000001>}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) record = g_variant_parse (NULL, cases[i].text, NULL, NULL, NULL);
    g_autoptr (GVariant) answer = g_variant_ref_sink (g_variant_new ("(@a{sv})", record));
    g_autofree WalletChainEstimate *estimate = wallet_chain_wire_estimate (answer, &error);
    g_test_message ("%s", cases[i].text);
    g_assert_true ((estimate != NULL) == cases[i].good);
    g_assert_true (estimate != NULL || g_error_matches (error, BUS_ERROR, BUS_ERROR_INVALID_ANSWER));
    g_assert_true (estimate == NULL || estimate->estimated == cases[i].estimated);
  }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  params = btc_params_new (BTC_NETWORK_REGTEST);
  g_test_add_func ("/wallet/chain-wire/genesis", test_genesis);
  g_test_add_func ("/wallet/chain-wire/blocks", test_blocks);
  g_test_add_func ("/wallet/chain-wire/mutated", test_mutated);
  g_test_add_func ("/wallet/chain-wire/small", test_small);
  g_test_add_func ("/wallet/chain-wire/mempool", test_mempool);
  g_test_add_func ("/wallet/chain-wire/ancestors", test_ancestors);
  g_test_add_func ("/wallet/chain-wire/events", test_events);
  g_test_add_func ("/wallet/chain-wire/estimate", test_estimate);
  result = g_test_run ();
  btc_params_free (params);
  return result;
}
