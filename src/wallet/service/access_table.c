/* The methods that the node may call on its own behalf, and those that are only for its JSON-RPC clients. */
#include "wallet/service/access.h"

typedef enum {
  ACCESS_NODE,   /* returns data that the node has anyway, or an address */
  ACCESS_CLIENT, /* changes, spends, signs, exports, or writes a file */
} Access;

/* All methods of the wallet; methods that are not listed are only for clients. */
static const struct {
  const char *method;
  Access access;
} table[] = {
  { "abandontransaction", ACCESS_CLIENT },
  { "abortrescan", ACCESS_CLIENT },
  { "backupwallet", ACCESS_CLIENT },
  { "createwallet", ACCESS_CLIENT },
  { "getaddressesbylabel", ACCESS_NODE },
  { "getaddressinfo", ACCESS_NODE },
  { "getbalance", ACCESS_NODE },
  { "getbalances", ACCESS_NODE },
  { "getnewaddress", ACCESS_NODE },
  { "getopenrpcinfo", ACCESS_NODE },
  { "getrawchangeaddress", ACCESS_NODE },
  { "getreceivedbyaddress", ACCESS_NODE },
  { "gettransaction", ACCESS_NODE },
  { "getwalletinfo", ACCESS_NODE },
  { "help", ACCESS_NODE },
  { "keypoolrefill", ACCESS_CLIENT },
  { "listdescriptors", ACCESS_CLIENT },
  { "listlabels", ACCESS_NODE },
  { "listlockunspent", ACCESS_NODE },
  { "listsinceblock", ACCESS_NODE },
  { "listtransactions", ACCESS_NODE },
  { "listunspent", ACCESS_NODE },
  { "listwalletdir", ACCESS_NODE },
  { "listwallets", ACCESS_NODE },
  { "loadwallet", ACCESS_CLIENT },
  { "lockunspent", ACCESS_CLIENT },
  { "rescanblockchain", ACCESS_CLIENT },
  { "restorewallet", ACCESS_CLIENT },
  { "rpc.discover", ACCESS_NODE },
  { "sendmany", ACCESS_CLIENT },
  { "sendtoaddress", ACCESS_CLIENT },
  { "setlabel", ACCESS_CLIENT },
  { "setwalletflag", ACCESS_CLIENT },
  { "stop", ACCESS_CLIENT },
  { "unloadwallet", ACCESS_CLIENT },
};

gboolean
wallet_access_is_listed (const char *method)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].method, method))
      return TRUE;
  return FALSE;
}

gboolean
wallet_access_is_open (const char *method)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].method, method))
      return table[i].access == ACCESS_NODE;
  return FALSE;
}
