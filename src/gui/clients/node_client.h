#pragma once

#include "gui/clients/client.h"

G_BEGIN_DECLS

/* The client of Node1: the node. */

#define GUI_TYPE_NODE_CLIENT (gui_node_client_get_type ())
G_DECLARE_FINAL_TYPE (GuiNodeClient, gui_node_client, GUI, NODE_CLIENT, GuiClient)

typedef enum {
  GUI_NODE_STARTING,
  GUI_NODE_LOADING,
  GUI_NODE_REINDEXING,
  GUI_NODE_IMPORTING,
  GUI_NODE_CONNECTING, /* stored blocks */
  GUI_NODE_SNAPSHOT,   /* a UTXO snapshot is being loaded */
  GUI_NODE_VERIFYING,
  GUI_NODE_WORKING, /* in a state that is unknown to this program */
  GUI_NODE_SYNCING,
  GUI_NODE_READY,
  GUI_NODE_STOPPING,
} GuiNodeState;

/* The progress of some work. */
typedef struct {
  double fraction; /* 0 to 1 */
  double rate;     /* blocks per second; 0: unknown */
  guint64 eta_s;   /* remaining seconds; 0: unknown */
} GuiNodeProgress;

/* Work in the background, in addition to the state: the node is up to date nevertheless. */
typedef enum {
  GUI_NODE_BACKGROUND_NONE,
  GUI_NODE_BACKGROUND_INDEX,      /* an index is being built */
  GUI_NODE_BACKGROUND_VALIDATION, /* the blocks below a snapshot are being checked */
} GuiNodeBackground;

typedef struct {
  GuiNodeState state;       /* on a playground without peers always GUI_NODE_READY, since there is nothing to sync */
  GuiNodeProgress progress; /* of the work in this state */
  GuiNodeBackground background; /* of several indexes, the one that is furthest behind */
  GuiNodeProgress background_progress;
  guint32 background_height; /* the last block in the index; 0: unknown */
  guint32 height;
  guint32 header_height;
  gint64 tip_time; /* seconds since 1970 */
  guint connections;
  gboolean alone;  /* there are no peers to get blocks from, and nothing else to wait for; never on a playground */
  char **warnings; /* never NULL */
} GuiNodeFigures;

GuiNodeClient *gui_node_client_new (void);

/* The last figures. Borrowed until the next "changed". */
const GuiNodeFigures *gui_node_client_get_figures (GuiNodeClient *self);

/* Mines BLOCKS blocks that pay to ADDRESS, on regtest; completes when the last one is on the chain. Errors:
 * BUS_ERROR. */
void gui_node_client_generate_async (GuiNodeClient *self,
                                     guint blocks,
                                     const char *address,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer data);
gboolean gui_node_client_generate_finish (GuiNodeClient *self, GAsyncResult *result, GError **error);

G_END_DECLS
