#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The loaded wallets, as reported by the ObjectManager of the wallet worker: each of its signals causes a new request
 * for all of them, so that neither the order nor the number of signals matters. Main context. */
typedef struct _GuiWalletList GuiWalletList;

/* CHANGED is called with DATA when the list is up to date again. VALID is FALSE if the reply was invalid and was ignored. */
GuiWalletList *gui_wallet_list_new (void (*changed) (gpointer data, gboolean valid), gpointer data);
void gui_wallet_list_free (GuiWalletList *list);

/* Follows the wallets at the other end of CONNECTION from now on. Until the first reply, and while detached, the last
 * names are kept. */
void gui_wallet_list_attach (GuiWalletList *list, GDBusConnection *connection);
void gui_wallet_list_detach (GuiWalletList *list);

/* Attached, and up to date with all signals. */
gboolean gui_wallet_list_is_current (GuiWalletList *list);

/* NULL-terminated, in alphabetical order; borrowed until the next change. */
const char *const *gui_wallet_list_get_names (GuiWalletList *list);

/* The object path of the wallet NAME; NULL if it is not loaded. Borrowed like the names. */
const char *gui_wallet_list_get_path (GuiWalletList *list, const char *name);

G_END_DECLS
