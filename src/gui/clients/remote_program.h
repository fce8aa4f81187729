#pragma once

#include "gui/clients/attachment.h"
#include "gui/clients/program.h"

G_BEGIN_DECLS

/* A program that runs by itself. The application connects to it, and again when the connection is lost or the program is
 * not there yet; when it stops, the program goes on. A program of another version or network, or another one than
 * expected, has failed: it is tried again on request only. */

#define GUI_TYPE_REMOTE_PROGRAM (gui_remote_program_get_type ())
G_DECLARE_FINAL_TYPE (GuiRemoteProgram, gui_remote_program, GUI, REMOTE_PROGRAM, GuiProgram)

/* Takes ownership of ATTACHMENT. NETWORK is its name, FOLDER its folder, where it is known which programs of other computers
 * this one is paired with; reading that blocks: at the start of a session. */
GuiProgram *gui_remote_program_new (GuiAttachment *attachment, const char *network, const char *folder);

/* Opens another connection to the same program, for a program that this one has started. */
void gui_remote_program_open_async (GuiRemoteProgram *self,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer data);
/* The descriptor, owned by the caller; -1 with ERROR. */
int gui_remote_program_open_finish (GAsyncResult *result, GError **error);

G_END_DECLS
