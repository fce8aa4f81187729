#include "common/log_category.h"

static const char *const category_names[COMMON_LOG_N_CATEGORIES] = {
  [COMMON_LOG_ADDRMAN] = "addrman",
  [COMMON_LOG_BENCH] = "bench",
  [COMMON_LOG_BLOCKSTORAGE] = "blockstorage",
  [COMMON_LOG_CMPCTBLOCK] = "cmpctblock",
  [COMMON_LOG_COINDB] = "coindb",
  [COMMON_LOG_ESTIMATEFEE] = "estimatefee",
  [COMMON_LOG_HTTP] = "http",
  [COMMON_LOG_I2P] = "i2p",
  [COMMON_LOG_IPC] = "ipc",
  [COMMON_LOG_KERNEL] = "kernel",
  [COMMON_LOG_LEVELDB] = "leveldb",
  [COMMON_LOG_LOOP] = "loop",
  [COMMON_LOG_MEMPOOL] = "mempool",
  [COMMON_LOG_MEMPOOLREJ] = "mempoolrej",
  [COMMON_LOG_NET] = "net",
  [COMMON_LOG_PRIVATEBROADCAST] = "privatebroadcast",
  [COMMON_LOG_PROXY] = "proxy",
  [COMMON_LOG_PRUNE] = "prune",
  [COMMON_LOG_QT] = "qt",
  [COMMON_LOG_RAND] = "rand",
  [COMMON_LOG_REINDEX] = "reindex",
  [COMMON_LOG_RPC] = "rpc",
  [COMMON_LOG_SCAN] = "scan",
  [COMMON_LOG_SELECTCOINS] = "selectcoins",
  [COMMON_LOG_TOR] = "tor",
  [COMMON_LOG_TXPACKAGES] = "txpackages",
  [COMMON_LOG_TXRECONCILIATION] = "txreconciliation",
  [COMMON_LOG_VALIDATION] = "validation",
  [COMMON_LOG_WALLETDB] = "walletdb",
  [COMMON_LOG_ZMQ] = "zmq",
};

G_STATIC_ASSERT (COMMON_LOG_N_CATEGORIES <= 31);
#define ALL_CATEGORIES ((1u << COMMON_LOG_N_CATEGORIES) - 1)

/* One bit for each category; atomic. */
static struct {
  guint enabled;
  guint quiet;     /* the level is "info" */
  guint own_level; /* the level was set for this category, and that of all others does not count */
} category_state;

static gboolean
find_category (const char *name, guint *bits)
{
  *bits = ALL_CATEGORIES;
  if (g_str_equal (name, "") || g_str_equal (name, "1") || g_str_equal (name, "all"))
    return TRUE;
  for (guint i = 0; i < COMMON_LOG_N_CATEGORIES; i++) {
    if (g_str_equal (name, category_names[i])) {
      *bits = 1u << i;
      return TRUE;
    }
  }
  return FALSE;
}

static void
set_bits (guint *word, guint bits, gboolean on)
{
  if (on)
    __atomic_or_fetch (word, bits, __ATOMIC_RELAXED);
  else
    __atomic_and_fetch (word, ~bits, __ATOMIC_RELAXED);
}

gboolean
common_log_enable (const char *name, gboolean enabled)
{
  guint bits;

  g_return_val_if_fail (name != NULL, FALSE);
  if (g_str_equal (name, "libevent")) /* once a category of the reference */
    return TRUE;
  if (!find_category (name, &bits))
    return FALSE;
  set_bits (&category_state.enabled, bits, enabled);
  return TRUE;
}

gboolean
common_log_enabled (CommonLogCategory category)
{
  guint on = __atomic_load_n (&category_state.enabled, __ATOMIC_RELAXED)
             & ~__atomic_load_n (&category_state.quiet, __ATOMIC_RELAXED);

  return (on >> category & 1) != 0;
}

gboolean
common_log_any_enabled (void)
{
  return __atomic_load_n (&category_state.enabled, __ATOMIC_RELAXED) != 0;
}

const char *
common_log_category_name (CommonLogCategory category)
{
  g_return_val_if_fail (category < COMMON_LOG_N_CATEGORIES, NULL);

  return category_names[category];
}

char *
common_log_dup_category_names (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < COMMON_LOG_N_CATEGORIES; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", category_names[i]);
  return g_string_free (text, FALSE);
}

gboolean
common_log_set_level (const char *name, const char *level)
{
  gboolean quiet = g_str_equal (level, "info");
  guint bits;

  g_return_val_if_fail (level != NULL, FALSE);
  if (!quiet && !g_str_equal (level, "debug") && !g_str_equal (level, "trace"))
    return FALSE;
  if (name == NULL) {
    set_bits (&category_state.quiet, ALL_CATEGORIES & ~__atomic_load_n (&category_state.own_level, __ATOMIC_RELAXED),
              quiet);
    return TRUE;
  }
  if (!find_category (name, &bits) || bits == ALL_CATEGORIES)
    return FALSE;
  set_bits (&category_state.own_level, bits, TRUE);
  set_bits (&category_state.quiet, bits, quiet);
  return TRUE;
}
