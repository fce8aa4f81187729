#pragma once

#include "common/options.h"

G_BEGIN_DECLS

/* -wallet takes text, and -nowallet no other value than 1. */
gboolean rpc_wallet_options_check (const CommonOptions *options, GError **error);

G_END_DECLS
