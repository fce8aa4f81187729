#pragma once

#include "dbus/tls_target.h"
#include "rpc/json.h"

G_BEGIN_DECLS

/* JSON-RPC over the address at which a node accepts other programs (its -ipcbind), with org.moneyrocket.Rpc1. Blocks:
 * this program has nothing else to do. */
typedef struct _CliIpc CliIpc;

/* Connects to the node of NETWORK at ADDRESS; over TLS with TARGET, else NULL. */
CliIpc *cli_ipc_open (const BusAddress *address, const BusTlsTarget *target, const char *network, GError **error);
void cli_ipc_close (CliIpc *ipc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliIpc, cli_ipc_close)

/* Makes CALL, an object with "method", "params" and "id". WALLET: NULL for none. CREDENTIALS, "user:password", are for
 * methods of a wallet. The reply is an object with "result", "error" and "id"; NULL with an error when there is none.
 * */
RpcJson *cli_ipc_call (CliIpc *ipc, const RpcJson *call, const char *wallet, const char *credentials, GError **error);

G_END_DECLS
