/* Filters of real blocks (BIP 158): each is built from the block and the scripts that it spends, and matched. */
#include <stdio.h>
#include <string.h>

#include "bitcoin/primitives/block_filter.h"
#include "common/hex.h"
#include "support.h"

/* Each case is a list: height, block hash, block, scripts spent, previous header, filter, header, notes. */
enum {
  CASE_HASH = 1,
  CASE_BLOCK,
  CASE_SPENT,
  CASE_PREV_HEADER,
  CASE_FILTER,
  CASE_HEADER,
};

static void
read_hash (const RpcJson *json, guint8 hash32[32])
{
  g_assert_true (common_hex_decode_reversed (rpc_json_string (json), hash32, 32));
}

static BtcSpan
span_of (GBytes *bytes)
{
  BtcSpan span;
  span.data = g_bytes_get_data (bytes, &span.len);
  return span;
}

/* Each script that is in the filter is found, alone and among others. */
static void
check_matches (const BtcBlock *block, BtcSpan filter, const BtcSpan *spent, gsize n_spent)
{
  static const guint8 stranger[] = "no script of any block";
  BtcSpan query[2] = { { stranger, sizeof stranger } };
  gboolean match;

  for (gsize i = 0; i < n_spent; i++) {
    query[1] = spent[i];
    g_assert_true (btc_block_filter_match_any (block->hash32, filter, query + 1, 1, &match));
    g_assert_cmpint (match, ==, spent[i].len > 0);
    g_assert_true (btc_block_filter_match_any (block->hash32, filter, query, 2, &match));
    g_assert_cmpint (match, ==, spent[i].len > 0);
  }
  g_assert_true (btc_block_filter_match_any (block->hash32, filter, query, 1, &match));
  g_assert_false (match);
}

static void
check_damaged (const BtcBlock *block, BtcSpan filter)
{
  g_autofree guint8 *longer = g_malloc0 (filter.len + 1);

  g_assert_true (btc_block_filter_check (block->hash32, filter));
  memcpy (longer, filter.data, filter.len);
  g_assert_false (btc_block_filter_check (block->hash32, (BtcSpan){ longer, filter.len + 1 }));
  if (filter.len > 1)
    g_assert_false (btc_block_filter_check (block->hash32, (BtcSpan){ longer, filter.len - 1 }));
  g_assert_false (btc_block_filter_check (block->hash32, (BtcSpan){ longer, 0 }));
}

static void
check_case (const RpcJson *one)
{
  g_autoptr (GBytes) bytes = vectors_bytes (rpc_json_at (one, CASE_BLOCK));
  g_autoptr (GBytes) expected = vectors_bytes (rpc_json_at (one, CASE_FILTER));
  g_autoptr (GPtrArray) scripts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GArray) spent = g_array_new (FALSE, FALSE, sizeof (BtcSpan));
  g_autoptr (GByteArray) filter = g_byte_array_new ();
  g_autoptr (BtcBlock) block = btc_block_new (bytes);
  guint8 block32[32], prev32[32], header32[32], hash32[32], found32[32];

  g_assert_nonnull (block);
  read_hash (rpc_json_at (one, CASE_HASH), block32);
  read_hash (rpc_json_at (one, CASE_PREV_HEADER), prev32);
  read_hash (rpc_json_at (one, CASE_HEADER), header32);
  g_assert_cmpmem (block->hash32, 32, block32, 32);
  for (gsize i = 0; i < rpc_json_len (rpc_json_at (one, CASE_SPENT)); i++) {
    GBytes *script = vectors_bytes (rpc_json_at (rpc_json_at (one, CASE_SPENT), i));
    BtcSpan span = span_of (script);
    g_ptr_array_add (scripts, script);
    g_array_append_val (spent, span);
  }
  btc_block_filter_write (block, (const BtcSpan *) (gconstpointer) spent->data, spent->len, filter);
  g_assert_cmpmem (filter->data, filter->len, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
  btc_block_filter_hash (span_of (expected), hash32);
  btc_block_filter_header (hash32, prev32, found32);
  g_assert_cmpmem (found32, 32, header32, 32);
  check_matches (block, span_of (expected), (const BtcSpan *) (gconstpointer) spent->data, spent->len);
  check_damaged (block, span_of (expected));
}

static guint
check_file (const char *folder, const char *name, gboolean *found)
{
  g_autoptr (GPtrArray) paths = vectors_find (folder, name);
  g_autoptr (RpcJson) cases = NULL;

  if (paths->len == 0)
    return 0;
  *found = TRUE;
  cases = vectors_load_json (paths->pdata[0]);
  /* The first row has the names of the columns. */
  for (gsize i = 1; i < rpc_json_len (cases); i++) {
    vectors_name_case ("%s, row %" G_GSIZE_FORMAT, name, i);
    check_case (rpc_json_at (cases, i));
  }
  return MAX (rpc_json_len (cases), 1) - 1;
}

int
main (void)
{
  gboolean found = FALSE;
  guint n = check_file ("core", "blockfilters.json", &found) + check_file ("bips", "bip-0158_testnet-19.json", &found);

  if (!found)
    return vectors_skip ("core", "blockfilters.json");
  printf ("%u cases\n", n);
  return n > 0 ? 0 : 1;
}
