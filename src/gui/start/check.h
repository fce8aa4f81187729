#pragma once

#include "bitcoin/primitives/network.h"

G_BEGIN_DECLS

/* Whether the workers can start in a data directory, before they are started. Blocking for the time of a few system
 * calls; main context. */

typedef enum {
  GUI_START_READY,
  GUI_START_FOLDER, /* it cannot be created or written to */
  GUI_START_FULL,   /* its disk is full */
  GUI_START_LOCKED, /* another program uses it */
} GuiStartState;

/* The folder of NETWORK in DATADIR. The caller owns it. */
char *gui_start_dup_network_folder (const char *datadir, BtcNetwork network);

/* PATH or the nearest parent of it that exists. The caller owns it. */
char *gui_start_dup_existing (const char *path);

/* PATH without symbolic links, as far as it exists. The caller owns it. */
char *gui_start_dup_real (const char *path);

/* Checks FOLDER, which need not exist yet; WITH_NODE: a node is to be started there, too. *WHERE becomes the path with the
 * problem, or NULL; the caller owns it. */
GuiStartState gui_start_check (const char *folder, gboolean with_node, char **where);

/* Whether there is a wallet of NETWORK in DATADIR, loaded at the start or not. */
gboolean gui_start_has_wallets (const char *datadir, BtcNetwork network);

G_END_DECLS
