#include "node/net/v1.h"

#include <string.h>

#define TYPE_OFFSET 4
#define LENGTH_OFFSET 16
#define CHECKSUM_OFFSET 20

/* A header says how much follows, which is only allocated as it arrives. */
#define FIRST_ALLOCATION (64u << 10)

void
node_v1_reader_init (NodeV1Reader *reader, const guint8 magic4[4])
{
  memset (reader, 0, sizeof *reader);
  memcpy (reader->magic4, magic4, sizeof reader->magic4);
}

void
node_v1_reader_clear (NodeV1Reader *reader)
{
  g_clear_pointer (&reader->message, node_message_free);
}

static guint32
v1_get_length (const NodeV1Reader *reader)
{
  guint32 length_le;

  memcpy (&length_le, reader->header + LENGTH_OFFSET, sizeof length_le);
  return GUINT32_FROM_LE (length_le);
}

static NodeRead
v1_begin_payload (NodeV1Reader *reader, const char **problem)
{
  char type[NODE_MESSAGE_TYPE_SIZE + 1] = "";

  reader->left = v1_get_length (reader);
  if (memcmp (reader->header, reader->magic4, sizeof reader->magic4) != 0) {
    *problem = "the message start of another network";
    return NODE_READ_BROKEN;
  }
  if (reader->left > NODE_MESSAGE_MAX_PAYLOAD) {
    *problem = "a message that is too long";
    return NODE_READ_BROKEN;
  }
  reader->invalid = !node_message_read_type (reader->header + TYPE_OFFSET, type);
  reader->message = node_message_new (type, g_byte_array_sized_new (MIN (reader->left, FIRST_ALLOCATION)));
  reader->message->wire_len = NODE_V1_HEADER_SIZE + reader->left;
  btc_sha256_init (&reader->hash);
  return NODE_READ_MORE;
}

static NodeRead
v1_end_payload (NodeV1Reader *reader, NodeMessage **out, const char **problem)
{
  g_autoptr (NodeMessage) message = g_steal_pointer (&reader->message);
  guint8 hash32[32];

  reader->n_header = 0;
  btc_sha256_finish_double (&reader->hash, hash32);
  if (memcmp (hash32, reader->header + CHECKSUM_OFFSET, NODE_V1_HEADER_SIZE - CHECKSUM_OFFSET) != 0)
    *problem = "a message with a wrong checksum";
  else if (reader->invalid)
    *problem = "a message with a malformed type";
  else
    *out = g_steal_pointer (&message);
  return *out != NULL ? NODE_READ_MESSAGE : NODE_READ_DROPPED;
}

NodeRead
node_v1_read (NodeV1Reader *reader,
              const guint8 *data,
              gsize n,
              gsize *used,
              NodeMessage **message,
              const char **problem)
{
  gsize part;

  *used = 0;
  *message = NULL;
  if (reader->n_header < NODE_V1_HEADER_SIZE) {
    part = MIN (n, NODE_V1_HEADER_SIZE - reader->n_header);
    memcpy (reader->header + reader->n_header, data, part);
    reader->n_header += part;
    *used = part;
    if (reader->n_header < NODE_V1_HEADER_SIZE)
      return NODE_READ_MORE;
    if (v1_begin_payload (reader, problem) == NODE_READ_BROKEN)
      return NODE_READ_BROKEN;
  }
  part = MIN (n - *used, reader->left);
  g_byte_array_append (reader->message->payload, data + *used, part);
  btc_sha256_update (&reader->hash, data + *used, part);
  *used += part;
  reader->left -= part;
  return reader->left > 0 ? NODE_READ_MORE : v1_end_payload (reader, message, problem);
}

void
node_v1_write_header (const guint8 magic4[4],
                      const char *type,
                      const guint8 *payload,
                      gsize n,
                      guint8 header[NODE_V1_HEADER_SIZE])
{
  const guint32 length_le = GUINT32_TO_LE ((guint32) n);
  guint8 hash32[32];

  memset (header, 0, NODE_V1_HEADER_SIZE);
  memcpy (header, magic4, TYPE_OFFSET);
  memcpy (header + TYPE_OFFSET, type, strnlen (type, NODE_MESSAGE_TYPE_SIZE));
  memcpy (header + LENGTH_OFFSET, &length_le, sizeof length_le);
  btc_sha256d (payload, n, hash32);
  memcpy (header + CHECKSUM_OFFSET, hash32, NODE_V1_HEADER_SIZE - CHECKSUM_OFFSET);
}
