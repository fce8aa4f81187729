#include "node/net/message.h"

#include <string.h>

/* BIP 324: the position is the ID. */
static const char *const short_ids[] = {
  NULL,           "addr",      "block",        "blocktxn",  "cmpctblock", "feefilter", "filteradd",   "filterclear",
  "filterload",   "getblocks", "getblocktxn",  "getdata",   "getheaders", "headers",   "inv",         "mempool",
  "merkleblock",  "notfound",  "ping",         "pong",      "sendcmpct",  "tx",        "getcfilters", "cfilter",
  "getcfheaders", "cfheaders", "getcfcheckpt", "cfcheckpt", "addrv2",
};
/* BIP 434. */
#define FEATURE "feature"
#define FEATURE_ID 37

NodeMessage *
node_message_new (const char *type, GByteArray *payload)
{
  NodeMessage *message = g_new0 (NodeMessage, 1);

  g_strlcpy (message->type, type, sizeof message->type);
  message->payload = payload;
  return message;
}

void
node_message_free (NodeMessage *message)
{
  if (message == NULL)
    return;
  g_byte_array_unref (message->payload);
  g_free (message);
}

gboolean
node_message_read_type (const guint8 bytes[NODE_MESSAGE_TYPE_SIZE], char type[NODE_MESSAGE_TYPE_SIZE + 1])
{
  gsize len = 0;

  while (len < NODE_MESSAGE_TYPE_SIZE && bytes[len] != 0) {
    if (bytes[len] < ' ' || bytes[len] > '~')
      return FALSE;
    len++;
  }
  memcpy (type, bytes, len);
  type[len] = '\0';
  for (; len < NODE_MESSAGE_TYPE_SIZE; len++)
    if (bytes[len] != 0)
      return FALSE;
  return TRUE;
}

guint8
node_message_get_short_id (const char *type)
{
  for (guint8 id = 1; id < G_N_ELEMENTS (short_ids); id++)
    if (g_str_equal (short_ids[id], type))
      return id;
  return g_str_equal (type, FEATURE) ? FEATURE_ID : 0;
}

const char *
node_message_get_type_of_id (guint8 id)
{
  if (id == FEATURE_ID)
    return FEATURE;
  return id < G_N_ELEMENTS (short_ids) ? short_ids[id] : NULL;
}
