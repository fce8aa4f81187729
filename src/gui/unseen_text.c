#include "gui/unseen_text.h"

#include <glib/gi18n.h>

/* Regtest needs no peers: its blocks are mined here. */
static gboolean
has_no_source_of_blocks (GuiSession *session)
{
  return gui_session_get_network (session) != BTC_NETWORK_REGTEST
         && gui_node_client_get_figures (gui_session_get_node (session))->connections == 0;
}

const char *
gui_unseen_sentence (GuiSession *session)
{
  GuiWalletClient *wallet = gui_session_get_wallet (session);
  GuiWalletProblem problem = wallet != NULL ? gui_wallet_client_get_figures (wallet)->problem : GUI_WALLET_FOLLOWS;

  switch (problem) {
  case GUI_WALLET_NEEDS_PRUNED:
    return _ (
        "It needs blocks that the node has deleted to save space. Payments in them, and later ones, are not seen. "
        "Turn off pruning, and start Moneyrocket with -reindex once.");
  case GUI_WALLET_CANNOT_FOLLOW:
    return _ ("The node cannot give it the blocks that it needs. Payments in them, and later ones, are not seen. Close "
              "Moneyrocket and start it again; if it happens again, check the disk.");
  case GUI_WALLET_FOLLOWS:
    break;
  }
  return has_no_source_of_blocks (session)
             ? _ ("This version does not fetch blocks from other nodes. Payments to this wallet are not seen until the "
                  "node has their blocks from a file.")
             : NULL;
}
