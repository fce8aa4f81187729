#pragma once

#include "cli/client.h"

G_BEGIN_DECLS

/* The commands of the client itself: each makes several calls. They return a reply as of one call, which the caller owns:
 * an object with the "result", or with an "error"; or NULL with ERROR. WORDS (ending with NULL) follow the options;
 * WALLET may be NULL. */
typedef struct {
  const CommonProgram *program;
  CliClient *client;
  const char *wallet;
  char **words;
} CliCommand;

RpcJson *cli_getinfo (const CliCommand *command, GError **error);
RpcJson *cli_netinfo (const CliCommand *command, GError **error);
char *cli_netinfo_dup_help (void); /* the text of `-netinfo help` */
RpcJson *cli_generate (const CliCommand *command, GError **error);
RpcJson *cli_addrinfo (const CliCommand *command, GError **error);

/* commands.c. A reply with RESULT (taken over). */
RpcJson *cli_command_reply (RpcJson *result);

/* Sends METHODS (ending with NULL), which take no parameters, as one batch. The replies in the order of METHODS. */
RpcJson *cli_command_batch (const CliCommand *command, const char *const *methods, GError **error);

/* The text of a string or number; "" for anything else. */
const char *cli_value_text (const RpcJson *value);

G_END_DECLS
