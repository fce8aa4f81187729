#include "pair.h"

NodeTransport *
test_transport_new (gboolean initiator, gboolean v2)
{
  const guint8 secret32[32] = { [31] = initiator ? 1 : 2 }, garbage[200] = { 7 };
  const NodeTransportOptions options = { .magic4 = { 0xfa, 0xbf, 0xb5, 0xda },
                                         .initiator = initiator,
                                         .key = v2 ? btc_bip324_key_new (secret32, secret32, secret32) : NULL,
                                         .garbage = garbage,
                                         .n_garbage = sizeof garbage };

  return node_transport_new (&options);
}

NodeRead
test_transport_feed (NodeTransport *to, const guint8 *data, gsize n, gsize step, GPtrArray *messages)
{
  NodeRead last = NODE_READ_MORE;

  for (gsize at = 0, used; at < n && last != NODE_READ_BROKEN; at += used) {
    NodeMessage *message;
    const char *problem = NULL;
    NodeRead result = node_transport_read (to, data + at, MIN (step, n - at), &used, &message, &problem);

    g_assert_true ((problem != NULL) == (result == NODE_READ_DROPPED || result == NODE_READ_BROKEN));
    g_assert_true ((message != NULL) == (result == NODE_READ_MESSAGE));
    g_assert_true (result == NODE_READ_BROKEN || used > 0);
    if (message != NULL)
      g_ptr_array_add (messages, message);
    if (result != NODE_READ_MORE)
      last = result;
  }
  return last;
}

NodeRead
test_transport_move (NodeTransport *from, NodeTransport *to, gsize step, GPtrArray *messages)
{
  NodeRead last = NODE_READ_MORE;
  const guint8 *data;
  gsize n;

  while (last != NODE_READ_BROKEN && (data = node_transport_get_output (from, &n)) != NULL) {
    NodeRead result = test_transport_feed (to, data, n, step, messages);

    node_transport_sent (from, n);
    if (result != NODE_READ_MORE)
      last = result;
  }
  return last;
}
