#include "common/option_table.h"

/* The options of a single program. */

#define INTERFACE "UI options"
#define CLIENT "Options of the client"
#define ALONE "Options of a wallet on its own"
#define WORKER "Options of the worker"

const CommonOptionSpec common_option_table_programs[] = {
  { "choosedatadir", NULL, "Choose the data directory at start-up", INTERFACE, GUI | REFUSED, SWITCH, "0", 0, 0,
    "the data directory is chosen with -datadir." },
  { "ipcconnect", "<address>",
    "Use the node that is running at unix or unix:<path> instead of starting one; followed by ,program=wallet: the "
    "wallet "
    "program there (may be repeated, once for each). Closing the window leaves it running",
    INTERFACE, GUI, LIST },
  { "lang", "<lang>", "The language, such as de (default: that of the system)", INTERFACE, GUI, TEXT },
  { "min", NULL, "Start with a minimised window", INTERFACE, GUI, SWITCH, "0" },
  { "resetguisettings", NULL, "Forget all preferences", INTERFACE, GUI, SWITCH, "0" },
  { "splash", NULL, "Show a splash screen", INTERFACE, GUI | REFUSED, SWITCH, NULL, 0, 0,
    "the window itself shows the progress of start-up." },
  { "uiplatform", "<name>", "The platform whose style is used", INTERFACE, GUI | REFUSED | DEBUG, TEXT, NULL, 0, 0,
    "there is one style only." },

  { "addrinfo", NULL, "Show how many addresses of other nodes the node knows", CLIENT, CLI, SWITCH, "0" },
  { "color", "<when>", "Use colours: always, never or auto", CLIENT, CLI | NO_NEGATE, TEXT, "auto" },
  { "generate", NULL, "Mine blocks to a new address of the wallet: [number (default: 1) [attempts]]", CLIENT, CLI,
    SWITCH, "0" },
  { "getinfo", NULL, "Show the state of the node in a few lines", CLIENT, CLI, SWITCH, "0" },
  { "ipcconnect", "<address>",
    "Use the program that is running at this address: unix, unix:<path>, or tls:<host>:<port> on another machine, "
    "after they were paired. The client tries unix and then TCP (auto), a wallet waits for the node at unix",
    CLIENT, CLI | WALLET_ALONE, TEXT },
  { "named", NULL, "Pass parameters by name: name=value", CLIENT, CLI, SWITCH, "0" },
  { "netinfo", NULL, "Show the connections of the node: [level (0 to 4) [outonly]], or help", CLIENT, CLI, SWITCH,
    "0" },
  { "rpcclienttimeout", "<n>", "How many seconds to wait for the reply (0: no limit)", CLIENT, CLI, NUMBER, "900", 0,
    G_MAXINT32 },
  { "rpcconnect", "<host>", "The node's address", CLIENT, CLI, TEXT, "127.0.0.1" },
  { "rpccookiefile", "<file>", "The node's cookie file", CLIENT, CLI, TEXT },
  { "rpcid", "<id>", "The ID of the request", CLIENT, CLI | NO_NEGATE | NEEDS_VALUE, TEXT, "1" },
  { "rpcpassword", "<pw>", "The password", CLIENT, CLI | SECRET, TEXT },
  { "rpcport", "<port>", "The node's port", CLIENT, CLI | NETWORK, TEXT },
  { "rpcuser", "<user>", "The user name", CLIENT, CLI | SECRET, TEXT },
  { "rpcwait", NULL, "Wait for the node to start", CLIENT, CLI, SWITCH, "0" },
  { "rpcwaittimeout", "<n>", "How many seconds to wait for the node to start (0: no limit)", CLIENT, CLI | NO_NEGATE,
    NUMBER, "0", 0, G_MAXINT32 },
  { "rpcwallet", "<name>", "Call a method of this wallet", CLIENT, CLI, TEXT },
  { "stdin", NULL, "Read more parameters from standard input, one per line", CLIENT, CLI, SWITCH, "0" },
  { "stdinrpcpass", NULL, "Read the password from standard input", CLIENT, CLI, SWITCH, "0" },
  { "stdinwalletpassphrase", NULL, "Read the wallet's passphrase from standard input", CLIENT, CLI, SWITCH, "0" },

  { "rpcbind", "<addr[:port]>",
    "With -server: listen on this address, which needs -rpcallowip unless it is this machine's own (may be repeated; "
    "default: localhost). Only on the command line",
    ALONE, WALLET_ALONE | COMMAND_LINE, LIST },
  { "rpcport", "<port>", "With -server: the port, which is not the node's. Only on the command line", ALONE,
    WALLET_ALONE | COMMAND_LINE, TEXT },
  { "server", NULL,
    "Answer JSON-RPC commands without the node in between; needs -rpcport, or a port in -rpcbind. Only on the command "
    "line: in a configuration file it is the node's",
    ALONE, WALLET_ALONE | COMMAND_LINE, SWITCH, "0" },
  { "walletcookiefile", "<file>",
    "With -server: its cookie file; a relative path is below the network's folder. -nowalletcookiefile: none (default: "
    ".cookie.<port>). Only on the command line",
    ALONE, WALLET_ALONE | COMMAND_LINE, TEXT },

  { "rpcclients", NULL, "The node forwards the calls of its JSON-RPC clients", WORKER, WALLET | HIDDEN, SWITCH, "0" },
  { "rpccookiefile", "<file>", "The cookie file of the JSON-RPC clients", WORKER, WALLET | HIDDEN, TEXT },
  { "rpcwindow", NULL, "With -rpcclients: the parent process is the application, not the node", WORKER, WALLET | HIDDEN,
    SWITCH, "0" },
  { "strictstartup", NULL, "Exit if a wallet of the startup cannot be loaded", WORKER, WALLET | HIDDEN, SWITCH, "0" },
  { NULL },
};
