#pragma once

#include "common/program.h"

G_BEGIN_DECLS

/* The options of the application itself. Main thread, at start-up. */

/* Checks the options, with the addresses of -ipcconnect on each network, and chooses the language of -lang. */
gboolean gui_start_options_apply (const CommonProgram *program, GError **error);

/* With -resetguisettings deletes the file of the preferences, which has not been read yet. */
void gui_start_options_reset (const CommonProgram *program, const char *path);

/* -min */
gboolean gui_start_options_is_minimised (const CommonProgram *program);

/* The arguments for the wallet. With -server it accepts the calls of the node's JSON-RPC clients, whose credentials it
 * checks itself. g_strfreev(). */
char **gui_start_options_dup_wallet_args (const CommonProgram *program);

/* -ipcsession */
gboolean gui_start_options_is_on_session_bus (const CommonProgram *program);

G_END_DECLS
