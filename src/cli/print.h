#pragma once

#include <stdio.h>

#include "rpc/json.h"

G_BEGIN_DECLS

/* Output, byte by byte: nothing is converted to the locale's characters, and U+0000 is a zero byte. */
void cli_print (FILE *file, const char *text);
void cli_print_error (const char *format, ...) G_GNUC_PRINTF (1, 2); /* on standard error */

/* The result of a call on standard output, or its error on standard error. Returns the exit code. */
int cli_print_reply (const RpcJson *reply);

/* How this program and its server are called: by the reference's names if this one was started under such a name. */
void cli_print_set_classic (gboolean classic);
const char *cli_print_name (void);
const char *cli_print_server (void);

G_END_DECLS
