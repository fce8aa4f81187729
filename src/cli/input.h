#pragma once

#include "common/program.h"

G_BEGIN_DECLS

/* The method and its parameters: from the command line, then from standard input (-stdin, -stdinwalletpassphrase), with
 * zero bytes as U+0000. -stdinrpcpass sets the option -rpcpassword. WORDS gets a NULL at its end. FALSE with ERROR. */
gboolean cli_input_collect (CommonProgram *program, GPtrArray *words, GError **error);

G_END_DECLS
