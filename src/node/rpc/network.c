#include "node/rpc/network.h"

#include "node/rpc/categories.h"
#include "node/rpc/context.h"

/* The version of the reference whose RPC interface this is: clients compare it to find out what is supported.
 * `subversion` has the name and version of this program. */
#define INTERFACE_VERSION 320000
#define PROTOCOL_VERSION 70017
#define RELAY_RATE_PER_S 14

RpcJson *
node_rpc_new_warnings (RpcCall *call)
{
  g_auto (GStrv) warnings = node_monitor_dup_warnings (node_rpc_context (call)->monitor);
  guint n = g_strv_length (warnings);
  RpcJson *list;

  if (call->method->deprecated != NULL)
    return rpc_json_new_string (n > 0 ? warnings[n - 1] : "");
  list = rpc_json_new_array ();
  for (guint i = 0; i < n; i++)
    rpc_json_append (list, rpc_json_new_string (warnings[i]));
  return list;
}

static RpcJson *
make_networks (void)
{
  static const char *const names[] = { "ipv4", "ipv6", "onion", "i2p", "cjdns" };
  RpcJson *list = rpc_json_new_array ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    RpcJson *network = rpc_json_new_object ();
    rpc_json_set (network, "name", rpc_json_new_string (names[i]));
    rpc_json_set (network, "limited", rpc_json_new_bool (TRUE));
    rpc_json_set (network, "reachable", rpc_json_new_bool (FALSE));
    rpc_json_set (network, "proxy", rpc_json_new_string (""));
    rpc_json_set (network, "proxy_randomize_credentials", rpc_json_new_bool (FALSE));
    rpc_json_append (list, network);
  }
  return list;
}

/* What waits to be announced to peers: nothing. */
static RpcJson *
make_buckets (void)
{
  static const char *const names[] = { "inbound", "outbound" };
  RpcJson *buckets = rpc_json_new_object ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    RpcJson *bucket = rpc_json_new_object ();
    rpc_json_set (bucket, "backlog", rpc_json_new_int (0));
    rpc_json_set (bucket, "count_tok", rpc_json_new_int (0));
    rpc_json_set (bucket, "size_tok", rpc_json_new_int (0));
    rpc_json_set (buckets, names[i], bucket);
  }
  return buckets;
}

static RpcJson *
run_getnetworkinfo (RpcCall *call, GError **error)
{
  const NodeContext *context = node_rpc_context (call);
  const NodeMempoolOptions *options = node_mempool_options (context->mempool);
  RpcJson *json = rpc_json_new_object ();

  rpc_json_set (json, "version", rpc_json_new_int (INTERFACE_VERSION));
  rpc_json_set (json, "subversion", rpc_json_new_string (context->user_agent));
  rpc_json_set (json, "protocolversion", rpc_json_new_int (PROTOCOL_VERSION));
  rpc_json_set (json, "localservices", rpc_json_new_string ("0000000000000000"));
  rpc_json_set (json, "localservicesnames", rpc_json_new_array ());
  rpc_json_set (json, "localrelay",
                rpc_json_new_bool (!common_options_get_bool (context->program->options, "blocksonly", FALSE)));
  rpc_json_set (json, "timeoffset", rpc_json_new_int (0));
  rpc_json_set (json, "tx_send_rate", rpc_json_new_int (RELAY_RATE_PER_S));
  rpc_json_set (json, "inv_buckets", make_buckets ());
  rpc_json_set (json, "networkactive", rpc_json_new_bool (FALSE));
  rpc_json_set (json, "connections", rpc_json_new_int (0));
  rpc_json_set (json, "connections_in", rpc_json_new_int (0));
  rpc_json_set (json, "connections_out", rpc_json_new_int (0));
  rpc_json_set (json, "networks", make_networks ());
  rpc_json_set (json, "relayfee", rpc_json_new_amount (options->min_relay_sat_per_kvb));
  rpc_json_set (json, "incrementalfee", rpc_json_new_amount (options->incremental_sat_per_kvb));
  rpc_json_set (json, "localaddresses", rpc_json_new_array ());
  rpc_json_set (json, "warnings", node_rpc_new_warnings (call));
  return json;
}

static RpcJson *
run_getconnectioncount (RpcCall *call, GError **error)
{
  return rpc_json_new_int (0);
}

static RpcJson *
run_getpeerinfo (RpcCall *call, GError **error)
{
  return rpc_json_new_array ();
}

#define NETWORK_INFO(WARNINGS, FORM)                                                                                   \
  {                                                                                                                    \
    "Network", "getnetworkinfo", run_getnetworkinfo, "Returns the state of P2P networking.",                           \
        .result                                                                                                        \
        = "{version: num, subversion: str, protocolversion: num, localservices: hex, localservicesnames: [str], "      \
          "localrelay: bool, timeoffset: num, tx_send_rate: num, inv_buckets: {*: {backlog: num, count_tok: num, "     \
          "size_tok: num}}, connections: num, connections_in: num, connections_out: num, networkactive: bool, "        \
          "networks: [{name: str, limited: bool, reachable: bool, proxy: str, proxy_randomize_credentials: "           \
          "bool}], relayfee: num, incrementalfee: num, localaddresses: [{address: str, port: num, score: num}], "      \
          "warnings: " WARNINGS "}",                                                                                   \
        .deprecated = FORM                                                                                             \
  }

static const RpcMethod methods[] = {
  { "Network", "getconnectioncount", run_getconnectioncount,
    "Returns the number of connections to other nodes.\n\nn    (numeric) The number", .result = "num" },
  NETWORK_INFO ("[str]", NULL),
  NETWORK_INFO ("str", "warnings"),
  { "Network", "getpeerinfo", run_getpeerinfo, "Lists the connected peers.\n\n[ ... ]",
    .result = "[{id: num, addr: str, addrbind?: str, addrlocal?: str, network: str, mapped_as?: num, services: hex, "
              "servicesnames: [str], relaytxes: bool, last_inv_sequence: num, inv_to_send: num, lastsend: time, "
              "lastrecv: time, last_transaction: time, last_block: time, bytessent: num, bytesrecv: num, conntime: "
              "time, timeoffset: num, pingtime?: num, minping?: num, pingwait?: num, version: num, subver: str, "
              "inbound: bool, bip152_hb_to: bool, bip152_hb_from: bool, presynced_headers: num, synced_headers: num, "
              "synced_blocks: num, inflight: [num], addr_relay_enabled: bool, addr_processed: num, addr_rate_limited: "
              "num, permissions: [str], minfeefilter: num, bytessent_per_msg: {*: num}, bytesrecv_per_msg: {*: num}, "
              "connection_type: str, transport_protocol_type: str, session_id: str}]" },
};

void
node_rpc_add_network (RpcTable *table)
{
  rpc_table_add (table, methods, G_N_ELEMENTS (methods));
}
