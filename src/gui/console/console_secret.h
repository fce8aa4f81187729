#pragma once

#include "gui/console/console_line.h"

G_BEGIN_DECLS

/* What must not stay readable of a line that was typed: the parameters of methods that take passphrases or keys, and of every
 * call in which a private key is a word. A method that is not known but spelled almost like one of these counts as one of
 * them. Pure. */

/* Whether KNOWN, the method names of the workers, has METHOD. */
typedef gboolean (*GuiConsoleKnown) (const char *method, gpointer data);

gboolean gui_console_secret_is_method (const char *method, gboolean known);

/* Whether TEXT contains a private key: of an address (WIF), or an extended one. */
gboolean gui_console_secret_has_key (const char *text);

/* LINE as it may be shown: "walletpassphrase(…)". CALL: the line parsed; NULL if that failed, and then all after the first
 * name of such a method is left out. The caller owns it. */
char *gui_console_secret_dup_shown (const char *line, const GuiConsoleCall *call, GuiConsoleKnown known, gpointer data);

/* LINE as it is kept to be typed again: without the parameters of a secret method. NULL: it is not kept. */
char *gui_console_secret_dup_kept (const char *line, const GuiConsoleCall *call, GuiConsoleKnown known, gpointer data);

G_END_DECLS
