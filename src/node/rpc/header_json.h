#pragma once

#include "node/chain/chain.h"
#include "rpc/json.h"

G_BEGIN_DECLS

/* The difficulty: the target of difficulty 1 divided by that of BITS. */
double node_rpc_difficulty (guint32 bits);
RpcJson *node_rpc_new_bits (guint32 bits);   /* "1d00ffff" */
RpcJson *node_rpc_new_target (guint32 bits); /* 64 hex digits */
RpcJson *node_rpc_new_work (const BtcUint256 *work);

/* A block and its position in the chain, as of one moment. */
typedef struct {
  const NodeBlock *block;
  gint64 confirmations; /* -1: not on the active chain */
  const NodeBlock *next;
  guint32 n_tx;
} NodeRpcPlace;

/* Relative to the chain that ends with TIP. Any thread. */
void node_rpc_place_init (NodeRpcPlace *place, NodeChain *chain, const NodeTip *tip, const NodeBlock *block);

/* Adds the fields of a header. Any thread. */
void node_rpc_header_add_json (RpcJson *object, const NodeRpcPlace *place);

/* On a signet, adds "signet_challenge". */
void node_rpc_add_signet_challenge (RpcJson *json, NodeChain *chain);

G_END_DECLS
