#include "common/option_table.h"

#define RELAY "Node relay options"
#define MINING "Block creation options"
#define PEERS "peers"

const CommonOptionSpec common_option_table_policy[] = {
  { "acceptnonstdtxn", NULL, "Accept non-standard transactions (not on the main network)", RELAY, NODE | DEBUG, SWITCH,
    "0" },
  { "bytespersigop", "<n>", "The equivalent of a signature check in virtual bytes", RELAY, NODE, NUMBER, "20", 0,
    G_MAXINT32 },
  { "datacarrier", NULL, "Accept transactions with data carrier outputs", RELAY, NODE, SWITCH, "1" },
  { "datacarriersize", "<n>", "The maximum size of that data in bytes", RELAY, NODE, NUMBER, "100000" },
  { "dustrelayfee", "<amount>", "The fee rate that defines dust, in BTC/kvB", RELAY, NODE | WALLET | DEBUG, AMOUNT,
    "0.00003" },
  { "incrementalrelayfee", "<amount>",
    "The additional fee rate that a replacement must pay, in BTC/kvB. It raises the default of -minrelaytxfee", RELAY,
    NODE | DEBUG, AMOUNT, "0.000001" },
  { "minrelaytxfee", "<amount>", "The minimum relay fee rate, in BTC/kvB", RELAY, NODE, AMOUNT, "0.000001" },
  { "permitbaremultisig", NULL, "Accept bare multisig outputs", RELAY, NODE, SWITCH, "1" },
  { "privatebroadcast", NULL, "Send transactions through Tor or I2P, each over a connection of its own", RELAY,
    NODE | LATER, SWITCH, "0", 0, 0, PEERS },
  { "txsendrate", "<n>", "The number of transactions that are sent to a peer per second", RELAY, NODE | DEBUG | LATER,
    NUMBER, "14", 0, G_MAXINT32, PEERS },
  { "whitelistforcerelay", NULL, "The nodes of -whitelist may relay anything", RELAY, NODE | LATER, SWITCH, "0", 0, 0,
    PEERS },
  { "whitelistrelay", NULL, "The nodes of -whitelist may relay transactions even with -blocksonly", RELAY, NODE | LATER,
    SWITCH, "1", 0, 0, PEERS },

  { "blockmaxweight", "<n>", "The maximum weight of a block template", MINING, NODE | DEBUG, NUMBER, "4000000" },
  { "blockmintxfee", "<amount>", "The minimum fee rate of transactions in a template, in BTC/kvB", MINING, NODE, AMOUNT,
    "0.00000001" },
  { "blockreservedweight", "<n>", "The weight reserved for header and coinbase", MINING, NODE, NUMBER, "8000" },
  { "blockversion", "<n>", "The version of block templates (regtest)", MINING, NODE | DEBUG, NUMBER, NULL, G_MININT32,
    G_MAXINT32 },
  { NULL },
};
