#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Restricts this process (no new privileges, no core dumps, of TLS only version 1.3) before it reads anything from
 * outside. Called first in main(): a thread inherits these attributes from the thread that creates it, so they would
 * not hold for one that already exists. */
void common_confinement_apply (void);

/* The restrictions that apply to every thread of this process, read from the kernel at each call: "no-new-privileges",
 * "no-core-dumps", "system-call-filter". NULL-terminated; the strings are static, the caller frees the array with
 * g_free(). Any thread. */
const char **common_confinement_dup_list (void);

G_END_DECLS
