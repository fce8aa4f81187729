#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A program is killed by SIGBUS when a file that is mapped into memory cannot be read, or was truncated. After this
 * call it exits with code 1 instead, and a message in the log and on standard error names the file. To be called once
 * the log is open. */
void common_catch_bus_errors (void);

G_END_DECLS
