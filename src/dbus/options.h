#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Checks the types in OPTIONS, an a{sv}: the arguments are pairs of a key and the type of its value, then NULL. TRUE if
 * each of the keys has its type or is absent, so that a failing g_variant_lookup() means that it is absent. Otherwise
 * replies to INVOCATION with BUS_ERROR_INVALID_ARGUMENT, since an ignored option could be a limit that the caller
 * relies on. Any thread. */
gboolean bus_options_check (GDBusMethodInvocation *invocation, GVariant *options, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
