#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who is paid: COINS (of GuiCoin) are the outputs of a payment or of a draft. Their labels or shortened addresses, or their
 * number if there are more than three. Translated; the caller owns it. Pure. */
char *gui_recipients_dup_text (const GPtrArray *coins);

G_END_DECLS
