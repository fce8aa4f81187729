#pragma once

#include "bitcoin/primitives/network.h"
#include "bitcoin/primitives/serialize.h"
#include "rpc/json.h"

G_BEGIN_DECLS

/* A scriptPubKey in results: asm, desc, hex (if WITH_HEX), address (if it has one), type. */
RpcJson *rpc_script_to_json (BtcSpan script, BtcNetwork network, gboolean with_hex);

/* The same with hex, for a SCRIPT that pays to the hash of WITNESS_SCRIPT. */
RpcJson *rpc_witness_to_json (BtcSpan script, BtcSpan witness_script, BtcNetwork network);

/* The script of an output that stores VALUE, which is hex: OP_RETURN <data>. NULL with RPC_INVALID_PARAMETER. */
GBytes *rpc_data_script_from_json (const RpcJson *value, GError **error);

/* The descriptor of SCRIPT that needs no keys, with its checksum. The caller owns it. */
char *rpc_script_dup_descriptor (BtcSpan script, BtcNetwork network);

/* BODY with '#' and its checksum (BIP 380). The caller owns it. */
char *rpc_descriptor_add_checksum (const char *body);

G_END_DECLS
