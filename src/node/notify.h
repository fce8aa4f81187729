#pragma once

#include "common/options.h"

G_BEGIN_DECLS

/* Commands that run on events: -alertnotify, -blocknotify, -startupnotify and -shutdownnotify. Any thread. Only the
 * last function waits for its commands. */

void node_notify_alert (const CommonOptions *options, const char *text);
void node_notify_block (const CommonOptions *options, const guint8 hash32[32]);
void node_notify_started (const CommonOptions *options);

/* Waits until the commands of -shutdownnotify have ended. Not on a main loop that others need. */
void node_notify_stopping (const CommonOptions *options);

G_END_DECLS
