/* The bytes of a connection between nodes: read at once and byte by byte they give the same messages; and what one end
 * writes, the other reads. */
#include <stdlib.h>
#include <string.h>

#include "../unit/node/net/pair.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

static GPtrArray *
read_all (const guint8 *data, gsize len, gsize step, NodeRead *last)
{
  g_autoptr (NodeTransport) transport = test_transport_new (FALSE, TRUE);
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) node_message_free);

  *last = test_transport_feed (transport, data, len, step, messages);
  return messages;
}

static void
compare_steps (const guint8 *data, gsize len)
{
  NodeRead last, last_of_bytes;
  g_autoptr (GPtrArray) whole = read_all (data, len, MAX (len, 1), &last);
  g_autoptr (GPtrArray) bytes = read_all (data, len, 1, &last_of_bytes);

  if (whole->len != bytes->len || last != last_of_bytes)
    abort ();
  for (guint i = 0; i < whole->len; i++) {
    const NodeMessage *a = whole->pdata[i], *b = bytes->pdata[i];

    if (!g_str_equal (a->type, b->type) || a->payload->len != b->payload->len
        || (a->payload->len > 0 && memcmp (a->payload->data, b->payload->data, a->payload->len) != 0))
      abort ();
  }
}

/* The first byte chooses the transport and the step. */
static void
send_message (const guint8 *data, gsize len)
{
  g_autoptr (NodeTransport) client = test_transport_new (TRUE, (data[0] & 1) != 0);
  g_autoptr (NodeTransport) server = test_transport_new (FALSE, TRUE);
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) node_message_free);
  g_autoptr (GBytes) payload = g_bytes_new (data, len);
  const NodeMessage *message;
  gsize step = 1 + (data[0] >> 1), n;

  node_transport_write (client, "version", payload);
  while (node_transport_get_output (client, &n) != NULL || node_transport_get_output (server, &n) != NULL) {
    test_transport_move (client, server, step, messages);
    test_transport_move (server, client, step, messages);
  }
  message = messages->len == 1 ? messages->pdata[0] : NULL;
  if (message == NULL || message->payload->len != len || memcmp (message->payload->data, data, len) != 0)
    abort ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  compare_steps (data, len);
  if (len > 0)
    send_message (data, len);
  return 0;
}
