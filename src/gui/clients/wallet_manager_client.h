#pragma once

#include "gui/clients/client.h"

G_BEGIN_DECLS

/* The client of WalletManager1: the wallets. */

#define GUI_TYPE_WALLET_MANAGER_CLIENT (gui_wallet_manager_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiWalletManagerClient, gui_wallet_manager_client, GUI, WALLET_MANAGER_CLIENT, GuiClient)

GuiWalletManagerClient *gui_wallet_manager_client_new (void);

/* As gui_client_attach(), including the list of wallets. */
void gui_wallet_manager_client_attach (GuiWalletManagerClient *self, GDBusConnection *connection);
void gui_wallet_manager_client_detach (GuiWalletManagerClient *self);

/* TRUE once the startup wallets are loaded. */
gboolean gui_wallet_manager_client_get_ready (GuiWalletManagerClient *self);

/* Why the node does not accept these wallets, untranslated, for Details; "" if it does. Borrowed until the next "changed". */
const char *gui_wallet_manager_client_get_refusal (GuiWalletManagerClient *self);

/* The names of the loaded wallets, in alphabetical order; NULL-terminated, borrowed until the next "changed". */
const char *const *gui_wallet_manager_client_get_names (GuiWalletManagerClient *self);

/* The object path of the wallet NAME; NULL if it is not loaded. Borrowed like the names. */
const char *gui_wallet_manager_client_get_path (GuiWalletManagerClient *self, const char *name);

/* Creates a wallet. Errors: BUS_ERROR (WALLET_EXISTS, INVALID_NAME, STORAGE, NOT_READY). */
void gui_wallet_manager_client_create_async (GuiWalletManagerClient *self,
                                             const char *name,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer data);
void gui_wallet_manager_client_load_async (GuiWalletManagerClient *self,
                                           const char *name,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer data);
/* Finishes both of the above. */
gboolean gui_wallet_manager_client_open_finish (GuiWalletManagerClient *self, GAsyncResult *result, GError **error);

/* A wallet that is not loaded. */
typedef struct {
  char *name;
  GError *problem; /* why it cannot be loaded; NULL: nothing is known against it */
} GuiClosedWallet;

/* The wallets that are not loaded, at most GUI_BOUNDS_MAX_WALLETS: an array of GuiClosedWallet. */
void gui_wallet_manager_client_list_closed_async (GuiWalletManagerClient *self,
                                                  GCancellable *cancellable,
                                                  GAsyncReadyCallback callback,
                                                  gpointer data);
GPtrArray *
gui_wallet_manager_client_list_closed_finish (GuiWalletManagerClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
