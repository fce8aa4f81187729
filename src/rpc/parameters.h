#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which parameters METHOD has, as words: see the table. "" for an unknown method. Static. */
const char *rpc_parameters_of (const char *method);

G_END_DECLS
