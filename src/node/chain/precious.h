#pragma once

#include "node/chain/chain.h"

G_BEGIN_DECLS

/* Blocks that a person prefers count as if they came first. Chain thread. */
typedef struct {
  guint64 sequence; /* of the next one */
  BtcUint256 work;  /* of the tip at the last order */
} NodePrecious;

G_END_DECLS
