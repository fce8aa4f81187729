#include "gui/network_text.h"

#include <glib/gi18n.h>

const char *
gui_network_title (BtcNetwork network)
{
  switch (network) {
  case BTC_NETWORK_MAIN:
    return _ ("Bitcoin");
  case BTC_NETWORK_TEST:
    return _ ("Testnet 3");
  case BTC_NETWORK_TESTNET4:
    return _ ("Testnet 4");
  case BTC_NETWORK_SIGNET:
    return _ ("Signet");
  case BTC_NETWORK_REGTEST:
    return _ ("Playground");
  case BTC_N_NETWORKS:
    break;
  }
  return "";
}
