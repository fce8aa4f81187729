#pragma once

#include "wallet/wallets/manager.h"

G_BEGIN_DECLS

/* Drafts belong to the connection over which they were made: those that are open when it closes are discarded, so that their
 * coins are free again. A draft that was sent is a payment: it is none of these any more, and its number can be asked about over
 * every connection. Main context. */

/* The draft ID of the loaded wallet NAME is of CONNECTION; where that is closed already, it is discarded at once. */
void wallet_drafts_add (GDBusConnection *connection, WalletManager *manager, const char *name, guint64 id);

/* Discards a draft that nobody was given the number of. */
void wallet_drafts_discard (WalletManager *manager, const char *name, guint64 id);

/* It was sent or discarded. */
void wallet_drafts_remove (GDBusConnection *connection, guint64 id);

G_END_DECLS
