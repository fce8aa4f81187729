#pragma once

#include "common/options.h"

G_BEGIN_DECLS

/* The name of this program for other nodes (BIP 14), such as "/Moneyrocket:0.1/" or, with -uacomment,
 * "/Moneyrocket:0.1(comment; comment)/". The caller owns it; NULL with ERROR when a comment is not allowed there. */
char *node_user_agent_new (const CommonOptions *options, GError **error);

G_END_DECLS
