#include <signal.h>

#include <glib-unix.h>

#include "common/bus_error.h"
#include "common/confinement.h"
#include "common/log.h"
#include "common/secret.h"
#include "daemon/inner_program.h"
#include "gui/run.h"

/* moneyrocket-qt: window, node and wallet in one process. The window uses the others over the same connections as if
 * they were processes. */

#define USAGE                                                                                                          \
  "Usage: moneyrocket-qt [options]\n\nThe Moneyrocket application with its node and wallets in one process.\n"

static gboolean
qt_on_hangup (gpointer data)
{
  common_log_reopen ();
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  common_confinement_apply ();
  common_secret_harden_process ();
  signal (SIGPIPE, SIG_IGN);
  common_catch_bus_errors ();
  g_unix_signal_add (SIGHUP, qt_on_hangup, NULL);
  return gui_run ("moneyrocket-qt", USAGE, daemon_inner_program_new, argc, argv);
}
