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
gui_unserved_sentence (GuiSession *session)
{
  GuiProgram *node = gui_session_get_program (session, GUI_WORKER_NODE);

  if (*gui_wallet_manager_client_get_refusal (gui_session_get_manager (session)) != '\0')
    return _ (
        "Another program at the node has a wallet of the same name. Payments to this one are not seen, and none can be "
        "sent, until that one is closed.");
  if (gui_session_is_local (session, GUI_WORKER_WALLET) && node != NULL
      && !gui_session_is_local (session, GUI_WORKER_NODE) && gui_program_was_ready (node)
      && (gui_program_get_roles (node) & BUS_ROLE_WALLET) == 0)
    return _ ("This window can only view the node: payments to this wallet are not seen, and none can be sent. The "
              "person who "
              "runs the node can allow more.");
  return NULL;
}

const char *
gui_unseen_sentence (GuiSession *session)
{
  const char *unserved = gui_unserved_sentence (session);
  GuiWalletClient *wallet = gui_session_get_wallet (session);
  GuiWalletProblem problem = wallet != NULL ? gui_wallet_client_get_figures (wallet)->problem : GUI_WALLET_FOLLOWS;

  if (unserved != NULL)
    return unserved;
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
