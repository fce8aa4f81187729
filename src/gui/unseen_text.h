#pragma once

#include "gui/clients/session.h"

G_BEGIN_DECLS

/* Why payments to the wallet that is shown are not seen, in a sentence: nobody is invited to receive then. NULL if they
 * are seen, or will be. It may change with each "changed" of the node and each "wallet-updated". Main context. */
const char *gui_unseen_sentence (GuiSession *session);

/* The same, but only if the node does not serve these wallets at all. */
const char *gui_unserved_sentence (GuiSession *session);

G_END_DECLS
