#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an error CODE of a method means, as part of a sentence, translated; NULL: it is not known. Static. */
const char *gui_console_code_text (gint32 code);

G_END_DECLS
