#pragma once

#include "common/program.h"
#include "rpc/json.h"

G_BEGIN_DECLS

#define CLI_ERROR (cli_error_quark ())
GQuark cli_error_quark (void);

typedef enum {
  CLI_ERROR_CONNECTION, /* the server does not respond: -rpcwait retries */
  CLI_ERROR_OTHER,
} CliError;

/* Calls METHOD with PARAMS on the node that the options specify. WALLET: NULL for none. The whole reply ("result",
 * "error"), NULL with a CLI_ERROR when there is none. */
RpcJson *
cli_client_call (const CommonProgram *program, const char *method, RpcJson *params, const char *wallet, GError **error);

/* The same, but with -rpcwait it is retried until the node is reachable and ready. */
RpcJson *cli_client_call_waiting (const CommonProgram *program,
                                  const char *method,
                                  RpcJson *params,
                                  const char *wallet,
                                  GError **error);

G_END_DECLS
