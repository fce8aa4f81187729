#include "bitcoin/consensus/versionbits.h"

#include <string.h>

#define PERIOD 144
#define THRESHOLD 108
#define SIGNAL (0x20000000 | 1 << 28)
#define START_S 1300000000

typedef struct {
  BtcHeader headers[PERIOD * 8];
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

/* N more blocks, the first SIGNALS of which signal; one second apart. */
static void
grow (Branch *branch, guint32 n, guint32 signals)
{
  for (guint32 i = 0; i < n; i++) {
    BtcHeader *header = &branch->headers[branch->n];

    header->version = i < signals ? SIGNAL : 0x20000000;
    header->time = START_S + branch->n;
    branch->n++;
  }
}

static void
assert_state (const Branch *branch, const BtcDeployment *deployment, BtcDeploymentState wanted, guint32 wanted_since)
{
  BtcPrevContext tip = tip_of (branch);
  guint32 since;

  g_assert_cmpint (btc_deployment_state_after (deployment, &tip, &since), ==, wanted);
  g_assert_cmpuint (since, ==, wanted_since);
}

static BtcDeployment
make_deployment (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  return params->testdummy;
}

static void
test_to_active (void)
{
  BtcDeployment deployment = make_deployment ();
  g_autofree Branch *branch = g_new0 (Branch, 1);

  g_assert_cmpint (btc_deployment_state_after (&deployment, NULL, NULL), ==, BTC_DEPLOYMENT_DEFINED);
  grow (branch, PERIOD - 1, PERIOD);
  assert_state (branch, &deployment, BTC_DEPLOYMENT_DEFINED, 0);
  grow (branch, 1, 1);
  assert_state (branch, &deployment, BTC_DEPLOYMENT_STARTED, PERIOD);
  grow (branch, PERIOD, THRESHOLD - 1);
  assert_state (branch, &deployment, BTC_DEPLOYMENT_STARTED, PERIOD);
  grow (branch, PERIOD - 1, THRESHOLD);
  assert_state (branch, &deployment, BTC_DEPLOYMENT_STARTED, PERIOD);
  grow (branch, 1, 0);
  assert_state (branch, &deployment, BTC_DEPLOYMENT_LOCKED_IN, PERIOD * 3);
  grow (branch, PERIOD - 1, 0);
  assert_state (branch, &deployment, BTC_DEPLOYMENT_LOCKED_IN, PERIOD * 3);
  grow (branch, PERIOD, 0);
  assert_state (branch, &deployment, BTC_DEPLOYMENT_ACTIVE, PERIOD * 4);
}

static void
test_timeout_and_height (void)
{
  BtcDeployment deployment = make_deployment ();
  g_autofree Branch *branch = g_new0 (Branch, 1);

  grow (branch, PERIOD, 0);
  grow (branch, PERIOD, THRESHOLD);
  /* Enough signals in the period in which the timeout passes: locking in takes precedence. */
  deployment.timeout_s = START_S;
  assert_state (branch, &deployment, BTC_DEPLOYMENT_LOCKED_IN, PERIOD * 2);
  deployment.threshold = PERIOD + 1;
  assert_state (branch, &deployment, BTC_DEPLOYMENT_FAILED, PERIOD * 2);
  deployment.threshold = THRESHOLD;
  deployment.min_activation_height = PERIOD * 4;
  grow (branch, PERIOD * 2 - 1, 0);
  assert_state (branch, &deployment, BTC_DEPLOYMENT_LOCKED_IN, PERIOD * 2);
  grow (branch, 1, 0);
  assert_state (branch, &deployment, BTC_DEPLOYMENT_ACTIVE, PERIOD * 4);
  /* The start is a median time past, which lags six blocks behind here. */
  deployment.start_time_s = START_S + PERIOD - 6;
  assert_state (branch, &deployment, BTC_DEPLOYMENT_ACTIVE, PERIOD * 4);
  deployment.start_time_s++;
  assert_state (branch, &deployment, BTC_DEPLOYMENT_FAILED, PERIOD * 3);
}

static void
test_special_starts (void)
{
  BtcDeployment deployment = make_deployment ();
  g_autofree Branch *branch = g_new0 (Branch, 1);

  grow (branch, 3, 3);
  deployment.start_time_s = BTC_DEPLOYMENT_ALWAYS_ACTIVE;
  assert_state (branch, &deployment, BTC_DEPLOYMENT_ACTIVE, 0);
  deployment.start_time_s = BTC_DEPLOYMENT_NEVER_ACTIVE;
  assert_state (branch, &deployment, BTC_DEPLOYMENT_FAILED, 0);
}

static void
test_statistics (void)
{
  BtcDeployment deployment = make_deployment ();
  g_autofree Branch *branch = g_new0 (Branch, 1);
  g_autoptr (GString) signalling = g_string_new (NULL);
  BtcDeploymentStatistics statistics;
  BtcPrevContext tip;

  grow (branch, PERIOD, PERIOD);
  grow (branch, 5, 2);
  branch->headers[PERIOD].version = (gint32) 0x90000000; /* the bit is set, but not the top bits of BIP 9 */
  tip = tip_of (branch);
  btc_deployment_statistics (&deployment, &tip, &statistics, signalling);
  g_assert_cmpuint (statistics.elapsed, ==, 5);
  g_assert_cmpuint (statistics.count, ==, 1);
  g_assert_true (statistics.possible);
  g_assert_cmpstr (signalling->str, ==, "-#---");
  grow (branch, 33, 0);
  tip = tip_of (branch);
  btc_deployment_statistics (&deployment, &tip, &statistics, NULL);
  g_assert_false (statistics.possible);
}

static void
test_block_version (void)
{
  g_autoptr (BtcParams) params = btc_params_new (BTC_NETWORK_REGTEST);
  g_autofree Branch *branch = g_new0 (Branch, 1);
  BtcPrevContext tip;

  grow (branch, 1, 0);
  tip = tip_of (branch);
  g_assert_cmphex ((guint32) btc_deployment_block_version (params, &tip), ==, 0x20000000);
  grow (branch, PERIOD - 1, 0);
  tip = tip_of (branch);
  g_assert_cmphex ((guint32) btc_deployment_block_version (params, &tip), ==, SIGNAL);
  params->testdummy.start_time_s = BTC_DEPLOYMENT_ALWAYS_ACTIVE;
  g_assert_cmphex ((guint32) btc_deployment_block_version (params, &tip), ==, 0x20000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/versionbits/to-active", test_to_active);
  g_test_add_func ("/versionbits/timeout-and-height", test_timeout_and_height);
  g_test_add_func ("/versionbits/special-starts", test_special_starts);
  g_test_add_func ("/versionbits/statistics", test_statistics);
  g_test_add_func ("/versionbits/block-version", test_block_version);
  return g_test_run ();
}
