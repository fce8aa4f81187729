#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file that is mapped into memory and that cannot be read, or was truncated, kills a program with SIGBUS. After this
 * call the program exits with code 1 instead, and with a message in the log and on standard error that names the file.
 * To be called once the log is open. */
void common_catch_bus_errors (void);

G_END_DECLS
