#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a worker gives up about itself before it looks at anything from outside. Called once, from main(). */
void bus_confinement_apply (void);

/* What this process has really given up, asked of the kernel each time: "no-new-privileges", "no-core-dumps",
 * "system-call-filter". NULL-terminated; the strings are static, the caller frees the array with g_free(). */
const char **bus_confinement_dup_list (void);

G_END_DECLS
