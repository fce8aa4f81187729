#include "common/confinement.h"
#include "gui/run.h"

#define USAGE "Usage: moneyrocket-gui [options]\n\nThe Moneyrocket application: a wallet with its own node.\n"

int
main (int argc, char **argv)
{
  common_confinement_apply ();
  return gui_run ("moneyrocket-gui", USAGE, NULL, argc, argv);
}
