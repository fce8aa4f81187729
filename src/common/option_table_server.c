#include "common/option_table.h"

#define SERVER "RPC server options"

const CommonOptionSpec common_option_table_server[] = {
  { "ipcbind", "<address>",
    "Accept other programs at unix or unix:<path>, and those of other machines that are paired with this one at "
    "tls:<host>:<port>; followed by ,role= and observe, operate or wallet (at a wallet: observe or spend) none may do "
    "more than that. May be repeated",
    SERVER, NODE | WALLET_ALONE, LIST },
  { "ipcinspect", "<folder>",
    "Let tools such as busctl inspect the programs at sockets in this folder, without changing anything (default: 0; "
    "without a value: moneyrocket/<network> in the user's runtime folder)",
    SERVER, NODE | GUI | WALLET_ALONE, TEXT },
  { "ipcpair", "<role>",
    "Show a code with which one program of another machine can be paired with this one, to do what the role allows: "
    "observe, operate or wallet (at a wallet: observe or spend; default: wallet, at a wallet: observe). If the program "
    "runs already, it is asked for the code. moneyrocket-wallet -ipcpair=code reads a code from standard input and "
    "pairs the wallet with the node at -ipcconnect",
    SERVER, NODE | WALLET_ALONE, TEXT },
  { "ipcsession", NULL,
    "With -ipcinspect: also on the session bus, as org.moneyrocket.Moneyrocket, org.moneyrocket.Moneyrocket.Node and "
    "org.moneyrocket.Moneyrocket.Wallet",
    SERVER, GUI, SWITCH, "0" },
  { "rest", NULL, "Answer REST requests, which need no credentials", SERVER, NODE, SWITCH, "0" },
  { "rpcallowip", "<ip>",
    "Accept JSON-RPC connections from this address or subnet, such as 1.2.3.4, 1.2.3.4/24 or ::/0 (may be repeated)",
    SERVER, NODE | WALLET_ALONE, LIST },
  { "rpcauth", "<userpw>", "A user with a hashed password: user:salt$hash (may be repeated)", SERVER,
    NODE | CREDENTIALS | WALLET_ALONE | SECRET, LIST },
  { "rpcbind", "<addr[:port]>",
    "Listen for JSON-RPC connections on this address; needs -rpcallowip (may be repeated; default: localhost)", SERVER,
    NODE | NETWORK, LIST },
  { "rpccookiefile", "<file>",
    "The cookie file; a relative path is below the network's folder. -norpccookiefile: none (default: .cookie)", SERVER,
    NODE | CREDENTIALS, TEXT },
  { "rpccookieperms", "<who>", "Who may read the cookie file: owner, group or all (default: owner)", SERVER,
    NODE | WALLET_ALONE, TEXT },
  { "rpcdoccheck", NULL, "Check the replies of methods against their documentation", SERVER, NODE | WALLET | DEBUG,
    SWITCH, "0" },
  { "rpcpassword", "<pw>", "The password of -rpcuser", SERVER, NODE | CREDENTIALS | WALLET_ALONE | SECRET, TEXT },
  { "rpcport", "<port>", "The port for JSON-RPC connections (default: that of the network)", SERVER, NODE | NETWORK,
    NUMBER, NULL, 0, 65535 },
  { "rpcservertimeout", "<n>", "The time-out of an HTTP request in seconds", SERVER, NODE | WALLET_ALONE | DEBUG,
    NUMBER, "30", 0, G_MAXINT32 },
  { "rpcthreads", "<n>", "The number of threads that run methods", SERVER, NODE | WALLET_ALONE, NUMBER, "16", 1, 256 },
  { "rpcuser", "<user>", "A user name, with -rpcpassword", SERVER, NODE | CREDENTIALS | WALLET_ALONE | SECRET, TEXT },
  { "rpcwhitelist", "<user:method,…>",
    "The methods that a user may call (may be repeated: then only those in all of a user's lists)", SERVER,
    NODE | WALLET_ALONE, LIST },
  { "rpcwhitelistdefault", NULL,
    "A user without -rpcwhitelist may call nothing (default: 1 if there is any -rpcwhitelist, else 0)", SERVER,
    NODE | WALLET_ALONE, SWITCH },
  { "rpcworkqueue", "<n>", "The maximum length of the queue of requests", SERVER, NODE | WALLET_ALONE | DEBUG, NUMBER,
    "64", 1, 100000 },
  { "server", NULL, "Accept JSON-RPC commands (default: 1; 0 for the node of the application)", SERVER, NODE, SWITCH },
  { NULL },
};
