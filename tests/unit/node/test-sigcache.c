#include "node/chainstate/sigcache.h"

#include "common/random.h"

#include <string.h>

static void
test_seen (void)
{
  g_autoptr (NodeSigcache) cache = node_sigcache_new (1 << 16);
  const BtcSignatureCache *full = node_sigcache_get (cache);
  const BtcSignatureCache *read_only;
  guint8 key32[32] = { 1 }, other32[32] = { 2 }, third32[32] = { 3 };

  g_assert_false (full->seen (full->data, key32));
  g_assert_null (node_sigcache_get_read_only (cache)->seen);
  full->add (full->data, third32);
  read_only = node_sigcache_get_read_only (cache);
  read_only->add (read_only->data, key32);
  g_assert_false (full->seen (full->data, key32));
  full->add (full->data, key32);
  g_assert_true (full->seen (full->data, key32));
  g_assert_true (read_only->seen (read_only->data, key32));
  g_assert_false (full->seen (full->data, other32));
}

/* A key is found only as itself, however many share its bucket. */
static void
test_public_keys (void)
{
  g_autoptr (NodeSigcache) cache = node_sigcache_new (1 << 12);
  const BtcSignatureCache *read_only = node_sigcache_get_read_only (cache);
  guint8 key33[33] = { 0 }, parsed64[64] = { 0 };
  guint found = 0;

  g_assert_false (read_only->find_key (read_only->data, (const guint8[33]){ 2 }, parsed64));
  for (guint32 i = 0; i < 100000; i++) {
    key33[0] = 2 + i % 2;
    memcpy (key33 + 1, &i, sizeof i);
    memcpy (parsed64 + 60, &i, sizeof i);
    read_only->keep_key (read_only->data, key33, parsed64);
    memset (parsed64, 0, sizeof parsed64);
    g_assert_true (read_only->find_key (read_only->data, key33, parsed64));
    g_assert_cmpmem (parsed64 + 60, 4, &i, 4);
    key33[0] ^= 1;
    g_assert_false (read_only->find_key (read_only->data, key33, parsed64));
  }
  for (guint32 i = 0; i < 100000; i++) {
    key33[0] = 2 + i % 2;
    memcpy (key33 + 1, &i, sizeof i);
    if (!read_only->find_key (read_only->data, key33, parsed64))
      continue;
    g_assert_cmpmem (parsed64 + 60, 4, &i, 4);
    found++;
  }
  g_assert_cmpuint (found, >, 10000);
}

/* Far more keys than there is room for: the last ones are found, and the size does not grow. */
static void
test_full (void)
{
  g_autoptr (NodeSigcache) cache = node_sigcache_new (1 << 14);
  const BtcSignatureCache *full = node_sigcache_get (cache);
  guint found = 0;

  for (guint round = 0; round < 2; round++)
    for (guint32 i = 0; i < 10000; i++) {
      guint8 key32[32] = { 0 };

      memcpy (key32, &i, sizeof i);
      if (round == 0) {
        full->add (full->data, key32);
        g_assert_true (full->seen (full->data, key32));
      } else {
        found += full->seen (full->data, key32);
      }
    }
  g_assert_cmpuint (found, >, 0);
  g_assert_cmpuint (found, <=, (1 << 14) / 32);
}

static gpointer
thread_main (gpointer data)
{
  const BtcSignatureCache *full = data;

  for (guint32 i = 0; i < 20000; i++) {
    guint8 key32[32] = { 0 };

    memcpy (key32, &i, sizeof i);
    full->add (full->data, key32);
    full->seen (full->data, key32);
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (NodeSigcache) cache = node_sigcache_new (1 << 12);
  gpointer full = (gpointer) node_sigcache_get (cache);
  GThread *a = g_thread_new ("a", thread_main, full);
  GThread *b = g_thread_new ("b", thread_main, full);

  g_thread_join (a);
  g_thread_join (b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sigcache/seen", test_seen);
  g_test_add_func ("/sigcache/public-keys", test_public_keys);
  g_test_add_func ("/sigcache/full", test_full);
  g_test_add_func ("/sigcache/threads", test_threads);
  return g_test_run ();
}
