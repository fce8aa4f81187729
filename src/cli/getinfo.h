#pragma once

#include "cli/client.h"

G_BEGIN_DECLS

/* -getinfo: a few lines about the node, and about its wallet if there is one. Returns the reply with an error, or NULL
 * with ERROR; on success *TEXT (which the caller owns). */
RpcJson *cli_getinfo (const CommonProgram *program, const char *wallet, char **text, GError **error);

G_END_DECLS
