#include "bitcoin/consensus/block_check.h"

#include <string.h>

/* A branch made of whole headers, from height 0. */
typedef struct {
  BtcHeader headers[2 * 2016 + 1];
  guint32 n;
} Branch;

static const BtcHeader *
ancestor (gconstpointer data, guint32 height)
{
  const Branch *branch = data;

  return height < branch->n ? &branch->headers[height] : NULL;
}

static BtcPrevContext
tip_of (const Branch *branch)
{
  return (BtcPrevContext){ branch->n - 1, &branch->headers[branch->n - 1], 0, ancestor, branch };
}

static Branch *
make_branch (guint32 n, guint32 bits, guint32 spacing_s)
{
  Branch *branch = g_new0 (Branch, 1);

  branch->n = n;
  for (guint32 i = 0; i < n; i++) {
    branch->headers[i].version = 4;
    branch->headers[i].time = 1300000000 + i * spacing_s;
    branch->headers[i].bits = bits;
  }
  return branch;
}

static guint32
next_bits (const Branch *branch, const BtcParams *params, guint32 time)
{
  BtcPrevContext prev = tip_of (branch);
  BtcHeader header = { .time = time };

  return btc_next_work_required (&prev, &header, params);
}

static void
test_retarget (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_MAIN);
  g_autofree Branch *even = make_branch (2016, 0x1b0404cb, 600);
  g_autofree Branch *fast = make_branch (2016, 0x1b0404cb, 1);
  g_autofree Branch *slow = make_branch (2016, 0x1b0404cb, 100000);
  g_autofree Branch *limit = make_branch (2016, 0x1d00ffff, 1200);

  /* 2015 intervals, not 2016: slightly harder although the blocks are on schedule. */
  g_assert_cmphex (next_bits (even, params, 0), ==, 0x1b040448);
  g_assert_cmphex (next_bits (fast, params, 0), ==, 0x1b010132);
  g_assert_cmphex (next_bits (slow, params, 0), ==, 0x1b10132c);
  g_assert_cmphex (next_bits (limit, params, 0), ==, 0x1d00ffff);
  even->n = 2015;
  g_assert_cmphex (next_bits (even, params, 0), ==, 0x1b0404cb);
}

/* A negative timespan is clamped, too. */
static void
test_backwards (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_MAIN);
  g_autofree Branch *branch = make_branch (2016, 0x1b0404cb, 600);

  branch->headers[0].time = branch->headers[2015].time + 10;
  g_assert_cmphex (next_bits (branch, params, 0), ==, 0x1b010132);
}

static void
test_min_difficulty (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_TEST);
  g_autoptr (BtcParams) testnet4 = btc_params_new (BTC_NETWORK_TESTNET4);
  g_autofree Branch *branch = make_branch (2016, 0x1b0404cb, 600);
  guint32 last;

  branch->n = 100;
  last = branch->headers[99].time;
  g_assert_cmphex (next_bits (branch, params, last + 1200), ==, 0x1b0404cb);
  g_assert_cmphex (next_bits (branch, params, last + 1201), ==, 0x1d00ffff);
  /* Back past minimum-difficulty blocks to the last real difficulty. */
  for (guint i = 90; i < 100; i++)
    branch->headers[i].bits = 0x1d00ffff;
  g_assert_cmphex (next_bits (branch, params, last + 1), ==, 0x1b0404cb);
  /* Not beyond the start of the period. */
  for (guint i = 0; i < 100; i++)
    branch->headers[i].bits = 0x1d00ffff;
  g_assert_cmphex (next_bits (branch, params, last + 1), ==, 0x1d00ffff);
  /* A minimum-difficulty block at the end of a period: testnet3 loses the real difficulty, BIP 94 does not. */
  branch->n = 2016;
  for (guint i = 0; i < 2016; i++)
    branch->headers[i].bits = 0x1b0404cb;
  branch->headers[2015].bits = 0x1d00ffff;
  g_assert_cmphex (next_bits (branch, params, 0), ==, 0x1d00ffde);
  g_assert_cmphex (next_bits (branch, testnet4, 0), ==, 0x1b040448);
}

static void
test_regtest (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  g_autofree Branch *branch = make_branch (288, 0x207fffff, 1);

  g_assert_cmpuint (btc_params_retarget_interval (params), ==, 144);
  g_assert_cmphex (next_bits (branch, params, 0), ==, 0x207fffff);
}

static void
test_work (void)
{
  BtcUint256 work, expected;

  btc_header_work (0x1d00ffff, &work);
  btc_uint256_from_u64 (&expected, 0x100010001);
  g_assert_cmpint (btc_uint256_compare (&work, &expected), ==, 0);
  btc_header_work (0x207fffff, &work);
  btc_uint256_from_u64 (&expected, 2);
  g_assert_cmpint (btc_uint256_compare (&work, &expected), ==, 0);
  btc_header_work (0, &work);
  g_assert_true (btc_uint256_is_zero (&work));
  btc_header_work (0x1d80ffff, &work); /* negative */
  g_assert_true (btc_uint256_is_zero (&work));
  btc_header_work (0xff123456, &work); /* too large */
  g_assert_true (btc_uint256_is_zero (&work));
}

static void
test_targets (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_MAIN);
  BtcUint256 target;

  g_assert_true (btc_bits_to_target (0x1d00ffff, params, &target));
  g_assert_false (btc_bits_to_target (0x1d010000, params, &target)); /* above the limit */
  g_assert_false (btc_bits_to_target (0x1d80ffff, params, &target));
  g_assert_false (btc_bits_to_target (0x01003456, params, &target)); /* zero */
  g_assert_false (btc_bits_to_target (0xff123456, params, &target));
}

static void
test_median (void)
{
  static const guint32 times[] = { 9, 1, 8, 2, 7, 3, 6, 4, 5, 11, 10 };

  g_assert_cmpint (btc_median_time (times, 11), ==, 6);
  g_assert_cmpint (btc_median_time (times, 1), ==, 9);
  g_assert_cmpint (btc_median_time (times, 2), ==, 9); /* of an even number, the later */
  g_assert_cmpint (btc_median_time (times, 4), ==, 8);
}

static const char *
contextual (const BtcHeader *header, const Branch *branch, gint64 mtp, gint64 now_s, const BtcParams *params)
{
  BtcPrevContext prev = tip_of (branch);
  BtcVerdict verdict;

  prev.median_time_past = mtp;
  return btc_header_check_contextual (header, &prev, now_s, params, &verdict) ? "ok" : verdict.reason;
}

static void
test_contextual (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  g_autofree Branch *branch = make_branch (144, 0x207fffff, 600);
  guint32 last = branch->headers[143].time;
  BtcHeader header = { .version = 4, .time = last, .bits = 0x207fffff };

  g_assert_cmpstr (contextual (&header, branch, last - 1, last, params), ==, "ok");
  g_assert_cmpstr (contextual (&header, branch, last, last, params), ==, "time-too-old");
  g_assert_cmpstr (contextual (&header, branch, last - 1, (gint64) last - 7200, params), ==, "ok");
  g_assert_cmpstr (contextual (&header, branch, last - 1, (gint64) last - 7201, params), ==, "time-too-new");
  header.version = 3;
  g_assert_cmpstr (contextual (&header, branch, last - 1, last, params), ==, "bad-version(0x00000003)");
  header.version = -1;
  g_assert_cmpstr (contextual (&header, branch, last - 1, last, params), ==, "bad-version(0xffffffff)");
  header.version = 0x20000000;
  header.bits = 0x1d00ffff;
  g_assert_cmpstr (contextual (&header, branch, last - 1, last, params), ==, "bad-diffbits");
  header.bits = 0x207fffff;
  /* Only BIP 94 limits how far the time may go back from one period to the next; BIP 54 is not active anywhere. */
  header.time = last - 100000;
  g_assert_cmpstr (contextual (&header, branch, last - 200000, last, params), ==, "ok");
  params->bip94_timewarp = TRUE;
  header.time = last - 600;
  g_assert_cmpstr (contextual (&header, branch, last - 1000, last, params), ==, "ok");
  header.time = last - 601;
  g_assert_cmpstr (contextual (&header, branch, last - 1000, last, params), ==, "time-timewarp-attack");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pow/retarget", test_retarget);
  g_test_add_func ("/pow/backwards", test_backwards);
  g_test_add_func ("/pow/min-difficulty", test_min_difficulty);
  g_test_add_func ("/pow/regtest", test_regtest);
  g_test_add_func ("/pow/work", test_work);
  g_test_add_func ("/pow/targets", test_targets);
  g_test_add_func ("/pow/median", test_median);
  g_test_add_func ("/header-check/contextual", test_contextual);
  return g_test_run ();
}
