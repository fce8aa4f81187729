#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Memory for keys and passphrases: locked (not swapped), between two guard pages, excluded from core dumps, wiped when
 * freed. Any thread; one block is used by one thread at a time. */

/* A block of LEN bytes (LEN > 0), all zero. Aborts the program when there is no memory. Memory that cannot be locked is
 * still returned, after one warning in the log: see RLIMIT_MEMLOCK. */
gpointer common_secret_alloc (gsize len);

/* Wipes and frees BLOCK, which is from common_secret_alloc() or NULL. */
void common_secret_free (gpointer block);

/* The memory of all blocks that are not freed, in bytes. */
typedef struct {
  gsize used;   /* of the blocks themselves */
  gsize total;  /* of their pages, without guard pages */
  gsize locked; /* of these, those that were locked */
  guint blocks;
} CommonSecretUsage;
void common_secret_get_usage (CommonSecretUsage *usage);

/* Overwrites LEN bytes at DATA in a way that the compiler does not remove. */
void common_secret_wipe (gpointer data, gsize len);

/* TRUE when the LEN bytes at A and B are the same; takes the same time whatever they contain. */
gboolean common_secret_equal (gconstpointer a, gconstpointer b, gsize len);

/* A byte string in secret memory, reference counted (thread-safe counts). */
typedef struct {
  guint8 *data; /* LEN bytes, followed by a zero that LEN does not count */
  gsize len;
} CommonSecret;

/* A copy of LEN bytes at DATA; with DATA NULL zeros, to be filled in. */
CommonSecret *common_secret_new (gconstpointer data, gsize len);
CommonSecret *common_secret_ref (CommonSecret *secret);
void common_secret_unref (CommonSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CommonSecret, common_secret_unref)

/* Hardens this process: no core dumps, not traceable by other processes of the same user. Called first in main() of the
 * wallet and the application. */
void common_secret_harden_process (void);

G_END_DECLS
