#pragma once

#include "bitcoin/primitives/network.h"
#include "bitcoin/primitives/serialize.h"
#include "rpc/method.h"

G_BEGIN_DECLS

/* Parses scan objects (descriptors, or objects with "desc" and "range") to their scripts. */

typedef struct {
  GBytes *script;
  char *descriptor; /* of this script alone, with its checksum */
} NodeScanNeedle;

/* Indexes of a ranged descriptor: the last one, or an array of the first and the last. */
typedef struct {
  gint64 first;
  gint64 last;
} NodeScanRange;
gboolean node_scan_parse_range (const RpcJson *json, NodeScanRange *range, GError **error);

/* The scripts of LIST (an array), a set of NodeScanNeedle that the caller owns; NULL with an RPC error. */
GHashTable *node_scan_parse (const RpcJson *list, BtcNetwork network, GError **error);

/* The needle of SCRIPT, borrowed, or NULL. Any thread, while NEEDLES does not change. */
NodeScanNeedle *node_scan_find (GHashTable *needles, BtcSpan script);

G_END_DECLS
