#include <sys/socket.h>

#include "node/service/bulk_gate.h"

#define N_CALLS 250
#define ANSWER_BYTES (8 << 20)

typedef struct {
  NodeBulkGate *gate;
  GSocket *here, *there;
  guint ran, dropped;
} World;

static void
set_up (World *world)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  world->here = g_socket_new_from_fd (fds[0], NULL);
  world->there = g_socket_new_from_fd (fds[1], NULL);
  g_socket_set_blocking (world->there, FALSE);
  world->gate = node_bulk_gate_new (world->here);
}

static void
tear_down (World *world)
{
  node_bulk_gate_close (world->gate);
  node_bulk_gate_unref (world->gate);
  g_object_unref (world->here);
  g_object_unref (world->there);
}

/* A reply is written as soon as its call runs. */
static gboolean
answer (gpointer data)
{
  World *world = data;

  g_assert_cmpint (g_socket_send (world->here, "x", 1, NULL, NULL), ==, 1);
  node_bulk_gate_leave (world->gate, ANSWER_BYTES);
  return G_SOURCE_REMOVE;
}

static void
run_call (gpointer data)
{
  ((World *) data)->ran++;
  g_idle_add (answer, data);
}

static void
drop_call (gpointer data)
{
  ((World *) data)->dropped++;
}

static void
run_main_loop (void)
{
  gint64 until = g_get_monotonic_time () + 300000;

  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
}

/* Only a few replies are in memory for a peer that calls and does not read; once it reads it receives the rest. */
static void
test_unread (void)
{
  World world = { 0 };
  char buffer[N_CALLS];

  set_up (&world);
  for (guint i = 0; i < N_CALLS; i++)
    g_assert_true (node_bulk_gate_enter (world.gate, run_call, &world, drop_call));
  run_main_loop ();
  g_assert_cmpuint (world.ran, >=, 4);
  g_assert_cmpuint (world.ran, <=, 8);
  while (world.ran < N_CALLS) {
    g_socket_receive (world.there, buffer, sizeof buffer, NULL, NULL);
    g_main_context_iteration (NULL, TRUE);
  }
  run_main_loop ();
  g_assert_cmpuint (world.dropped, ==, 0);
  tear_down (&world);
}

/* The number of waiting calls is limited, and they are dropped with the connection. */
static void
test_waiting (void)
{
  World world = { 0 };
  guint entered = 0;

  set_up (&world);
  while (node_bulk_gate_enter (world.gate, run_call, &world, drop_call))
    g_assert_cmpuint (++entered, <=, 1000);
  g_assert_cmpuint (world.ran, ==, 4);
  node_bulk_gate_close (world.gate);
  g_assert_cmpuint (world.ran + world.dropped, ==, entered);
  g_assert_false (node_bulk_gate_enter (world.gate, run_call, &world, drop_call));
  run_main_loop ();
  g_assert_cmpuint (world.ran, ==, 4);
  tear_down (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/bulk-gate/unread", test_unread);
  g_test_add_func ("/node/bulk-gate/waiting", test_waiting);
  return g_test_run ();
}
