#include "common/worker.h"

static GString *order;
static CommonWorker *worker;

static void
note (gpointer data)
{
  g_string_append (order, data);
}

static void
note_nested (gpointer data)
{
  g_assert_true (common_worker_is_current (worker));
  common_worker_call (worker, note, data); /* runs at once on the worker's own thread */
}

static void
test_order (void)
{
  order = g_string_new (NULL);
  worker = common_worker_new ("test");
  for (char c = 'a'; c <= 'e'; c++)
    common_worker_post (worker, note, g_strdup ((char[]){ c, 0 }), g_free);
  common_worker_call (worker, note_nested, (gpointer) "!");
  g_assert_cmpstr (order->str, ==, "abcde!");
  g_assert_false (common_worker_is_current (worker));

  /* What is queued when the worker is freed still runs. */
  common_worker_post (worker, note, (gpointer) "z", NULL);
  common_worker_free (worker);
  g_assert_cmpstr (order->str, ==, "abcde!z");
  g_string_free (order, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/order", test_order);
  return g_test_run ();
}
