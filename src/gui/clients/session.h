#pragma once

#include "bitcoin/primitives/network.h"
#include "gui/clients/access_client.h"
#include "gui/clients/computers.h"
#include "gui/clients/node_client.h"
#include "gui/clients/program.h"
#include "gui/clients/rpc_client.h"
#include "gui/clients/traces.h"
#include "gui/clients/wallet_client.h"
#include "gui/clients/wallet_manager_client.h"

G_BEGIN_DECLS

/* The two programs of the application, node and wallet, their connections, and the clients for the pages. Main context.
 *
 * Signals:
 *   "worker" (guint worker, guint state): a worker reached a GuiWorkerState.
 *   "locked": the node could not start since another program uses the folder. The session is to be stopped.
 *   "wallet-changed": another wallet, or the first one, is shown.
 *   "wallet-updated": its figures or its history changed, or another one is shown ("wallet-changed" is emitted first).
 *   "wallets-changed": wallets were loaded or unloaded, or are ready to be listed. */

#define GUI_TYPE_SESSION (gui_session_get_type ())
G_DECLARE_FINAL_TYPE (GuiSession, gui_session, GUI, SESSION, GObject)

/* What the programs are started with, or where they are. */
typedef struct {
  const char *const *node_args;
  const char *const *wallet_args;
  gboolean fixed;               /* these include the network; otherwise that of gui_session_prepare() is added */
  const char *inspect;          /* as from bus_inspector_dup_value() */
  gboolean inspect_is_set;      /* that is an option, which the preferences do not change */
  gboolean on_session_bus;      /* they can be inspected there, too */
  gboolean session_bus_is_set;  /* that is an option */
  GuiNewProgram *new_local;     /* for those that do not run by themselves */
  const char *const *addresses; /* of programs that run by themselves, as checked by gui_attachment_check() */
} GuiSessionOptions;

/* OPTIONS is copied. */
GuiSession *gui_session_new (const GuiSessionOptions *options);
gboolean gui_session_is_fixed (GuiSession *self);

/* The network on which it will be started, with its FOLDER: the preferences may name a node there. To be called again for
 * another network. */
void gui_session_prepare (GuiSession *self, BtcNetwork network, const char *folder);

/* The address of the node; NULL: the application starts it. Borrowed. */
const char *gui_session_get_node_address (GuiSession *self);

/* The other computers that the application is paired with on its network. Borrowed; NULL before it is prepared. */
GuiComputers *gui_session_get_computers (GuiSession *self);

/* Whether options name the programs to attach to, so that the preferences do not count. */
gboolean gui_session_is_attached_by_option (GuiSession *self);

/* Whether the node, if the application starts it, is to let other computers connect at gui_session_get_listen_port(): by the
 * preferences. */
gboolean gui_session_listens (GuiSession *self);
guint gui_session_get_listen_port (GuiSession *self);

/* Whether WORKER is started by the application. */
gboolean gui_session_is_local (GuiSession *self, GuiWorker worker);

/* Starts both programs, or connects to them; once, when it is prepared. */
void gui_session_start (GuiSession *self);
gboolean gui_session_is_started (GuiSession *self);

/* Starts a program that has failed again, or tries again to connect; REBUILD: it rebuilds its data from the blocks (the
 * node). */
void gui_session_try_again (GuiSession *self, GuiWorker worker, gboolean rebuild);

/* Asks both workers to shut down and waits until they have exited. Programs that run by themselves go on. */
void gui_session_stop_async (GuiSession *self, GAsyncReadyCallback callback, gpointer data);
gboolean gui_session_stop_finish (GuiSession *self, GAsyncResult *result, GError **error);

/* Whether tools may inspect the programs: as the option says if there is one, else as the preferences. */
gboolean gui_session_get_inspected (GuiSession *self);
gboolean gui_session_is_inspect_fixed (GuiSession *self);

/* Offers or removes the sockets now, unless an option says so. FALSE: some cannot be offered; the log says why. */
gboolean gui_session_set_inspected (GuiSession *self, gboolean inspected);

/* The same on the session bus, in addition to the sockets. An option for either of them fixes it. */
gboolean gui_session_get_on_session_bus (GuiSession *self);
gboolean gui_session_is_session_bus_fixed (GuiSession *self);
void gui_session_set_on_session_bus (GuiSession *self, gboolean on);

/* The address at which tools find PROCESS ("unix:path=…"); NULL: it is not offered by this application. The caller owns
 * it. */
char *gui_session_dup_inspect_address (GuiSession *self, GuiProcess process);

BtcNetwork gui_session_get_network (GuiSession *self);
GuiWorkerState gui_session_get_worker_state (GuiSession *self, GuiWorker worker);

/* Borrowed; NULL before the start. */
GuiProgram *gui_session_get_program (GuiSession *self, GuiWorker worker);

GuiNodeClient *gui_session_get_node (GuiSession *self);
GuiAccessClient *gui_session_get_access (GuiSession *self); /* who may use the node */
GuiWalletManagerClient *gui_session_get_manager (GuiSession *self);

/* What all programs use, and the messages between them. */
GuiTraces *gui_session_get_traces (GuiSession *self);

/* The methods of the node, or of the wallet. */
GuiRpcClient *gui_session_get_rpc (GuiSession *self, GuiWorker worker);

/* The wallet that is shown. NULL while there is none. The client of a wallet lives as long as the session, and stays
 * attached while another wallet is shown. */
GuiWalletClient *gui_session_get_wallet (GuiSession *self);

/* Shows the wallet NAME, as soon as it is loaded. */
void gui_session_select_wallet (GuiSession *self, const char *name);

G_END_DECLS
