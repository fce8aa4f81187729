#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Runs COMMAND with the shell, and waits until it ends; a failure is logged. Any thread that may block. */
void common_command_run (const char *command);

/* COMMAND with VALUE for each KEY, such as "%s". The caller owns it. */
char *common_command_fill_in (const char *command, const char *key, const char *value);

G_END_DECLS
