#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of a long work FRACTION (0 to 1) is done, and N_BLOCKS of its blocks. FALSE: it is to end now. */
typedef gboolean (*NodeProgressFunc) (gpointer data, double fraction, guint64 n_blocks);

G_END_DECLS
