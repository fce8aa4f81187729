#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A LevelDB database as the reference opens it: no compression, bloom filter of 10 bits, checksums verified, and for
 * some databases values XORed with a key of 8 bytes. Reads from any thread; writes from one at a time. Errors are
 * NODE_STORE_ERROR: a failure of this machine, never a verdict. */

#define NODE_STORE_ERROR (node_store_error_quark ())
GQuark node_store_error_quark (void);
typedef enum {
  NODE_STORE_ERROR_IO,         /* a read or write failed */
  NODE_STORE_ERROR_FULL,       /* the disk is full */
  NODE_STORE_ERROR_CORRUPT,    /* the data read is not what was written */
  NODE_STORE_ERROR_FORMAT,     /* a format of another version */
  NODE_STORE_ERROR_LOCKED,     /* another process has it open */
  NODE_STORE_ERROR_NOT_STORED, /* pruned, or never stored: neither damage nor a disk failure */
} NodeStoreError;

/* Adds ADVICE, a sentence about what to do, to an *ERROR about damaged data that has none yet. Returns FALSE. */
gboolean node_store_advise (GError **error, const char *advice);

/* The message for the user when the program exits because of ERROR: what happened, and what to do. The caller
 * owns it. */
char *node_store_dup_message (const GError *error);

/* Sets *ERROR from SAVED_ERRNO: "could not WHAT PATH". Returns FALSE. */
gboolean node_store_error_from_errno (GError **error, int saved_errno, const char *what, const char *path);

/* Sets *ERROR from LOCAL (taken over), a G_FILE_ERROR of common/file.h. Returns FALSE. */
gboolean node_store_take_file_error (GError **error, GError *local);

/* common_file_sync_folder() with such an error. */
gboolean node_store_sync_folder (const char *path, GError **error);

typedef struct _NodeDb NodeDb;

/* -forcecompactdb: databases are compacted when they are opened. Before the first is. */
void node_db_set_compact_on_open (gboolean compact);

/* PATH is created if missing. CACHE_BYTES: for LevelDB's own caches. OBFUSCATE: reads the key record "obfuscate_key",
 * or creates it in a new database. WIPE first deletes an existing database; a crash during that leaves an older state
 * of it, or none. */
NodeDb *node_db_open (const char *path, gsize cache_bytes, gboolean obfuscate, gboolean wipe, GError **error);
/* A read-only snapshot of DB, which does not see later writes. It must be closed before DB. */
NodeDb *node_db_new_snapshot (NodeDb *db);
void node_db_close (NodeDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeDb, node_db_close)

/* Removes the database at PATH, which is not open, and its folder. */
gboolean node_db_destroy (const char *path, GError **error);

/* *VALUE becomes the value, or NULL when KEY is not there. FALSE only on an error. The caller owns the bytes. */
gboolean node_db_get (NodeDb *db, const guint8 *key, gsize key_len, GByteArray **value, GError **error);

/* The same with a VALUE of the caller, whose previous contents are dropped. *FOUND FALSE leaves it empty. */
gboolean
node_db_read (NodeDb *db, const guint8 *key, gsize key_len, GByteArray *value, gboolean *found, GError **error);

/* Bytes on disk of the keys from FROM up to, not including, TO; what is still in the log is not counted. */
guint64 node_db_disk_size (NodeDb *db, const guint8 *from, gsize from_len, const guint8 *to, gsize to_len);

/* Rewrites the whole database in order. Slow; any thread. */
void node_db_compact (NodeDb *db);

typedef struct _NodeDbBatch NodeDbBatch;
NodeDbBatch *node_db_batch_new (NodeDb *db);
void node_db_batch_put (NodeDbBatch *batch, const guint8 *key, gsize key_len, const guint8 *value, gsize value_len);
void node_db_batch_delete (NodeDbBatch *batch, const guint8 *key, gsize key_len);
gsize node_db_batch_size (const NodeDbBatch *batch); /* bytes, about */
/* Applies the whole batch or nothing of it, and empties it. SYNC: on disk when this returns. After a failure every
 * further write to the database fails in the same way. */
gboolean node_db_batch_write (NodeDbBatch *batch, gboolean sync, GError **error);
void node_db_batch_free (NodeDbBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeDbBatch, node_db_batch_free)

/* An iterator over a snapshot of DB as of its creation; one thread at a time. */
typedef struct _NodeDbIter NodeDbIter;
NodeDbIter *node_db_iter_new (NodeDb *db);
void node_db_iter_free (NodeDbIter *iter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NodeDbIter, node_db_iter_free)
void node_db_iter_seek (NodeDbIter *iter, const guint8 *key, gsize key_len);
gboolean node_db_iter_valid (NodeDbIter *iter);
void node_db_iter_next (NodeDbIter *iter);
const guint8 *node_db_iter_key (NodeDbIter *iter, gsize *len);   /* borrowed until the next move */
const guint8 *node_db_iter_value (NodeDbIter *iter, gsize *len); /* unmasked; borrowed until the next move */
gboolean node_db_iter_check (NodeDbIter *iter, GError **error);  /* FALSE when it ended because of an error */

G_END_DECLS
