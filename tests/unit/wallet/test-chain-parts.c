/* Bulk data in parts: the node's end, node/service/chain_parts.c, and the wallet's. */
#include "wallet/link/chain_parts.h"

#include <string.h>
#include <sys/socket.h>

#include "dbus/connection.h"
#include "dbus/errors.h"
#include "dbus/names.h"
#include "node/service/chain_parts.h"

typedef struct {
  GDBusConnection *node, *wallet;
  BusChain1 *chain;
  NodeChainParts *parts;
  guint n_ended;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  const BusConnectionOptions node = { .peer = "wallet", .max_calls = BUS_MAX_CALLS }, wallet = { .peer = "node" };
  int fds[2];

  (void) BUS_ERROR;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  fixture->node = bus_connection_new (fds[0], &node, NULL);
  fixture->wallet = bus_connection_new (fds[1], &wallet, NULL);
  fixture->chain = bus_chain1_skeleton_new ();
  fixture->parts = node_chain_parts_new (fixture->chain);
  g_assert_true (g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (fixture->chain), fixture->node,
                                                   BUS_PATH_CHAIN, NULL));
  g_dbus_connection_start_message_processing (fixture->node);
  g_dbus_connection_start_message_processing (fixture->wallet);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (fixture->chain));
  node_chain_parts_free (fixture->parts);
  g_object_unref (fixture->chain);
  g_object_unref (fixture->wallet);
  g_object_unref (fixture->node);
}

static GBytes *
make_bytes (gsize size)
{
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (i * 7 + (i >> 16));
  return g_bytes_new_take (bytes, size);
}

static void
on_ended (gpointer data)
{
  ((Fixture *) data)->n_ended++;
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GBytes *
read_parts (Fixture *fixture, guint64 number, gsize size, GVariant *first, GCancellable *cancellable, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (first);
  g_autoptr (GAsyncResult) result = NULL;

  wallet_chain_parts_read_async (fixture->wallet, number, size, owned, cancellable, on_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return wallet_chain_parts_read_finish (result, error);
}

/* Around the length of a part, and with more parts than are requested at once. */
static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  static const gsize sizes[]
      = { 0, 1, BUS_PART_BYTES, BUS_PART_BYTES + 1, 2 * BUS_PART_BYTES, 9 * BUS_PART_BYTES + 4711 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GBytes) sent = make_bytes (sizes[i]), received = NULL;
    g_autoptr (GError) error = NULL;
    guint64 number = 0;

    fixture->n_ended = 0;
    if (sizes[i] > BUS_PART_BYTES)
      number = node_chain_parts_add (fixture->parts, sent, on_ended, fixture);
    received = read_parts (fixture, number, sizes[i], node_chain_parts_get_first (sent), NULL, &error);
    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (sent, received));
    g_assert_cmpuint (fixture->n_ended, ==, number != 0 ? 1 : 0);
  }
}

/* Data that is not kept, parts of another length than the node has said, and offsets that do not exist. */
static void
test_wrong (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) sent = make_bytes (3 * BUS_PART_BYTES);
  guint64 number = node_chain_parts_add (fixture->parts, sent, on_ended, fixture);
  g_autoptr (GError) unknown = NULL, longer = NULL, shorter = NULL;

  g_assert_null (
      read_parts (fixture, number + 1, 3 * BUS_PART_BYTES, node_chain_parts_get_first (sent), NULL, &unknown));
  g_assert_error (unknown, BUS_ERROR, BUS_ERROR_NOT_FOUND);
  g_assert_null (
      read_parts (fixture, number, 2 * BUS_PART_BYTES - 1, node_chain_parts_get_first (sent), NULL, &shorter));
  g_assert_error (shorter, BUS_ERROR, BUS_ERROR_INVALID_ANSWER);
  g_assert_cmpuint (fixture->n_ended, ==, 0);
  g_assert_null (read_parts (fixture, number, BUS_PART_BYTES - 1, node_chain_parts_get_first (sent), NULL, &longer));
  g_assert_error (longer, BUS_ERROR, BUS_ERROR_INVALID_ANSWER);
  /* The wallet has said that it needs no more. */
  while (fixture->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) sent = make_bytes (20 * BUS_PART_BYTES);
  guint64 number = node_chain_parts_add (fixture->parts, sent, on_ended, fixture);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GVariant) first = g_variant_ref_sink (node_chain_parts_get_first (sent));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wallet_chain_parts_read_async (fixture->wallet, number, 20 * BUS_PART_BYTES, first, cancellable, on_result, &result);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  while (result == NULL || fixture->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (wallet_chain_parts_read_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The connection ends in the middle. */
static void
test_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) sent = make_bytes (20 * BUS_PART_BYTES);
  guint64 number = node_chain_parts_add (fixture->parts, sent, on_ended, fixture);
  g_autoptr (GVariant) first = g_variant_ref_sink (node_chain_parts_get_first (sent));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  wallet_chain_parts_read_async (fixture->wallet, number, 20 * BUS_PART_BYTES, first, NULL, on_result, &result);
  g_dbus_connection_close (fixture->node, NULL, NULL, NULL);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (wallet_chain_parts_read_finish (result, &error));
  g_assert_nonnull (error);
}

#define ADD(name, func) g_test_add ("/wallet/chain-parts/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sizes", test_sizes);
  ADD ("wrong", test_wrong);
  ADD ("cancel", test_cancel);
  ADD ("closed", test_closed);
  return g_test_run ();
}
