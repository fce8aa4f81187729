#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a program gives up about itself before it looks at anything from outside. The first thing in main(): a thread
 * inherits it from the one that made it, so one that exists already would go without. */
void common_confinement_apply (void);

/* What all threads of this process have given up, asked of the kernel each time: "no-new-privileges", "no-core-dumps",
 * "system-call-filter". NULL-terminated; the strings are static, the caller frees the array with g_free(). Any thread. */
const char **common_confinement_dup_list (void);

G_END_DECLS
