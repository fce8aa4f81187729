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
  GUI_NODE_CONNECTING, /* stored blocks */
  GUI_NODE_SNAPSHOT,   /* one is being loaded */
  GUI_NODE_VERIFYING,
  GUI_NODE_WORKING, /* at something that this program does not know */
  GUI_NODE_SYNCING,
  GUI_NODE_READY,
  GUI_NODE_STOPPING,
} GuiNodeState;

/* How far the node is with something. */
typedef struct {
  double fraction; /* 0 to 1 */
  double rate;     /* blocks a second; 0: not known */
  guint64 eta_s;   /* seconds that are left; 0: not known */
} GuiNodeProgress;

/* Work beside the state: the node is in step all the same. */
typedef enum {
  GUI_NODE_ASIDE_NONE,
  GUI_NODE_ASIDE_INDEX,      /* an index is being built */
  GUI_NODE_ASIDE_VALIDATION, /* the blocks below a snapshot are being checked */
} GuiNodeAside;

GuiNodeClient *gui_node_client_new (void);

/* Takes the figures from the node at the other end of CONNECTION from now on. */
void gui_node_client_attach (GuiNodeClient *self, GDBusConnection *connection);
void gui_node_client_detach (GuiNodeClient *self);

gboolean gui_node_client_get_online (GuiNodeClient *self);
/* A playground without peers has nothing to catch up with: it is GUI_NODE_READY where the node says "syncing". */
GuiNodeState gui_node_client_get_state (GuiNodeClient *self);
guint32 gui_node_client_get_height (GuiNodeClient *self);
guint32 gui_node_client_get_header_height (GuiNodeClient *self);
gint64 gui_node_client_get_tip_time (GuiNodeClient *self);          /* seconds since 1970 */
GuiNodeProgress gui_node_client_get_progress (GuiNodeClient *self); /* of what the state names */
/* What goes on beside the state, and how far it is. Of several indexes the one that is furthest behind counts; *HEIGHT is
 * the last block in it, 0 when there is no such figure. */
GuiNodeAside gui_node_client_get_aside (GuiNodeClient *self, GuiNodeProgress *progress, guint32 *height);
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
