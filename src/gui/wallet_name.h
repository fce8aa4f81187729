#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a user types as the name of a new wallet, which becomes the name of its folder. Pure. */

/* TEXT, composed and without spaces around it. The caller owns it. */
char *gui_wallet_name_clean (const char *text);

/* Why NAME, which is clean, cannot be that of a new wallet: a translated sentence, owned by the caller; NULL if it can.
 * LOADED (NULL-terminated) and CLOSED (of GuiClosedWallet; NULL: none) are the existing wallets. A name that is easily
 * mistaken for that of one of them, such as in another case, is refused like the same name. */
char *gui_wallet_name_sentence (const char *name, const char *const *loaded, const GPtrArray *closed);

G_END_DECLS
