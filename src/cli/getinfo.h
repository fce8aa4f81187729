#pragma once

#include "cli/client.h"

G_BEGIN_DECLS

/* -getinfo: a few lines about the node, and about its wallet where there is one. The reply that has an error, or NULL with
 * ERROR; *TEXT (the caller's) when all went well. */
RpcJson *cli_getinfo (const CommonProgram *program, const char *wallet, char **text, GError **error);

G_END_DECLS
