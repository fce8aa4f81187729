#pragma once

#include "dbus/address.h"
#include "gui/clients/program.h"

G_BEGIN_DECLS

/* A value of the application's -ipcconnect: an address as of address.h, followed by ",program=wallet" if a wallet program
 * and not a node runs there. */

typedef struct {
  GuiWorker worker;
  BusAddress *address;
  char *place; /* as of gui_program_get_place() */
} GuiAttachment;

/* FOLDER is the network's. NULL with a message that names TEXT. The caller owns the result. */
GuiAttachment *gui_attachment_parse (const char *text, const char *folder, GError **error);
void gui_attachment_free (GuiAttachment *attachment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GuiAttachment, gui_attachment_free)

/* The program that TEXT names, which may be invalid otherwise. */
GuiWorker gui_attachment_get_worker (const char *text);

/* Checks all of TEXTS: at most one node and one wallet program. */
gboolean gui_attachment_check (const char *const *texts, const char *folder, GError **error);

G_END_DECLS
