#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The loaded wallets, as the ObjectManager of the wallet worker announces them: each announcement has all of them asked for anew,
 * so that neither their order nor their number matters. Main context. */
typedef struct _GuiWalletList GuiWalletList;

/* CHANGED (DATA) is called when the list is up to date again; RIGHT FALSE: what was announced cannot be, and was not taken. */
GuiWalletList *gui_wallet_list_new (void (*changed) (gpointer data, gboolean right), gpointer data);
void gui_wallet_list_free (GuiWalletList *list);

/* Follows the wallets at the other end of CONNECTION from now on. Until its first answer, and while detached, the last names stay. */
void gui_wallet_list_attach (GuiWalletList *list, GDBusConnection *connection);
void gui_wallet_list_detach (GuiWalletList *list);

/* Attached, and nothing was announced that the list does not have. */
gboolean gui_wallet_list_is_current (GuiWalletList *list);

/* NULL-terminated, in alphabetical order; borrowed until the next change. */
const char *const *gui_wallet_list_get_names (GuiWalletList *list);

/* The object path of the wallet NAME; NULL when it is not loaded. Borrowed like the names. */
const char *gui_wallet_list_get_path (GuiWalletList *list, const char *name);

G_END_DECLS
