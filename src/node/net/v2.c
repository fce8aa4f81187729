#include "node/net/v2.h"

#include <string.h>

#include "bitcoin/crypto/ellswift.h"

#define KEY_SIZE BTC_ELLSWIFT_SIZE
#define MAX_CONTENTS (1 + NODE_MESSAGE_TYPE_SIZE + NODE_MESSAGE_MAX_PAYLOAD)
#define FIRST_ALLOCATION (64u << 10)

typedef enum {
  V2_KEY,     /* the public key is arriving */
  V2_GARBAGE, /* and the garbage, with its terminator */
  V2_LENGTH,  /* the length of a packet */
  V2_PACKET,  /* its header, contents and tag */
} V2State;

struct _NodeV2 {
  V2State state;
  BtcBip324Key *key; /* until the cipher exists */
  BtcBip324 *cipher;
  gboolean initiator;
  guint8 magic4[4];
  GByteArray *sent_garbage;
  /* Key; then the garbage, kept until it is authenticated; then the current packet without its length. */
  GByteArray *buffer;
  GByteArray *garbage; /* NULL once it is authenticated */
  guint8 length3[BTC_BIP324_LENGTH_SIZE];
  guint n_length;
  gsize packet_len;  /* of the header and contents of the current packet */
  gsize n_decrypted; /* of them */
  gboolean established;
};

NodeV2 *
node_v2_new (BtcBip324Key *key, const guint8 *garbage, gsize n_garbage, gboolean initiator, const guint8 magic4[4])
{
  NodeV2 *v2 = g_new0 (NodeV2, 1);

  g_return_val_if_fail (n_garbage <= NODE_V2_MAX_GARBAGE, NULL);

  v2->key = key;
  v2->initiator = initiator;
  memcpy (v2->magic4, magic4, sizeof v2->magic4);
  v2->sent_garbage = g_byte_array_sized_new (n_garbage);
  g_byte_array_append (v2->sent_garbage, garbage, n_garbage);
  v2->buffer = g_byte_array_sized_new (KEY_SIZE);
  return v2;
}

void
node_v2_free (NodeV2 *v2)
{
  if (v2 == NULL)
    return;
  btc_bip324_key_free (v2->key);
  btc_bip324_free (v2->cipher);
  g_byte_array_unref (v2->sent_garbage);
  g_byte_array_unref (v2->buffer);
  g_clear_pointer (&v2->garbage, g_byte_array_unref);
  g_free (v2);
}

void
node_v2_write_start (const NodeV2 *v2, GByteArray *out)
{
  g_byte_array_append (out, btc_bip324_key_get_public (v2->key), KEY_SIZE);
  g_byte_array_append (out, v2->sent_garbage->data, v2->sent_garbage->len);
}

gboolean
node_v2_can_write (const NodeV2 *v2)
{
  return v2->cipher != NULL;
}

gboolean
node_v2_is_established (const NodeV2 *v2)
{
  return v2->established;
}

const guint8 *
node_v2_get_session_id (const NodeV2 *v2)
{
  return v2->cipher != NULL ? btc_bip324_get_session_id (v2->cipher) : NULL;
}

/* ---- writing ---- */

static void
v2_write_packet (NodeV2 *v2, const guint8 *contents, gsize n, const GByteArray *aad, GByteArray *out)
{
  guint start = out->len;

  g_byte_array_set_size (out, start + n + BTC_BIP324_OVERHEAD);
  btc_bip324_encrypt (v2->cipher, contents, n, aad != NULL ? aad->data : NULL, aad != NULL ? aad->len : 0, FALSE,
                      out->data + start);
}

void
node_v2_write (NodeV2 *v2, const char *type, const guint8 *payload, gsize n, GByteArray *out)
{
  g_autoptr (GByteArray) contents = g_byte_array_sized_new (1 + NODE_MESSAGE_TYPE_SIZE + n);
  guint8 id = node_message_get_short_id (type);

  g_return_if_fail (v2->cipher != NULL);

  g_byte_array_append (contents, &id, 1);
  if (id == 0) {
    guint8 name[NODE_MESSAGE_TYPE_SIZE] = { 0 };

    memcpy (name, type, strnlen (type, sizeof name));
    g_byte_array_append (contents, name, sizeof name);
  }
  g_byte_array_append (contents, payload, n);
  v2_write_packet (v2, contents->data, contents->len, NULL, out);
}

/* ---- the handshake ---- */

/* Moves at most N bytes to the buffer until it has LEN. TRUE: it does. */
static gboolean
v2_fill (NodeV2 *v2, gsize len, const guint8 *data, gsize n, gsize *used)
{
  gsize part = MIN (n, len - v2->buffer->len);

  g_byte_array_append (v2->buffer, data, part);
  *used = part;
  return v2->buffer->len == len;
}

static void
v2_begin_cipher (NodeV2 *v2, GByteArray *reply)
{
  v2->cipher = btc_bip324_new (v2->key, v2->buffer->data, v2->initiator, v2->magic4);
  g_clear_pointer (&v2->key, btc_bip324_key_free);
  g_byte_array_set_size (v2->buffer, 0);
  g_byte_array_append (reply, btc_bip324_get_send_terminator (v2->cipher), BTC_BIP324_TERMINATOR_SIZE);
  v2_write_packet (v2, NULL, 0, v2->sent_garbage, reply);
  v2->state = V2_GARBAGE;
}

/* Byte by byte: a packet may follow the terminator. */
static NodeRead
v2_read_garbage (NodeV2 *v2, const guint8 *data, gsize n, gsize *used, const char **problem)
{
  const guint8 *terminator = btc_bip324_get_receive_terminator (v2->cipher);

  for (*used = 0; *used < n;) {
    guint len;

    g_byte_array_append (v2->buffer, data + (*used)++, 1);
    len = v2->buffer->len;
    if (len >= BTC_BIP324_TERMINATOR_SIZE
        && memcmp (v2->buffer->data + len - BTC_BIP324_TERMINATOR_SIZE, terminator, BTC_BIP324_TERMINATOR_SIZE) == 0) {
      g_byte_array_set_size (v2->buffer, len - BTC_BIP324_TERMINATOR_SIZE);
      v2->garbage = g_steal_pointer (&v2->buffer);
      v2->buffer = g_byte_array_new ();
      v2->state = V2_LENGTH;
      break;
    }
    if (len == NODE_V2_MAX_GARBAGE + BTC_BIP324_TERMINATOR_SIZE) {
      *problem = "garbage without an end";
      return NODE_READ_BROKEN;
    }
  }
  return NODE_READ_MORE;
}

/* ---- packets ---- */

static NodeRead
v2_read_length (NodeV2 *v2, const guint8 *data, gsize n, gsize *used, const char **problem)
{
  gsize part = MIN (n, BTC_BIP324_LENGTH_SIZE - v2->n_length);
  guint32 len;

  memcpy (v2->length3 + v2->n_length, data, part);
  v2->n_length += part;
  *used = part;
  if (v2->n_length < BTC_BIP324_LENGTH_SIZE)
    return NODE_READ_MORE;
  v2->n_length = 0;
  len = btc_bip324_decrypt_length (v2->cipher, v2->length3);
  if (len > MAX_CONTENTS) {
    *problem = "a packet that is too long";
    return NODE_READ_BROKEN;
  }
  v2->packet_len = BTC_BIP324_HEADER_SIZE + len;
  v2->n_decrypted = 0;
  g_byte_array_unref (v2->buffer);
  v2->buffer = g_byte_array_sized_new (MIN (v2->packet_len + BTC_BIP324_TAG_SIZE, FIRST_ALLOCATION));
  btc_bip324_decrypt_begin (v2->cipher, v2->garbage != NULL ? v2->garbage->data : NULL,
                            v2->garbage != NULL ? v2->garbage->len : 0);
  v2->state = V2_PACKET;
  return NODE_READ_MORE;
}

/* Decrypts what has arrived of the packet, in whole pieces until its end. */
static void
v2_decrypt (NodeV2 *v2)
{
  gsize end = MIN (v2->buffer->len, v2->packet_len), n = end - v2->n_decrypted;

  if (end < v2->packet_len)
    n -= n % BTC_BIP324_PIECE;
  if (n > 0)
    btc_bip324_decrypt_piece (v2->cipher, v2->buffer->data + v2->n_decrypted, n);
  v2->n_decrypted += n;
}

/* The message in the contents of the packet. */
static NodeRead
v2_take_message (NodeV2 *v2, NodeMessage **message, const char **problem)
{
  const guint8 *contents = v2->buffer->data + BTC_BIP324_HEADER_SIZE;
  gsize n = v2->packet_len - BTC_BIP324_HEADER_SIZE, n_type = 1;
  char type[NODE_MESSAGE_TYPE_SIZE + 1];
  gboolean valid = n > 0;

  if (valid && contents[0] == 0) {
    n_type += NODE_MESSAGE_TYPE_SIZE;
    valid = n >= n_type && node_message_read_type (contents + 1, type);
  } else if (valid) {
    const char *known = node_message_get_type_of_id (contents[0]);

    valid = known != NULL;
    if (valid)
      g_strlcpy (type, known, sizeof type);
  }
  if (!valid) {
    *problem = "a message with an unknown or malformed type";
    return NODE_READ_DROPPED;
  }
  g_byte_array_set_size (v2->buffer, v2->packet_len);
  g_byte_array_remove_range (v2->buffer, 0, BTC_BIP324_HEADER_SIZE + n_type);
  *message = node_message_new (type, g_steal_pointer (&v2->buffer));
  (*message)->wire_len = n + BTC_BIP324_OVERHEAD;
  v2->buffer = g_byte_array_new ();
  return NODE_READ_MESSAGE;
}

/* Packets to be ignored may come at any time, also before the version. */
static NodeRead
v2_end_packet (NodeV2 *v2, NodeMessage **message, const char **problem)
{
  if (!btc_bip324_decrypt_finish (v2->cipher, v2->buffer->data + v2->packet_len)) {
    *problem = "a packet with a wrong tag";
    return NODE_READ_BROKEN;
  }
  v2->state = V2_LENGTH;
  g_clear_pointer (&v2->garbage, g_byte_array_unref);
  if ((v2->buffer->data[0] & BTC_BIP324_IGNORE) != 0)
    return NODE_READ_MORE;
  if (!v2->established) {
    v2->established = TRUE;
    return NODE_READ_MORE;
  }
  return v2_take_message (v2, message, problem);
}

static NodeRead
v2_read_packet (NodeV2 *v2, const guint8 *data, gsize n, gsize *used, NodeMessage **message, const char **problem)
{
  gboolean complete = v2_fill (v2, v2->packet_len + BTC_BIP324_TAG_SIZE, data, n, used);

  v2_decrypt (v2);
  return complete ? v2_end_packet (v2, message, problem) : NODE_READ_MORE;
}

static NodeRead
v2_read_step (NodeV2 *v2,
              const guint8 *data,
              gsize n,
              gsize *used,
              NodeMessage **message,
              GByteArray *reply,
              const char **problem)
{
  switch (v2->state) {
  case V2_KEY:
    if (v2_fill (v2, KEY_SIZE, data, n, used))
      v2_begin_cipher (v2, reply);
    return NODE_READ_MORE;
  case V2_GARBAGE:
    return v2_read_garbage (v2, data, n, used, problem);
  case V2_LENGTH:
    return v2_read_length (v2, data, n, used, problem);
  case V2_PACKET:
    return v2_read_packet (v2, data, n, used, message, problem);
  }
  g_assert_not_reached ();
}

NodeRead
node_v2_read (NodeV2 *v2,
              const guint8 *data,
              gsize n,
              gsize *used,
              NodeMessage **message,
              GByteArray *reply,
              const char **problem)
{
  NodeRead result = NODE_READ_MORE;

  *used = 0;
  *message = NULL;
  while (result == NODE_READ_MORE && *used < n) {
    gsize part;

    result = v2_read_step (v2, data + *used, n - *used, &part, message, reply, problem);
    *used += part;
  }
  return result;
}
