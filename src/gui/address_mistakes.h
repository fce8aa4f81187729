#pragma once

#include "gui/address_text.h"

G_BEGIN_DECLS

/* Why TEXT, without spaces, is not an address of NETWORK: a translated sentence, owned by the caller. *STATE becomes
 * GUI_ADDRESS_UNFINISHED if it may become one with further characters, otherwise GUI_ADDRESS_BAD. Pure. */
char *gui_address_mistake (const char *text, BtcNetwork network, GuiAddressState *state);

G_END_DECLS
