#pragma once

#include "common/secret.h"

G_BEGIN_DECLS

/* Shows a pairing code on standard output: on a terminal as a QR code and in groups, for people; otherwise as one line, for
 * programs. ROLE is what the other program may do, for SECONDS the code can be used. */
void bus_pair_show (const CommonSecret *code, const char *role, guint seconds);

G_END_DECLS
