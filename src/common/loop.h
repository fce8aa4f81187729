#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a main loop may spend on one turn, in microseconds. */
#define COMMON_LOOP_LIMIT_US 5000

/* Logs, under -debug=loop, each turn of the default main context that took longer than COMMON_LOOP_LIMIT_US. Called once
 * by a program, on the thread that runs the loop, before it runs. Does nothing while that category is off. */
void common_loop_watch (void);

G_END_DECLS
