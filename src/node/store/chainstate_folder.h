#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The chainstate folders in DATADIR, the network's folder. The program may be killed between any steps of these
 * functions: node_chainstate_tidy() completes them at the next start. All databases in a folder must be closed before
 * it is moved or removed. Chain thread. */

char *node_chainstate_dup_path (const char *datadir, gboolean snapshot); /* the caller owns it */

/* Must be called before anything is opened: completes interrupted steps, and removes an incomplete snapshot. */
gboolean node_chainstate_tidy (const char *datadir, GError **error);

/* The base block of the snapshot. *FOUND FALSE: there is no snapshot. */
gboolean node_chainstate_read_base (const char *datadir, guint8 base32[32], gboolean *found, GError **error);
/* Marks the snapshot's coins as complete; they must be on disk. */
gboolean node_chainstate_write_base (const char *datadir, const guint8 base32[32], GError **error);

gboolean node_chainstate_remove_snapshot (const char *datadir, GError **error); /* TRUE also if there is none */
/* The snapshot's coins, which have been validated, replace the others, which are deleted. */
gboolean node_chainstate_promote_snapshot (const char *datadir, GError **error);
/* The snapshot's coins are invalid: they are kept on disk under another name. They may be open, but must not be written
 * to any more. */
gboolean node_chainstate_reject_snapshot (const char *datadir, GError **error);

G_END_DECLS
