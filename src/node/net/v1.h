#pragma once

#include "bitcoin/crypto/hash.h"
#include "node/net/message.h"

G_BEGIN_DECLS

/* The unencrypted transport: a header before each payload.
 *
 *   4    the network's message start
 *   12   type, padded with zeros
 *   4    length of the payload, least significant byte first
 *   4    the first bytes of the double SHA-256 of the payload
 *
 * Pure: bytes in, messages out. */

#define NODE_V1_HEADER_SIZE 24u

/* What every V1 connection begins with, after the message start. */
#define NODE_V1_FIRST_TYPE "version\0\0\0\0\0"

typedef struct {
  guint8 magic4[4];
  guint8 header[NODE_V1_HEADER_SIZE];
  gsize n_header;
  NodeMessage *message; /* whose payload is arriving, or has arrived */
  gsize left;           /* of its payload */
  BtcSha256 hash;       /* of what has arrived */
  gboolean invalid;     /* its type is malformed */
} NodeV1Reader;

void node_v1_reader_init (NodeV1Reader *reader, const guint8 magic4[4]);
void node_v1_reader_clear (NodeV1Reader *reader);

typedef enum {
  NODE_READ_MORE,    /* all bytes were read */
  NODE_READ_MESSAGE, /* a message is complete */
  NODE_READ_DROPPED, /* a message with a wrong checksum or type was skipped */
  NODE_READ_BROKEN,  /* this is not the protocol: the connection cannot be used any more */
} NodeRead;

/* Reads at most N bytes, up to the end of a message; *USED of them were read. With MESSAGE, *MESSAGE is owned by the
 * caller. PROBLEM says why a message was dropped, or the connection is broken. Static. */
NodeRead node_v1_read (NodeV1Reader *reader,
                       const guint8 *data,
                       gsize n,
                       gsize *used,
                       NodeMessage **message,
                       const char **problem);

/* The header for a payload. TYPE has at most 12 characters. */
void node_v1_write_header (const guint8 magic4[4],
                           const char *type,
                           const guint8 *payload,
                           gsize n,
                           guint8 header[NODE_V1_HEADER_SIZE]);

G_END_DECLS
