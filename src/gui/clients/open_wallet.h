#pragma once

#include "gui/clients/session.h"

G_BEGIN_DECLS

/* Opens the wallet NAME, or with CREATE makes a new one, and then shows it. Errors: those of
 * gui_wallet_manager_client_create_async() and G_IO_ERROR_CANCELLED: nothing is shown then. Main context. */
void gui_open_wallet_async (GuiSession *session,
                            const char *name,
                            gboolean create,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);
gboolean gui_open_wallet_finish (GuiSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
