#pragma once

/* Object paths, and the version of the interfaces between our own processes. */
#define BUS_PROTOCOL_VERSION 1
#define BUS_PATH_ACCESS "/org/moneyrocket/Access"
#define BUS_PATH_INIT "/org/moneyrocket/Init"
#define BUS_PATH_NODE "/org/moneyrocket/Node"
#define BUS_PATH_CHAIN "/org/moneyrocket/Chain"
#define BUS_PATH_MINING "/org/moneyrocket/Mining"
#define BUS_PATH_TEMPLATES "/org/moneyrocket/templates"
#define BUS_PATH_ECHO "/org/moneyrocket/Echo"
#define BUS_PATH_TRACE "/org/moneyrocket/Trace"
#define BUS_PATH_RPC "/org/moneyrocket/Rpc"
#define BUS_PATH_WALLET_MANAGER "/org/moneyrocket/WalletManager"
#define BUS_PATH_WALLETS "/org/moneyrocket/wallets"
#define BUS_PATH_OPERATIONS "/org/moneyrocket/operations"

/* The descriptor of a worker's connection with its parent. */
#define BUS_WORKER_FD 3
/* The option that names it: -ipcfd=3. */
#define BUS_OPTION_FD "ipcfd"
/* Others: where programs listen for others, connect to others, and can be inspected. */
#define BUS_OPTION_BIND "ipcbind"
#define BUS_OPTION_CONNECT "ipcconnect"
#define BUS_OPTION_INSPECT "ipcinspect"
#define BUS_OPTION_SESSION "ipcsession"
/* Seconds; see bus_tls_set_socket_options(). */
#define BUS_OPTION_SILENCE "ipcsilence"

#define BUS_CALL_TIMEOUT_MS 30000

/* Limits of one connection, in addition to those of wire/check.h. A connection that exceeds one is closed. */
#define BUS_MAX_TEXT_BYTES (64u << 20) /* MaxLength in org.moneyrocket.Rpc1.xml */
#define BUS_MAX_CALLS 256u             /* pending calls */
#define BUS_MAX_QUEUED_BYTES                                                                                           \
  (128ul << 20) /* in pending calls, and queued for the other end: two of the longest messages */
/* Bulk data that is read in parts: each but the last has this length. */
#define BUS_PART_BYTES (512u << 10)
#define BUS_MAX_INSPECT_BYTES (16u << 20) /* the same on a connection of a tool */
