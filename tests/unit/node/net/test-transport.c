#include "node/net/transport.h"

#include <string.h>

#include "node/net/v2.h"
#include "pair.h"

typedef struct {
  NodeTransport *client, *server;
  GPtrArray *at_client, *at_server;
} Ends;

static Ends
ends_new (gboolean client_v2, gboolean server_v2)
{
  return (Ends){ test_transport_new (TRUE, client_v2), test_transport_new (FALSE, server_v2),
                 g_ptr_array_new_with_free_func ((GDestroyNotify) node_message_free),
                 g_ptr_array_new_with_free_func ((GDestroyNotify) node_message_free) };
}

static void
ends_clear (Ends *ends)
{
  node_transport_free (ends->client);
  node_transport_free (ends->server);
  g_ptr_array_unref (ends->at_client);
  g_ptr_array_unref (ends->at_server);
}

static void
write_message (NodeTransport *transport, const char *type, const char *text)
{
  g_autoptr (GBytes) payload = g_bytes_new (text, strlen (text));

  node_transport_write (transport, type, payload);
}

static void
assert_message (GPtrArray *messages, guint i, const char *type, const char *text)
{
  const NodeMessage *message;

  g_assert_cmpuint (messages->len, >, i);
  message = messages->pdata[i];
  g_assert_cmpstr (message->type, ==, type);
  g_assert_cmpmem (message->payload->data, message->payload->len, text, strlen (text));
}

/* Until neither has anything to send. */
static void
ends_talk (Ends *ends, gsize step)
{
  gsize n;

  while (node_transport_get_output (ends->client, &n) != NULL || node_transport_get_output (ends->server, &n) != NULL) {
    g_assert_cmpint (test_transport_move (ends->client, ends->server, step, ends->at_server), !=, NODE_READ_BROKEN);
    g_assert_cmpint (test_transport_move (ends->server, ends->client, step, ends->at_client), !=, NODE_READ_BROKEN);
  }
}

/* A type with an ID, one without, and nothing in the payload, in both directions and in parts of any size. */
static void
test_round (gconstpointer data)
{
  NodeTransportVersion version = GPOINTER_TO_UINT (data);
  static const gsize steps[] = { 1, 15, 16, 17, 1000, 100000 };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    Ends ends = ends_new (version == NODE_TRANSPORT_V2, TRUE);

    write_message (ends.client, "version", "who");
    write_message (ends.client, "ping", "12345678");
    write_message (ends.server, "version", "me");
    write_message (ends.server, "verack", "");
    ends_talk (&ends, steps[i]);
    g_assert_cmpint (node_transport_get_version (ends.server), ==, version);
    g_assert_true (node_transport_is_established (ends.server) && node_transport_is_established (ends.client));
    assert_message (ends.at_server, 0, "version", "who");
    assert_message (ends.at_server, 1, "ping", "12345678");
    assert_message (ends.at_client, 0, "version", "me");
    assert_message (ends.at_client, 1, "verack", "");
    g_assert_cmpuint (node_transport_get_queued (ends.client) + node_transport_get_queued (ends.server), ==, 0);
    ends_clear (&ends);
  }
}

/* The largest payload, and one byte more, which neither reads. */
static void
test_longest (gconstpointer data)
{
  gboolean v2 = GPOINTER_TO_UINT (data) == NODE_TRANSPORT_V2;
  Ends ends = ends_new (v2, TRUE);
  g_autofree char *text = g_strnfill (NODE_MESSAGE_MAX_PAYLOAD + NODE_MESSAGE_TYPE_SIZE + 1, 'x');
  g_autoptr (GBytes) too_long = g_bytes_new (text, NODE_MESSAGE_MAX_PAYLOAD + NODE_MESSAGE_TYPE_SIZE + 1);

  text[NODE_MESSAGE_MAX_PAYLOAD] = '\0';
  write_message (ends.client, "version", "");
  write_message (ends.client, "block", text);
  ends_talk (&ends, 65536);
  assert_message (ends.at_server, 1, "block", text);
  node_transport_write (ends.client, "block", too_long);
  g_assert_cmpint (test_transport_move (ends.client, ends.server, 65536, ends.at_server), ==, NODE_READ_BROKEN);
  ends_clear (&ends);
}

static const guint8 *
find_output (NodeTransport *transport, gsize *n)
{
  const guint8 *output = node_transport_get_output (transport, n);

  g_assert_nonnull (output);
  return output;
}

/* Skipped, and the next message is read. */
static void
test_wrong_checksum (void)
{
  Ends ends = ends_new (FALSE, FALSE);
  guint8 header[NODE_V1_HEADER_SIZE];
  gsize n;

  write_message (ends.client, "ping", "");
  memcpy (header, find_output (ends.client, &n), sizeof header);
  node_transport_sent (ends.client, n);
  header[20] ^= 1;
  g_assert_cmpint (test_transport_feed (ends.server, header, sizeof header, 100, ends.at_server), ==,
                   NODE_READ_DROPPED);
  header[20] ^= 1;
  header[5] = '\n';
  g_assert_cmpint (test_transport_feed (ends.server, header, sizeof header, 100, ends.at_server), ==,
                   NODE_READ_DROPPED);
  write_message (ends.client, "pong", "");
  ends_talk (&ends, 100);
  assert_message (ends.at_server, 0, "pong", "");
  ends_clear (&ends);
}

/* V1 of another network, whether V2 is known or not. */
static void
test_other_network (void)
{
  for (guint v2 = 0; v2 < 2; v2++) {
    Ends ends = ends_new (FALSE, v2 == 1);
    guint8 header[NODE_V1_HEADER_SIZE];
    gsize n;

    write_message (ends.client, "version", "");
    memcpy (header, find_output (ends.client, &n), sizeof header);
    header[3] ^= 1;
    g_assert_cmpint (test_transport_feed (ends.server, header, sizeof header, 100, ends.at_server), ==,
                     NODE_READ_BROKEN);
    g_assert_cmpuint (node_transport_get_queued (ends.server), ==, 0);
    ends_clear (&ends);
  }
}

/* A node of V1 closes the connection without an answer; one of V2 has sent something. */
static void
test_retry (void)
{
  Ends ends = ends_new (TRUE, TRUE);

  g_assert_true (node_transport_should_retry_v1 (ends.client));
  g_assert_false (node_transport_should_retry_v1 (ends.server));
  ends_talk (&ends, 100);
  g_assert_false (node_transport_should_retry_v1 (ends.client));
  g_assert_cmpmem (node_transport_get_session_id (ends.client), 32, node_transport_get_session_id (ends.server), 32);
  ends_clear (&ends);
}

/* 4,095 bytes of garbage may be followed by the terminator, not by anything else. */
static void
test_endless_garbage (void)
{
  Ends ends = ends_new (FALSE, TRUE);
  guint8 key[64 + NODE_V2_MAX_GARBAGE + BTC_BIP324_TERMINATOR_SIZE] = { 1, 2, 3 };

  g_assert_cmpint (test_transport_feed (ends.server, key, sizeof key - 1, 100, ends.at_server), ==, NODE_READ_MORE);
  g_assert_cmpint (test_transport_feed (ends.server, key, 1, 1, ends.at_server), ==, NODE_READ_BROKEN);
  ends_clear (&ends);
}

/* One bit of what follows the handshake. */
static void
test_forged (void)
{
  Ends ends = ends_new (TRUE, TRUE);
  guint8 packet[100];
  const guint8 *output;
  gsize n;

  ends_talk (&ends, 100);
  write_message (ends.client, "ping", "12345678");
  output = find_output (ends.client, &n);
  g_assert_cmpuint (n, <=, sizeof packet);
  memcpy (packet, output, n);
  packet[5] ^= 1;
  g_assert_cmpint (test_transport_feed (ends.server, packet, n, 7, ends.at_server), ==, NODE_READ_BROKEN);
  ends_clear (&ends);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/net/transport/round/v1", GUINT_TO_POINTER (NODE_TRANSPORT_V1), test_round);
  g_test_add_data_func ("/net/transport/round/v2", GUINT_TO_POINTER (NODE_TRANSPORT_V2), test_round);
  g_test_add_data_func ("/net/transport/longest/v1", GUINT_TO_POINTER (NODE_TRANSPORT_V1), test_longest);
  g_test_add_data_func ("/net/transport/longest/v2", GUINT_TO_POINTER (NODE_TRANSPORT_V2), test_longest);
  g_test_add_func ("/net/transport/v1/dropped", test_wrong_checksum);
  g_test_add_func ("/net/transport/other-network", test_other_network);
  g_test_add_func ("/net/transport/v2/retry", test_retry);
  g_test_add_func ("/net/transport/v2/endless-garbage", test_endless_garbage);
  g_test_add_func ("/net/transport/v2/forged", test_forged);
  return g_test_run ();
}
