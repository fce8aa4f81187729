#include "node/net/transport.h"

#include <string.h>

#include "node/net/v2.h"

/* The message start and the type of the first message. */
#define V1_PREFIX_SIZE 16u

typedef struct {
  char type[NODE_MESSAGE_TYPE_SIZE + 1];
  GBytes *payload;
} Waiting;

struct _NodeTransport {
  NodeTransportVersion version;
  guint8 magic4[4];
  gboolean initiator;
  guint8 prefix[V1_PREFIX_SIZE]; /* what has arrived while detecting */
  gsize n_prefix;
  NodeV1Reader v1;
  NodeV2 *v2;
  gboolean received; /* anything at all */
  GQueue waiting;    /* Waiting: until there are keys */
  GQueue output;     /* GBytes */
  gsize n_sent;      /* of the first of them */
  gsize n_queued;    /* bytes of both queues */
};

static void
transport_waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_bytes_unref (waiting->payload);
  g_free (waiting);
}

static void
transport_add_output (NodeTransport *transport, GBytes *bytes)
{
  transport->n_queued += g_bytes_get_size (bytes);
  g_queue_push_tail (&transport->output, bytes);
}

/* Takes ownership of BYTES. */
static void
transport_add_array (NodeTransport *transport, GByteArray *bytes)
{
  if (bytes->len > 0)
    transport_add_output (transport, g_byte_array_free_to_bytes (bytes));
  else
    g_byte_array_unref (bytes);
}

static void
transport_begin_v2 (NodeTransport *transport)
{
  GByteArray *start = g_byte_array_new ();

  transport->version = NODE_TRANSPORT_V2;
  node_v2_write_start (transport->v2, start);
  transport_add_array (transport, start);
}

NodeTransport *
node_transport_new (const NodeTransportOptions *options)
{
  NodeTransport *transport = g_new0 (NodeTransport, 1);

  memcpy (transport->magic4, options->magic4, sizeof transport->magic4);
  transport->initiator = options->initiator;
  node_v1_reader_init (&transport->v1, options->magic4);
  g_queue_init (&transport->waiting);
  g_queue_init (&transport->output);
  transport->version = NODE_TRANSPORT_V1;
  if (options->key == NULL)
    return transport;
  transport->v2 = node_v2_new (options->key, options->garbage, options->n_garbage, options->initiator, options->magic4);
  transport->version = NODE_TRANSPORT_DETECTING;
  if (options->initiator)
    transport_begin_v2 (transport);
  return transport;
}

void
node_transport_free (NodeTransport *transport)
{
  if (transport == NULL)
    return;
  node_v1_reader_clear (&transport->v1);
  g_clear_pointer (&transport->v2, node_v2_free);
  g_queue_clear_full (&transport->waiting, transport_waiting_free);
  g_queue_clear_full (&transport->output, (GDestroyNotify) g_bytes_unref);
  g_free (transport);
}

NodeTransportVersion
node_transport_get_version (const NodeTransport *transport)
{
  return transport->version;
}

gboolean
node_transport_is_established (const NodeTransport *transport)
{
  if (transport->version == NODE_TRANSPORT_V2)
    return node_v2_is_established (transport->v2);
  return transport->version == NODE_TRANSPORT_V1;
}

/* A node that knows only V1 closes the connection when it reads the public key, and sends nothing. */
gboolean
node_transport_should_retry_v1 (const NodeTransport *transport)
{
  return transport->version == NODE_TRANSPORT_V2 && transport->initiator && !transport->received;
}

const guint8 *
node_transport_get_session_id (const NodeTransport *transport)
{
  return transport->version == NODE_TRANSPORT_V2 ? node_v2_get_session_id (transport->v2) : NULL;
}

/* ---- writing ---- */

static void
transport_write_v1 (NodeTransport *transport, const char *type, GBytes *payload)
{
  guint8 header[NODE_V1_HEADER_SIZE];
  gsize n;
  const guint8 *bytes = g_bytes_get_data (payload, &n);

  node_v1_write_header (transport->magic4, type, bytes, n, header);
  transport_add_output (transport, g_bytes_new (header, sizeof header));
  if (n > 0)
    transport_add_output (transport, g_bytes_ref (payload));
}

static void
transport_write_v2 (NodeTransport *transport, const char *type, GBytes *payload)
{
  GByteArray *packet = g_byte_array_new ();
  gsize n;
  const guint8 *bytes = g_bytes_get_data (payload, &n);

  node_v2_write (transport->v2, type, bytes, n, packet);
  transport_add_array (transport, packet);
}

/* Whether messages can be written: the version, and with V2 the keys, are known. */
static gboolean
transport_can_write (const NodeTransport *transport)
{
  if (transport->version == NODE_TRANSPORT_V2)
    return node_v2_can_write (transport->v2);
  return transport->version == NODE_TRANSPORT_V1;
}

void
node_transport_write (NodeTransport *transport, const char *type, GBytes *payload)
{
  Waiting *waiting;

  if (!transport_can_write (transport)) {
    waiting = g_new0 (Waiting, 1);
    g_strlcpy (waiting->type, type, sizeof waiting->type);
    waiting->payload = g_bytes_ref (payload);
    transport->n_queued += g_bytes_get_size (payload);
    g_queue_push_tail (&transport->waiting, waiting);
  } else if (transport->version == NODE_TRANSPORT_V2) {
    transport_write_v2 (transport, type, payload);
  } else {
    transport_write_v1 (transport, type, payload);
  }
}

static void
transport_write_waiting (NodeTransport *transport)
{
  Waiting *waiting;

  while (transport_can_write (transport) && (waiting = g_queue_pop_head (&transport->waiting)) != NULL) {
    transport->n_queued -= g_bytes_get_size (waiting->payload);
    node_transport_write (transport, waiting->type, waiting->payload);
    transport_waiting_free (waiting);
  }
}

const guint8 *
node_transport_get_output (NodeTransport *transport, gsize *n)
{
  GBytes *first = g_queue_peek_head (&transport->output);
  const guint8 *data;

  if (first == NULL)
    return NULL;
  data = g_bytes_get_data (first, n);
  *n -= transport->n_sent;
  return data + transport->n_sent;
}

void
node_transport_sent (NodeTransport *transport, gsize n)
{
  GBytes *first = g_queue_peek_head (&transport->output);

  g_return_if_fail (first != NULL && n <= g_bytes_get_size (first) - transport->n_sent);

  transport->n_sent += n;
  if (transport->n_sent < g_bytes_get_size (first))
    return;
  transport->n_queued -= g_bytes_get_size (first);
  transport->n_sent = 0;
  g_bytes_unref (g_queue_pop_head (&transport->output));
}

gsize
node_transport_get_queued (const NodeTransport *transport)
{
  return transport->n_queued;
}

/* ---- reading ---- */

static NodeRead
transport_read_v2 (NodeTransport *transport,
                   const guint8 *data,
                   gsize n,
                   gsize *used,
                   NodeMessage **message,
                   const char **problem)
{
  GByteArray *reply = g_byte_array_new ();
  NodeRead result = node_v2_read (transport->v2, data, n, used, message, reply, problem);

  transport_add_array (transport, reply);
  transport_write_waiting (transport);
  return result;
}

static NodeRead
transport_read_known (NodeTransport *transport,
                      const guint8 *data,
                      gsize n,
                      gsize *used,
                      NodeMessage **message,
                      const char **problem)
{
  if (transport->version == NODE_TRANSPORT_V2)
    return transport_read_v2 (transport, data, n, used, message, problem);
  return node_v1_read (&transport->v1, data, n, used, message, problem);
}

/* A public key that begins like V1 is as unlikely as a guessed one. Another network's V1 is not V2 either. */
static gboolean
transport_detect (NodeTransport *transport, const char **problem)
{
  gboolean other_magic = memcmp (transport->prefix, transport->magic4, MIN (transport->n_prefix, 4)) != 0;
  gsize n_type = transport->n_prefix > 4 ? transport->n_prefix - 4 : 0;
  gboolean other_type = memcmp (transport->prefix + 4, NODE_V1_FIRST_TYPE, n_type) != 0;

  if (other_magic && transport->n_prefix == V1_PREFIX_SIZE && !other_type) {
    *problem = "the message start of another network";
    return FALSE;
  }
  if (!other_magic && !other_type) {
    if (transport->n_prefix == V1_PREFIX_SIZE)
      transport->version = NODE_TRANSPORT_V1;
  } else if (other_type || transport->n_prefix == V1_PREFIX_SIZE) {
    transport_begin_v2 (transport);
  }
  return TRUE;
}

/* Collects the first bytes until they show the version, which then reads them. */
static NodeRead
transport_read_prefix (NodeTransport *transport,
                       const guint8 *data,
                       gsize n,
                       gsize *used,
                       NodeMessage **message,
                       const char **problem)
{
  gsize n_read;

  *used = 0;
  while (*used < n && transport->version == NODE_TRANSPORT_DETECTING) {
    transport->prefix[transport->n_prefix++] = data[(*used)++];
    if (!transport_detect (transport, problem))
      return NODE_READ_BROKEN;
  }
  if (transport->version == NODE_TRANSPORT_DETECTING)
    return NODE_READ_MORE;
  transport_write_waiting (transport);
  /* Neither a key nor a header is complete with them. */
  return transport_read_known (transport, transport->prefix, transport->n_prefix, &n_read, message, problem);
}

NodeRead
node_transport_read (NodeTransport *transport,
                     const guint8 *data,
                     gsize n,
                     gsize *used,
                     NodeMessage **message,
                     const char **problem)
{
  NodeRead result;
  gsize n_prefix = 0;

  *message = NULL;
  *used = 0;
  transport->received = transport->received || n > 0;
  if (transport->version == NODE_TRANSPORT_DETECTING) {
    result = transport_read_prefix (transport, data, n, &n_prefix, message, problem);
    if (result != NODE_READ_MORE || n_prefix == n) {
      *used = n_prefix;
      return result;
    }
  }
  result = transport_read_known (transport, data + n_prefix, n - n_prefix, used, message, problem);
  *used += n_prefix;
  return result;
}
