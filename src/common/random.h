#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Randomness from the kernel, good enough for keys. Any thread. */

/* Fills OUT with LEN random bytes. Aborts the program when the kernel cannot provide any: no key may be weak. */
void common_random_bytes (guint8 *out, gsize len);

/* A uniform random number below BOUND, which is not 0. */
guint64 common_random_below (guint64 bound);

/* Makes both functions above follow a fixed sequence that starts at SEED. Tests only; never called by a program. */
void common_random_set_seed_for_tests (guint64 seed);

G_END_DECLS
