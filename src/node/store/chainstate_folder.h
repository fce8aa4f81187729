#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The folders of the sets of coins, below DATADIR, which is the network's own folder. Before and after each step of
 * these functions the program may be killed: node_chainstate_tidy() completes it at the next start. All databases in a
 * folder that is moved or removed are closed. Chain thread. */

char *node_chainstate_dup_path (const char *datadir, gboolean snapshot); /* the caller owns it */

/* To be called before anything is opened: completes interrupted steps, and removes an incomplete snapshot. */
gboolean node_chainstate_tidy (const char *datadir, GError **error);

/* The block that the coins of the snapshot were of. *FOUND FALSE: there is no snapshot. */
gboolean node_chainstate_read_base (const char *datadir, guint8 base32[32], gboolean *found, GError **error);
/* Marks the snapshot's coins as complete; they must be on disk. */
gboolean node_chainstate_write_base (const char *datadir, const guint8 base32[32], GError **error);

gboolean node_chainstate_remove_snapshot (const char *datadir, GError **error); /* TRUE also when there is none */
/* The snapshot's coins, now known to be right, take the place of the others, which are deleted. */
gboolean node_chainstate_promote_snapshot (const char *datadir, GError **error);
/* The snapshot's coins are wrong: they stay on the disk, under another name. Works while they are open, but nothing may
 * be written to them any more. */
gboolean node_chainstate_reject_snapshot (const char *datadir, GError **error);

G_END_DECLS
