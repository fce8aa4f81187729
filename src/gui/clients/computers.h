#pragma once

#include "dbus/address.h"
#include "dbus/pairings.h"

G_BEGIN_DECLS

/* The other computers whose node or wallet this application may use on a network: it is paired with them, and has an
 * identity by which they know it. Signal "changed" (): the list is another one. Main context. */

#define GUI_TYPE_COMPUTERS (gui_computers_get_type ())
G_DECLARE_FINAL_TYPE (GuiComputers, gui_computers, GUI, COMPUTERS, GObject)

/* Reads the list in FOLDER, that of NETWORK (its name), which blocks for a small file: at the start of a session. */
GuiComputers *gui_computers_new (const char *folder, const char *network);

/* BusPairing, of programs at addresses; borrowed, until the next change. */
const GPtrArray *gui_computers_get_list (GuiComputers *self);

/* Why the list cannot be used, for Details; NULL: it can. Borrowed. */
const char *gui_computers_get_problem (GuiComputers *self);

/* The computer at ADDRESS, as of bus_address_dup_text(); NULL: there is none. Borrowed, until the next change. */
const BusPairing *gui_computers_find (GuiComputers *self, const char *address);

/* Removes it from the list. */
void gui_computers_forget (GuiComputers *self, const char *address);

/* Pairs this application with the program ROLE, "node" or "wallet", at ADDRESS, of another computer, where CODE is shown; adds it to
 * the list as NAME, which is valid (see bus_pairing_name_is_valid()). CODE, a text, is not kept. */
void gui_computers_pair_async (GuiComputers *self,
                               const BusAddress *address,
                               const char *role,
                               const char *code,
                               const char *name,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer data);
gboolean gui_computers_pair_finish (GuiComputers *self, GAsyncResult *result, GError **error);

G_END_DECLS
