#pragma once

#include "common/program.h"
#include "dbus/role.h"

G_BEGIN_DECLS

/* The option -ipcpair of node and wallet: a program that was started with it asks the one that is running for a code, or, if
 * none is, starts and shows a code itself. */

#define BUS_OPTION_PAIR "ipcpair"
/* What is given if it names no role. */
#define BUS_PAIR_NODE_ROLE "wallet"
#define BUS_PAIR_WALLET_ROLE "observe"
/* Its value at a wallet: this wallet is to be paired with a node, see pair_enter.h. */
#define BUS_PAIR_ENTER "code"

/* The role in the option, else FALLBACK. NULL: the option is not given. Borrowed. */
const char *bus_pair_option_get_role (const CommonProgram *program, const char *fallback);

/* Asks the program ROLE ("node" or "wallet") that runs in the folder of PROGRAM for a code for GIVEN, and shows it. It is found
 * at the first local address of -ipcbind, else at SOCKET. Blocks: this program has nothing else to do. FALSE without ERROR:
 * none is running there; with ERROR: it has made no code. */
gboolean
bus_pair_ask (const CommonProgram *program, const char *role, const char *socket, const char *given, GError **error);

G_END_DECLS
