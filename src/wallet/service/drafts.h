#pragma once

#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* Drafts are owned by the connection over which they were created: open drafts are discarded when it closes, which
 * releases their coins. A draft that was sent has become a payment, and can be queried by its number over any
 * connection. Main context. */

/* Makes CONNECTION the owner of the draft ID of the loaded wallet NAME; if it is closed already, the draft is discarded
 * at once. */
void wallet_drafts_add (GDBusConnection *connection, WalletManager *manager, const char *name, guint64 id);

/* Discards a draft whose number was not returned to a caller. */
void wallet_drafts_discard (WalletManager *manager, const char *name, guint64 id);

/* It was sent or discarded. */
void wallet_drafts_remove (GDBusConnection *connection, guint64 id);

G_END_DECLS
