#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads bulk data of org.moneyrocket.Chain1 in parts, on a connection that passes no descriptors. Several parts are
 * requested at once, so that the time does not depend on how far away the node is, and so few that a slow network
 * carries them within the time-out of a call. Main context. */

/* The data NUMBER of SIZE bytes, of which FIRST (an ay) has been received. */
void wallet_chain_parts_read_async (GDBusConnection *connection,
                                    guint64 number,
                                    gsize size,
                                    GVariant *first,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);

/* SIZE bytes, owned by the caller. NULL with ERROR: that of a call, or BUS_ERROR_INVALID_ANSWER if a part does not have
 * its length. */
GBytes *wallet_chain_parts_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
