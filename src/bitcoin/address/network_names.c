#include "bitcoin/address/network_names.h"

const CommonNetworkName *
btc_network_names (void)
{
  static const CommonNetworkName names[] = {
    { "main", "", NULL },
    { "test", "testnet3", "testnet" },
    { "testnet4", "testnet4", "testnet4" },
    { "signet", "signet", "signet" },
    { "regtest", "regtest", "regtest" },
    { NULL, NULL, NULL },
  };
  return names;
}
