#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file that is mapped into memory and that cannot be read, or that became shorter, ends a program with SIGBUS. From
 * now on it ends with exit code 1 instead, and a line in the log and on standard error that names the file. To be called
 * once the log is open. */
void common_catch_bus_errors (void);

G_END_DECLS
