#pragma once

#include "gui/clients/wallet_client.h"
#include "gui/clients/wallet_manager_client.h"

G_BEGIN_DECLS

/* The clients of the wallets that were shown: each keeps its last figures, and is attached to the object of its wallet
 * whenever there is one, since a payment from it may still be followed. Main context. */
typedef struct _GuiWalletClients GuiWalletClients;

GuiWalletClients *gui_wallet_clients_new (BtcNetwork network);
void gui_wallet_clients_free (GuiWalletClients *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiWalletClients, gui_wallet_clients_free)

/* The client of the wallet NAME, borrowed. *CREATED becomes TRUE if it was created: it is not attached yet. */
GuiWalletClient *gui_wallet_clients_get (GuiWalletClients *self, const char *name, gboolean *created);

/* Attaches each to the object that MANAGER names, and detaches those whose wallet is not loaded. */
void gui_wallet_clients_attach (GuiWalletClients *self, GuiWalletManagerClient *manager, GDBusConnection *connection);

/* The worker is gone. */
void gui_wallet_clients_detach (GuiWalletClients *self);

G_END_DECLS
