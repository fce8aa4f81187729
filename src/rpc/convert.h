#pragma once

#include "rpc/json.h"

G_BEGIN_DECLS

/* Words that a person has typed as the parameters of METHOD: an array, or with NAMED an object (NAME=VALUE words, the
 * others in order under "args"). WORDS ends with NULL. NULL with ERROR, which repeats the word, when a word that must be
 * JSON is not; *WRONG (may be NULL) becomes its index. The values are wiped when they are freed. */
RpcJson *rpc_convert_words (const char *method, char **words, gboolean named, guint *wrong, GError **error);

G_END_DECLS
