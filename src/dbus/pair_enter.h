#pragma once

#include "common/program.h"
#include "dbus/address.h"

G_BEGIN_DECLS

/* Reads a pairing code from standard input and pairs this program, which is OWN_ROLE ("wallet" or "cli"), with the program ROLE
 * at ADDRESS, where the code was shown. The pairing is kept in the folder of PROGRAM. Prints what to do and what was done.
 * Blocks: this program has nothing else to do. */
gboolean bus_pair_enter (const CommonProgram *program,
                         const char *own_role,
                         const char *role,
                         const BusAddress *address,
                         GError **error);

G_END_DECLS
