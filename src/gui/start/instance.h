#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One application for each folder of a network, on the session bus: it owns a name that is made of the folder's path. A
 * later one finds the name taken and has the first one present its window. Main context. */
typedef struct _GuiInstance GuiInstance;

/* Calls DONE once, later. FIRST is FALSE if another application has the folder and has presented its window. Without a
 * session bus, or if the other one does not reply, FIRST is TRUE: the lock of the folder decides. */
GuiInstance *
gui_instance_claim (GApplication *app, const char *folder, void (*done) (gpointer data, gboolean first), gpointer data);

/* Releases the name. DONE is not called afterwards. */
void gui_instance_release (GuiInstance *instance);

G_END_DECLS
