/* headers/NET_FROM-TO.bin: consecutive real headers of 80 bytes, checked as a chain: links, proof of work, difficulty,
 * median time past, versions; headers/NET_retarget_boundaries_*.bin: records of height (u32), header, chain work (32
 * bytes, big-endian) on both sides of each retarget. */
#include "support.h"

#include "bitcoin/consensus/block_check.h"

#include <stdio.h>
#include <string.h>

#define RECORD_SIZE (4 + BTC_HEADER_SIZE + 32)

/* Headers by height; others are not known. */
typedef struct {
  GHashTable *by_height;
} Known;

static const BtcHeader *
ancestor (gconstpointer data, guint32 height)
{
  const Known *known = data;

  return g_hash_table_lookup (known->by_height, GUINT_TO_POINTER (height));
}

/* FALSE when the block before HEIGHT has too few known ancestors. */
static gboolean
median_before (const Known *known, guint32 height, gint64 *median)
{
  guint32 times[BTC_MEDIAN_TIME_SPAN];
  gsize n = MIN (height, BTC_MEDIAN_TIME_SPAN);

  for (gsize i = 0; i < n; i++) {
    const BtcHeader *header = ancestor (known, height - 1 - i);

    if (header == NULL)
      return FALSE;
    times[i] = header->time;
  }
  *median = btc_median_time (times, n);
  return TRUE;
}

/* Whether the file has all headers that determine the difficulty at HEIGHT. */
static gboolean
difficulty_is_known (const Known *known, const BtcParams *params, guint32 height)
{
  guint32 interval = btc_params_retarget_interval (params);

  if (height % interval == 0 || params->pow_min_difficulty)
    return ancestor (known, (height - 1) / interval * interval) != NULL;
  return TRUE;
}

static void
check_header (const Known *known, const BtcParams *params, guint32 height, const char *name, guint *n_full)
{
  const BtcHeader *header = ancestor (known, height);
  const BtcHeader *before = height > 0 ? ancestor (known, height - 1) : NULL;
  BtcPrevContext prev = { height - 1, before, 0, ancestor, known };
  BtcVerdict verdict = { 0 };
  guint8 hash32[32];

  btc_header_hash (header, hash32);
  vectors_check (btc_header_check_pow (header, hash32, params, &verdict), "%s %u: high-hash", name, height);
  if (height == 0)
    vectors_check (memcmp (hash32, params->genesis_hash32, 32) == 0, "%s: genesis", name);
  if (before == NULL)
    return;
  btc_header_hash (before, hash32);
  vectors_check (memcmp (hash32, header->prev32, 32) == 0, "%s %u: link", name, height);
  if (!difficulty_is_known (known, params, height) || !median_before (known, height, &prev.median_time_past))
    return;
  vectors_check (btc_header_check_contextual (header, &prev, header->time, params, &verdict), "%s %u: %s", name, height,
                 verdict.reason);
  vectors_check (btc_permitted_difficulty_transition (params, height, before->bits, header->bits), "%s %u: transition",
                 name, height);
  (*n_full)++;
}

static void
run_chain (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GByteArray) bytes = vectors_load (path);
  g_autoptr (BtcParams) params = btc_params_new (vectors_network (name));
  g_autoptr (GHashTable) by_height = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Known known = { by_height };
  guint32 n = bytes->len / BTC_HEADER_SIZE;
  guint first, n_full = 0;

  g_assert_cmpint (sscanf (strchr (name, '_'), "_%u-", &first), ==, 1);
  g_assert_cmpuint (bytes->len % BTC_HEADER_SIZE, ==, 0);
  for (guint32 i = 0; i < n; i++) {
    BtcHeader *header = g_new (BtcHeader, 1);

    btc_header_parse (header, bytes->data + (gsize) i * BTC_HEADER_SIZE);
    g_hash_table_insert (by_height, GUINT_TO_POINTER (first + i), header);
  }
  for (guint32 i = 0; i < n; i++)
    check_header (&known, params, first + i, name, &n_full);
  g_print ("%s: %u headers, %u with all rules\n", name, n, n_full);
}

static void
check_work (const BtcUint256 *before, guint32 bits, guint32 blocks, const BtcUint256 *after, guint32 height)
{
  BtcUint256 work, sum;

  btc_header_work (bits, &work);
  btc_uint256_mul_u32 (&work, &work, blocks);
  btc_uint256_add (&sum, before, &work);
  vectors_check (btc_uint256_compare (&sum, after) == 0, "chain work at %u", height);
}

static void
run_boundaries (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GByteArray) bytes = vectors_load (path);
  g_autoptr (BtcParams) params = btc_params_new (vectors_network (name));
  g_autoptr (GHashTable) by_height = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Known known = { by_height };
  guint32 n = bytes->len / RECORD_SIZE, before_height = 0;
  BtcUint256 before_work = { { 0 } };
  guint n_retargets = 0;

  g_assert_cmpuint (bytes->len % RECORD_SIZE, ==, 0);
  for (guint32 i = 0; i < n; i++) {
    const guint8 *record = bytes->data + (gsize) i * RECORD_SIZE;
    BtcHeader *header = g_new (BtcHeader, 1);
    guint32 height = btc_get_u32 (record);
    guint8 work_le32[32], hash32[32];
    BtcUint256 work;
    BtcVerdict verdict;

    btc_header_parse (header, record + 4);
    g_hash_table_insert (by_height, GUINT_TO_POINTER (height), header);
    btc_header_hash (header, hash32);
    vectors_check (btc_header_check_pow (header, hash32, params, &verdict), "%s %u: high-hash", name, height);
    for (guint j = 0; j < 32; j++)
      work_le32[j] = record[4 + BTC_HEADER_SIZE + 31 - j];
    btc_uint256_from_le (&work, work_le32);
    if (i > 0) /* all blocks since the record before have the difficulty of this one */
      check_work (&before_work, header->bits, height - before_height, &work, height);
    if (i > 0 && height % btc_params_retarget_interval (params) == 0) {
      BtcPrevContext prev = { height - 1, ancestor (&known, height - 1), 0, ancestor, &known };

      vectors_check (btc_next_work_required (&prev, header, params) == header->bits, "%s %u: bits", name, height);
      n_retargets++;
    }
    before_work = work;
    before_height = height;
  }
  g_print ("%s: %u records, %u retargets\n", name, n, n_retargets);
}

int
main (void)
{
  g_autoptr (GPtrArray) chains = vectors_find ("headers", "*_*-*.bin");
  g_autoptr (GPtrArray) boundaries = vectors_find ("headers", "*_retarget_boundaries_*.bin");

  if (chains->len + boundaries->len == 0)
    return vectors_skip ("headers", "*.bin");
  for (guint i = 0; i < chains->len; i++)
    run_chain (chains->pdata[i]);
  for (guint i = 0; i < boundaries->len; i++)
    run_boundaries (boundaries->pdata[i]);
  return vectors_finish ("headers");
}
