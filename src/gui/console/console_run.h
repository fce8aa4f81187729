#pragma once

#include "gui/clients/session.h"
#include "gui/console/console_line.h"

G_BEGIN_DECLS

/* Runs a line of the console: each call in the program that has its method, those within others first. Methods of the wallet
 * go to the wallet alone, so that what is typed for it never reaches the node. Main context. */

typedef struct {
  GuiRpcResult result; /* of the line, or the error of the call that failed */
  GuiWorker worker;    /* that it is from */
  char *method;        /* of that call */
} GuiConsoleOutcome;

void gui_console_outcome_clear (GuiConsoleOutcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GuiConsoleOutcome, gui_console_outcome_clear)

/* Whether one of the programs has METHOD; *WORKER (may be NULL): which. */
gboolean gui_console_run_find (GuiSession *session, const char *method, GuiWorker *worker);

/* The program that runs CALL: `help` of a method is answered by the program that has it. FALSE: none. */
gboolean gui_console_run_find_worker (GuiSession *session, const GuiConsoleCall *call, GuiWorker *worker);

/* Runs CALL, which is taken over; WALLET: the chosen one, NULL for none. Cancelling ends the method that is running, which may
 * then still have a result. */
void gui_console_run_async (GuiSession *session,
                            GuiConsoleCall *call,
                            const char *wallet,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer data);

/* FALSE with a translated G_IO_ERROR_FAILED if nothing could be run, a worker was lost, or with G_IO_ERROR_CANCELLED. */
gboolean gui_console_run_finish (GAsyncResult *result, GuiConsoleOutcome *outcome, GError **error);

G_END_DECLS
