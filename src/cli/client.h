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

/* Sets ERROR to a CLI_ERROR_OTHER and returns NULL. */
gpointer cli_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The node that the options specify. */
typedef struct _CliClient CliClient;

CliClient *cli_client_new (const CommonProgram *program, GError **error);
void cli_client_free (CliClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliClient, cli_client_free)

/* A call of METHOD with PARAMS (taken over) and ID. The caller owns it. */
RpcJson *cli_client_make_call (const char *method, RpcJson *params, RpcJson *id);

/* Sends REQUEST (borrowed), a call or a batch. With -rpcwait it is retried until the node is reachable and ready. WALLET:
 * NULL for none. The reply, which for a call is an object; NULL with a CLI_ERROR when there is none. */
RpcJson *cli_client_send (CliClient *client, const RpcJson *request, const char *wallet, GError **error);

/* Both, with the id of -rpcid. */
RpcJson *cli_client_call (CliClient *client, const char *method, RpcJson *params, const char *wallet, GError **error);

/* Whether the reply to a call is an error. */
gboolean cli_is_error (const RpcJson *reply);

G_END_DECLS
