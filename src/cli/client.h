#pragma once

#include "common/program.h"
#include "rpc/json.h"

G_BEGIN_DECLS

#define CLI_ERROR (cli_error_quark ())
GQuark cli_error_quark (void);

typedef enum {
  CLI_ERROR_CONNECTION, /* the server does not answer: -rpcwait waits */
  CLI_ERROR_OTHER,
} CliError;

/* Calls METHOD with PARAMS of the node that the options name. WALLET: NULL for none. The whole reply ("result", "error"),
 * NULL with a CLI_ERROR when there is none. */
RpcJson *
cli_client_call (const CommonProgram *program, const char *method, RpcJson *params, const char *wallet, GError **error);

/* The same, and with -rpcwait again until the node is there and ready. */
RpcJson *cli_client_call_waiting (const CommonProgram *program,
                                  const char *method,
                                  RpcJson *params,
                                  const char *wallet,
                                  GError **error);

G_END_DECLS
