#pragma once

#include "gui/clients/client.h"

G_BEGIN_DECLS

/* The node: Node1. */

#define GUI_TYPE_NODE_CLIENT (gui_node_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiNodeClient, gui_node_client, GUI, NODE_CLIENT, GuiClient)

typedef enum {
  GUI_NODE_STARTING,
  GUI_NODE_LOADING,
  GUI_NODE_REINDEXING,
  GUI_NODE_IMPORTING,
  GUI_NODE_CONNECTING, /* stored blocks */
  GUI_NODE_SNAPSHOT,   /* one is being loaded */
  GUI_NODE_VERIFYING,
  GUI_NODE_WORKING, /* on something unknown to this program */
  GUI_NODE_SYNCING,
  GUI_NODE_READY,
  GUI_NODE_STOPPING,
} GuiNodeState;

/* The progress of some work. */
typedef struct {
  double fraction; /* 0 to 1 */
  double rate;     /* blocks a second; 0: not known */
  guint64 eta_s;   /* seconds that are left; 0: not known */
} GuiNodeProgress;

/* Work besides the state: the node is up to date all the same. */
typedef enum {
  GUI_NODE_BACKGROUND_NONE,
  GUI_NODE_BACKGROUND_INDEX,      /* an index is being built */
  GUI_NODE_BACKGROUND_VALIDATION, /* the blocks below a snapshot are being checked */
} GuiNodeBackground;

typedef struct {
  GuiNodeState state;       /* GUI_NODE_READY also on a playground without peers, which has nothing to catch up with */
  GuiNodeProgress progress; /* of what the state names */
  GuiNodeBackground background; /* of several indexes the one that is furthest behind counts */
  GuiNodeProgress background_progress;
  guint32 background_height; /* the last block in the index; 0: there is no such figure */
  guint32 height;
  guint32 header_height;
  gint64 tip_time; /* seconds since 1970 */
  guint connections;
  char **warnings; /* never NULL */
} GuiNodeFigures;

GuiNodeClient *gui_node_client_new (void);

/* The last figures that came. Borrowed until the next "changed". */
const GuiNodeFigures *gui_node_client_get_figures (GuiNodeClient *self);

/* Mines BLOCKS blocks that pay to ADDRESS, on regtest; ends when the last one is in the chain. Errors: BUS_ERROR. */
void gui_node_client_generate_async (GuiNodeClient *self,
                                     guint blocks,
                                     const char *address,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
gboolean gui_node_client_generate_finish (GuiNodeClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
