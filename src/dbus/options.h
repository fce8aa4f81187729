#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether each of the keys that follow (a key and the type of its value, again and again; then NULL) has a value of its type in
 * OPTIONS, an a{sv}, or is absent; so g_variant_lookup() of one fails only when it is absent. If not, INVOCATION was answered with
 * BUS_ERROR_INVALID_ARGUMENT: an option that is ignored could be a limit that the caller relies on. Any thread. */
gboolean bus_options_check (GDBusMethodInvocation *invocation, GVariant *options, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
