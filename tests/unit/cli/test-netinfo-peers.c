#include <string.h>

#include "cli/netinfo_peers.h"

/* The columns are those of the reference's client. */

static const char list[]
    = "[{\"id\":7,\"addr\":\"1.2.3.4:8333\",\"servicesnames\":[\"NETWORK\",\"WITNESS\",\"NETWORK_LIMITED\","
      "\"P2P_V2\"],\"relaytxes\":true,\"lastsend\":0,\"lastrecv\":0,\"last_transaction\":0,\"last_block\":0,"
      "\"conntime\":0,\"version\":70016,\"subver\":\"/Satoshi:27.0.0/\",\"inbound\":false,"
      "\"bip152_hb_to\":true,\"bip152_hb_from\":false,\"connection_type\":\"outbound-full-relay\","
      "\"addr_processed\":1234,\"addr_rate_limited\":0,\"addr_relay_enabled\":true,"
      "\"transport_protocol_type\":\"v2\",\"pingtime\":0.0125,\"minping\":0.011},"
      "{\"id\":1000,\"addr\":\"[::1]:18444\",\"servicesnames\":[],\"relaytxes\":false,\"lastsend\":0,"
      "\"lastrecv\":0,\"last_transaction\":0,\"last_block\":0,\"conntime\":0,\"version\":0,\"subver\":\"\","
      "\"inbound\":true,\"bip152_hb_to\":false,\"bip152_hb_from\":true,\"connection_type\":\"inbound\","
      "\"addr_processed\":0,\"addr_rate_limited\":5,\"addr_relay_enabled\":false,\"mapped_as\":64512,"
      "\"transport_protocol_type\":\"detecting\",\"pingtime\":2000}]";

static void
check (gboolean with_address, gboolean with_version, const char *expected)
{
  g_autoptr (RpcJson) json = rpc_json_parse (list, strlen (list));
  g_autoptr (CliPeers) peers = cli_peers_new (with_address, with_version);
  g_autoptr (GString) text = g_string_new (NULL);

  cli_peers_add (peers, rpc_json_at (json, 0), "ipv4");
  cli_peers_add (peers, rpc_json_at (json, 1), "ipv6");
  cli_peers_write (peers, text);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_list (void)
{
  check (FALSE, FALSE,
         "<->   type   net   serv  v  mping   ping send recv  txn  blk  hb addrp addrl  age  asmap   id \n"
         " in         ipv6                       -              *        *     .     5       64512 1000 \n"
         "out   full  ipv4   nwl2  2     11     13                      .   1234                      7 \n"
         "                               ms     ms  sec  sec  min  min                  min\n\n");
}

static void
test_all_columns (void)
{
  check (TRUE, TRUE,
         "<->   type   net   serv  v  mping   ping send recv  txn  blk  hb addrp addrl  age  asmap   id address      "
         "version\n"
         " in         ipv6                       -              *        *     .     5       64512 1000 [::1]:18444  \n"
         "out   full  ipv4   nwl2  2     11     13                      .   1234                      7 1.2.3.4:8333 "
         "70016/Satoshi:27.0.0/\n"
         "                               ms     ms  sec  sec  min  min                  min\n\n");
}

static void
test_none (void)
{
  g_autoptr (CliPeers) peers = cli_peers_new (TRUE, TRUE);
  g_autoptr (GString) text = g_string_new (NULL);

  cli_peers_write (peers, text);
  g_assert_cmpstr (text->str, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/netinfo-peers/list", test_list);
  g_test_add_func ("/cli/netinfo-peers/all-columns", test_all_columns);
  g_test_add_func ("/cli/netinfo-peers/none", test_none);
  return g_test_run ();
}
