#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The node as the pages see it: an object that outlives the worker. While the worker is gone it keeps the last figures
 * and is not online. Main context; nothing here waits.
 *
 * Signals: "changed" after any figure or the online state changed. */

#define GUI_TYPE_NODE_CLIENT (gui_node_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiNodeClient, gui_node_client, GUI, NODE_CLIENT, GObject)

typedef enum {
  GUI_NODE_STARTING,
  GUI_NODE_LOADING,
  GUI_NODE_REINDEXING,
  GUI_NODE_IMPORTING,
  GUI_NODE_VERIFYING,
  GUI_NODE_SYNCING,
  GUI_NODE_READY,
  GUI_NODE_STOPPING,
} GuiNodeState;

GuiNodeClient *gui_node_client_new (void);

/* Takes the figures from the node at the other end of CONNECTION from now on. */
void gui_node_client_attach (GuiNodeClient *self, GDBusConnection *connection);
void gui_node_client_detach (GuiNodeClient *self);

gboolean gui_node_client_get_online (GuiNodeClient *self);
/* A playground without peers has nothing to catch up with: it is GUI_NODE_READY where the node says "syncing". */
GuiNodeState gui_node_client_get_state (GuiNodeClient *self);
guint32 gui_node_client_get_height (GuiNodeClient *self);
guint32 gui_node_client_get_header_height (GuiNodeClient *self);
gint64 gui_node_client_get_tip_time (GuiNodeClient *self); /* seconds since 1970 */
double gui_node_client_get_progress (GuiNodeClient *self); /* 0 to 1, of what the state names */
guint64 gui_node_client_get_eta (GuiNodeClient *self);     /* seconds, 0: not known */
guint gui_node_client_get_connections (GuiNodeClient *self);
const char *const *gui_node_client_get_warnings (GuiNodeClient *self); /* never NULL */

/* Mines BLOCKS blocks that pay to ADDRESS, on regtest; ends when the last one is in the chain. Errors: BUS_ERROR. */
void gui_node_client_generate_async (GuiNodeClient *self,
                                     guint blocks,
                                     const char *address,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
gboolean gui_node_client_generate_finish (GuiNodeClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
