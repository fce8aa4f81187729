#pragma once

#include "rpc/json.h"

G_BEGIN_DECLS

/* The words of the command line as the parameters of METHOD: an array, or with NAMED an object (NAME=VALUE words, the
 * others in order under "args"). NULL with ERROR when a word that must be JSON is not. WORDS ends with NULL. */
RpcJson *cli_convert (const char *method, char **words, gboolean named, GError **error);

G_END_DECLS
