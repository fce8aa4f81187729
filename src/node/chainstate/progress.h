#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reports that FRACTION (0 to 1) of long work is done, and N_BLOCKS of its blocks. FALSE cancels it. */
typedef gboolean (*NodeProgressFunc) (gpointer data, double fraction, guint64 n_blocks);

G_END_DECLS
