#pragma once

/* Object paths, and the version of the interfaces between our own processes. */
#define BUS_PROTOCOL_VERSION 1
#define BUS_PATH_INIT "/org/moneyrocket/Init"
#define BUS_PATH_NODE "/org/moneyrocket/Node"
#define BUS_PATH_CHAIN "/org/moneyrocket/Chain"
#define BUS_PATH_RPC "/org/moneyrocket/Rpc"
#define BUS_PATH_WALLET_MANAGER "/org/moneyrocket/WalletManager"
#define BUS_PATH_WALLETS "/org/moneyrocket/wallets"
#define BUS_PATH_OPERATIONS "/org/moneyrocket/operations"

/* Where a worker finds its connection with the program that started it. */
#define BUS_WORKER_FD 3
/* The option by which it is told so: -ipcfd=3. */
#define BUS_OPTION_FD "ipcfd"

#define BUS_CALL_TIMEOUT_MS 30000

/* Limits of one connection. Whoever goes beyond one of them is cut off. */
#define BUS_MAX_MESSAGE_BYTES (64u << 20)
#define BUS_MAX_CALLS 256u               /* calls that were not answered yet */
#define BUS_MAX_SIGNALS_PER_SECOND 2000u /* honest senders keep to ten for each kind */
