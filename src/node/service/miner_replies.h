#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Shared by Mining1 and BlockTemplate1. Main context. */

/* Replies with BUS_ERROR_INVALID_ARGUMENT. */
void node_miner_refuse (GDBusMethodInvocation *invocation, const char *text);

/* Sets *TIMEOUT_MS to the option "timeout" if there is one. FALSE after an error reply. */
gboolean node_miner_read_timeout (GDBusMethodInvocation *invocation, GVariant *options, guint *timeout_ms);

G_END_DECLS
